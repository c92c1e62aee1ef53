package lint

import (
	"regexp"
	"slices"

	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// wholeScope matches a template that takes all variables at once; then any of
// them may be used.
var wholeScope = regexp.MustCompile(`\{\{-?[^}]*[ (]\.[ )|}]`)

// unusedVariable looks for the name of a variable in everything that may hold a
// template, as .name or as a quoted word. That is more than the uses there are,
// never less.
func unusedVariable() Rule {
	return Rule{
		Name: "unused-var", Level: Warning, Doc: "a variable of the inventory that no template of the site uses",
		Bad: "all:\n  vars:\n    greeting: hello\n", Good: "all:\n  vars: {}\n",
		check: func(l *look) {
			if l.site.Inventory == nil || l.usesAll() {
				return
			}
			places := map[string][]diag.Pos{}
			for _, image := range l.site.Inventory.Images {
				for _, name := range image.Scope().Names() {
					for _, def := range image.Scope().Definitions(name) {
						places[name] = append(places[name], ofFile(def)...)
					}
				}
			}
			for name, all := range places {
				if l.uses(name) {
					continue
				}
				slices.SortFunc(all, diag.Pos.Compare)
				for _, pos := range slices.Compact(all) {
					l.tell(pos, "take it out", "nothing uses the variable %q", name)
				}
			}
		},
	}
}

// ofFile is the place of a definition that stands in a file of the inventory.
func ofFile(def vars.Definition) []diag.Pos {
	if pos := def.Value.Pos(); pos.Line > 0 && def.Level != vars.Extra {
		return []diag.Pos{pos}
	}
	return nil
}

func (l *look) usesAll() bool {
	return slices.ContainsFunc(l.site.Files, func(f File) bool { return wholeScope.Match(f.Src) })
}

// uses reports whether a variable is used. Those in the list are read by
// slipway itself.
func (l *look) uses(name string) bool {
	if slices.Contains([]string{"registry", "namespace", "labels", "args", "build_args", "env"}, name) {
		return true
	}
	word := regexp.MustCompile(`\.` + regexp.QuoteMeta(name) + `\b|["` + "`" + `]` + regexp.QuoteMeta(name) + `["` + "`" + `]`)
	return slices.ContainsFunc(l.site.Files, func(f File) bool { return word.Match(f.Src) })
}
