// Package playbook is plays and tasks as written: checked, not yet planned.
//
// The grammar is Ansible's, with Go templates: a playbook is a list of plays,
// a play chooses images and lists tasks, a task is one action with arguments.
// Everything is static: imports and roles are put in place when the playbook is
// read, so that lists, tags, a start in the middle and a resumed run are exact.
// Everything that can be known from the text alone is checked here, and all
// mistakes are told at once: unknown keys, unknown actions, arguments that an
// action does not take, handlers that do not exist. Which images a play
// chooses, and whether the variables of its templates exist, is the plan's to
// say.
//
// Defaults: a role is looked for in roles/ beside the playbook and then along
// [Options].RolesPath; the file of its tasks is tasks/main.yml; a loop's item
// is called item and its index index; a task is named after its action.
package playbook

import (
	"path/filepath"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Options say what a playbook may use.
type Options struct {
	Actions   Actions
	RolesPath []string // folders of roles beside the playbook's own roles/
	Builders  []string // the names that on may have

	// Read reads a file; one that is not there is an fs.ErrNotExist. Nil reads
	// regular files from disk.
	Read func(path string) ([]byte, error)
}

// A Playbook is one file, with the plays of those it imports in their places.
type Playbook struct {
	File  string
	Plays []*Play
}

// Load reads a playbook. The diagnostics hold warnings as well; the Playbook
// is good when they hold no error.
func Load(file string, o Options) (*Playbook, diag.List) {
	src, err := o.read(file)
	if err != nil {
		return nil, diag.List{diag.Errorf("no-playbook", diag.Pos{File: file}, "the playbook cannot be read: %s", cause(err)).WithFix("name a file with a list of plays")}
	}
	return Parse(file, src, o)
}

// Parse reads a playbook from its source. What it imports is looked for beside
// the file.
func Parse(file string, src []byte, o Options) (*Playbook, diag.List) {
	root, found := document.Parse(file, src)
	if found.Err() != nil {
		return nil, found
	}
	if root.IsZero() {
		return nil, diag.List{emptyPlaybook(diag.Pos{File: file}, "the playbook is empty")}
	}
	return Of(root, o)
}

// Of reads a playbook from a document.
func Of(root document.Node, o Options) (*Playbook, diag.List) {
	r := &reader{options: o, files: []string{filepath.Clean(root.Pos().File)}}
	p := &Playbook{File: root.Pos().File}
	p.Plays = r.plays(root, place{keywords: Keywords{Dir: filepath.Dir(p.File)}})
	if r.found.Err() == nil {
		r.checkPicked(p.Plays)
	}
	return p, r.found.Sorted()
}

func emptyPlaybook(pos diag.Pos, what string) diag.Diagnostic {
	return diag.Errorf("empty-playbook", pos, "%s", what).WithFix("write a list of plays: - images: all")
}
