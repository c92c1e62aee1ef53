package playbook

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// words are one word, several with commas between them, or a list of them.
type words []string

// DecodeNode reads the words.
func (w *words) DecodeNode(n document.Node) diag.List {
	var list []string
	if n.Kind() != document.Scalar {
		ds := document.Decode(n, &list)
		*w = list
		return ds
	}
	for word := range strings.SplitSeq(n.Text(), ",") {
		if word = strings.TrimSpace(word); word != "" {
			*w = append(*w, word)
		}
	}
	return nil
}

// names are one name or a list of them; a name may hold commas.
type names []document.Node

// DecodeNode reads the names.
func (ns *names) DecodeNode(n document.Node) diag.List {
	all, found := oneOrMore(n, "a name", "")
	*ns = all
	return found
}

func (ns names) texts() []string {
	var out []string
	for _, n := range ns {
		out = append(out, n.Text())
	}
	return out
}

// conditions are one expression or a list of expressions that must all hold.
type conditions []document.Node

// DecodeNode reads the conditions.
func (c *conditions) DecodeNode(n document.Node) diag.List {
	all, found := oneOrMore(n, "a condition", `write an expression: eq .image.name "web"`)
	*c = all
	return found
}

// oneOrMore reads a scalar or a list of scalars, and returns those that are.
// Nothing is not one of them: whoever writes when: means to say something.
func oneOrMore(n document.Node, what, fix string) ([]document.Node, diag.List) {
	all := []document.Node{n}
	if n.Kind() == document.Sequence {
		all = slices.Clone(n.Items())
	}
	var found diag.List
	sound := slices.DeleteFunc(all, func(one document.Node) bool {
		wrong := one.Kind() != document.Scalar || one.Text() == ""
		if wrong {
			found.Add(diag.Errorf("wrong-type", one.Pos(), "want %s, found %s", what, one.Describe()).WithFix("%s", fix))
		}
		return wrong
	})
	return sound, found
}

// variables are a mapping of variables.
type variables struct{ document.Node }

// DecodeNode reads the variables and judges their names.
func (v *variables) DecodeNode(n document.Node) diag.List {
	v.Node = n
	if !n.IsZero() && n.Kind() != document.Mapping {
		return diag.List{diag.Errorf("wrong-type", n.Pos(), "want a mapping of variables, found %s", n.Describe())}
	}
	var found diag.List
	for _, e := range n.Entries() {
		found.Add(vars.CheckName(e.Key)...)
	}
	return found
}

// environment is a mapping of variables of the environment, or a list of such
// mappings, of which the later win.
type environment []document.Node

// DecodeNode reads the mappings.
func (env *environment) DecodeNode(n document.Node) diag.List {
	*env = n.List()
	var found diag.List
	for _, one := range *env {
		if one.Kind() != document.Mapping {
			found.Add(diag.Errorf("wrong-type", one.Pos(), "want a mapping of environment variables, found %s", one.Describe()).WithFix("write NAME: value below it"))
		}
		for _, e := range one.Entries() {
			found.Add(checkEnvironment(e)...)
		}
	}
	return found
}

func checkEnvironment(e document.Entry) diag.List {
	if name := e.Key.Text(); name == "" || strings.ContainsAny(name, "= \t\x00") {
		return diag.List{diag.Errorf("variable-name", e.Key.Pos(), "%q cannot be the name of an environment variable", name).WithFix("use letters, digits and '_'")}
	}
	if k := e.Value.Kind(); k != document.Scalar {
		return diag.List{diag.Errorf("wrong-type", e.Value.Pos(), "want text, found %s", e.Value.Describe())}
	}
	return nil
}

// truth is true, false or a template of one of them.
type truth struct{ document.Node }

// DecodeNode reads the truth.
func (t *truth) DecodeNode(n document.Node) diag.List {
	t.Node = n
	if _, ok := n.Value().(bool); ok || n.IsZero() || isTemplate(n) {
		return nil
	}
	return diag.List{document.NoTruth(n)}
}

// duration is a duration, a number of seconds, or a template of one of them.
type duration struct{ document.Node }

// DecodeNode reads the duration.
func (d *duration) DecodeNode(n document.Node) diag.List {
	d.Node = n
	if n.IsZero() || isTemplate(n) {
		return nil
	}
	_, found := Duration(n)
	return found
}

// number is a whole number from 0, or a template of one.
type number struct{ document.Node }

// DecodeNode reads the number.
func (d *number) DecodeNode(n document.Node) diag.List {
	d.Node = n
	if n.IsZero() || isTemplate(n) {
		return nil
	}
	_, found := Number(n)
	return found
}

// Duration reads "90s", "10m" or a number of seconds whose templates are
// expanded.
func Duration(n document.Node) (time.Duration, diag.List) {
	if d, ok := document.Duration(n); ok {
		return d, nil
	}
	return 0, diag.List{diag.Errorf("wrong-type", n.Pos(), `want a duration such as "90s" or "10m", or a number of seconds, found %s`, n.Describe())}
}

// Number reads a whole number from 0 whose templates are expanded.
func Number(n document.Node) (int, diag.List) {
	count, err := strconv.Atoi(n.Text())
	if n.Kind() != document.Scalar || err != nil || count < 0 {
		return 0, diag.List{diag.Errorf("wrong-type", n.Pos(), "want a whole number from 0, found %s", n.Describe())}
	}
	return count, nil
}

// positive is a whole number from 1.
type positive int

// DecodeNode reads the number.
func (p *positive) DecodeNode(n document.Node) diag.List {
	count, found := Number(n)
	if found == nil && count == 0 || found != nil {
		return diag.List{diag.Errorf("wrong-type", n.Pos(), "want a whole number from 1, found %s", n.Describe())}
	}
	*p = positive(count)
	return nil
}
