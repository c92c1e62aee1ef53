package site

import (
	"fmt"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// extra reads -e: name=value (text, several with blanks between them), {JSON} or
// @file.
func (r *Reader) extra() ([]document.Node, diag.List) {
	var out []document.Node
	var found diag.List
	for _, arg := range r.App.Flags.Extra {
		n, ds := r.extraVars(arg)
		found.Add(ds...)
		if !n.IsZero() {
			out = append(out, n)
		}
	}
	return out, found
}

func (r *Reader) extraVars(arg string) (document.Node, diag.List) {
	const where = "--extra-vars"
	if file, ok := strings.CutPrefix(arg, "@"); ok {
		if file = r.past.at(file); file == "" {
			return document.Node{}, nil
		}
		src, err := r.inventory.Read(file)
		if err != nil {
			return document.Node{}, diag.List{diag.Errorf("unreadable", diag.Pos{File: file}, "the variables cannot be read: %s", cause(err)).
				WithFix("name a YAML or JSON file behind the @ of %s", where)}
		}
		return document.Parse(file, src)
	}
	if strings.HasPrefix(arg, "{") {
		return document.Parse(where, []byte(arg))
	}
	return pairs(arg, diag.Pos{File: where})
}

// pairs reads name=value, or several with blanks between them, as Ansible does.
// A word that Ansible would drop is a mistake.
func pairs(arg string, pos diag.Pos) (document.Node, diag.List) {
	values := map[string]any{}
	fix := "write name=value, {JSON} or @file"
	for _, word := range vars.Words(arg) {
		name, value, ok := vars.CutPair(word)
		if !ok {
			return document.Node{}, diag.List{diag.Errorf("extra-vars", pos, "%q is no variable", word).WithFix("%s", fix)}
		}
		values[name], fix = value, fmt.Sprintf("put quotes around a value with blanks: %s='%s …'", name, value)
	}
	return document.Of(values, pos), nil
}
