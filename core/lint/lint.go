// Package lint judges what is allowed and unwise: a site that loads, plans and
// runs, and yet will cost somebody an hour.
//
// A [Rule] has a name, a level and one thing to say. What is plainly wrong is
// not here: loading says it, with codes of its own, and nobody can turn it off.
// Rules can be turned off or made errors by the settings lint.skip, lint.warn
// and lint.error, and silenced in one place by a comment on the guilty line or
// alone on the line above it:
//
//	# slipway-lint: ignore[no-changed-when]
//
// A comment that silences nothing is found, too. Rules look at files as they are
// written, so that what they say has a place, and none of them changes one:
// [Fix] does, and only what cannot change the meaning.
package lint

import (
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/smoke/feature"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Site is what is judged. What could not be loaded is absent, and the rules
// that would look at it say nothing.
type Site struct {
	Files     []File
	Actions   []string // names of actions: the key of a task that is one of them says what it does
	Inventory *inventory.Inventory
	Family    *plan.Family
	Suite     *feature.Suite
}

// A File is one file of a site.
type File struct {
	Name string // as in the places of diagnostics
	Src  []byte
	YAML bool // it is read as such; of the others only comments count
}

// Check judges a site: what is found, in the order of places, silenced findings
// left out.
func Check(s Site, levels Levels) diag.List {
	l := &look{site: s}
	for _, f := range s.Files {
		if root, ds := document.Parse(f.Name, f.Src); f.YAML && ds.Err() == nil {
			l.files = append(l.files, yamlFile{f, root})
		}
	}
	for _, rule := range Rules() {
		if level := levels.of(rule); level != Off {
			l.rule, l.level = rule, level
			rule.check(l)
		}
	}
	return silence(l.found, s.Files, levels).Sorted()
}

// A look is one Check under way.
type look struct {
	site  Site
	files []yamlFile
	rule  Rule
	level Level
	found diag.List
}

// A yamlFile is a file that could be read as YAML.
type yamlFile struct {
	File
	root document.Node
}

// tell keeps a finding of the rule that is looking.
func (l *look) tell(pos diag.Pos, fix, format string, args ...any) {
	d := diag.Warningf(l.rule.Name, pos, format, args...)
	if l.level == Error {
		d.Severity = diag.Error
	}
	d.Fix = fix
	l.found.Add(d)
}
