package site

import (
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// extra reads -e: name=value (text), {JSON} or @file.
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
	name, value, ok := strings.Cut(arg, "=")
	if !ok {
		return document.Node{}, diag.List{diag.Errorf("extra-vars", diag.Pos{File: where}, "%q is no variable", arg).WithFix("write name=value, {JSON} or @file")}
	}
	return document.Of(map[string]any{name: value}, diag.Pos{File: where}), nil
}
