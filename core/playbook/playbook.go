// Package playbook is plays and tasks as written: checked, not yet planned.
//
// The grammar is Ansible's, with Go templates: a playbook is a list of plays,
// a play chooses images and lists tasks, a task is one action with arguments.
// Everything that can be known from the text alone is checked here, and all
// mistakes are told at once: unknown keys, unknown actions, arguments that an
// action does not take. Which images a play chooses, and whether the variables
// of its templates exist, is the plan's to say.
package playbook

import (
	"errors"
	"io/fs"
	"os"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Actions are the actions that tasks may use: name → check of the arguments as
// written.
type Actions map[string]func(args document.Node) diag.List

// A Playbook is one file.
type Playbook struct {
	File  string
	Plays []*Play
}

// Load reads a playbook.
func Load(file string, actions Actions) (*Playbook, diag.List) {
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, diag.List{diag.Errorf("no-playbook", diag.Pos{File: file}, "the playbook cannot be read: %s", cause(err)).WithFix("name a file with a list of plays")}
	}
	return Parse(file, src, actions)
}

// cause is what went wrong with a file, without its name: the place says that.
func cause(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err.Error()
	}
	return err.Error()
}

// Parse reads a playbook from its source.
func Parse(file string, src []byte, actions Actions) (*Playbook, diag.List) {
	root, found := document.Parse(file, src)
	if found.Err() != nil {
		return nil, found
	}
	if root.IsZero() {
		return nil, diag.List{diag.Errorf("empty-playbook", diag.Pos{File: file}, "the playbook is empty").WithFix("write a list of plays: - images: all")}
	}
	return Of(root, actions)
}

// Of reads a playbook from a document.
func Of(root document.Node, actions Actions) (*Playbook, diag.List) {
	if root.Kind() != document.Sequence {
		return nil, diag.List{diag.Errorf("wrong-type", root.Pos(), "a playbook is a list of plays, found %s", root.Describe()).WithFix("begin each play with a dash: - images: all")}
	}
	p := &Playbook{File: root.Pos().File}
	var found diag.List
	for _, n := range root.Items() {
		play, ds := readPlay(n, actions)
		found.Add(ds...)
		p.Plays = append(p.Plays, play)
	}
	if len(p.Plays) == 0 {
		found.Add(diag.Errorf("empty-playbook", root.Pos(), "the playbook has no plays").WithFix("write a list of plays: - images: all"))
	}
	return p, found
}
