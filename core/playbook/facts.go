package playbook

import "github.com/slipway-build/slipway/core/document"

// gathering is the task that a play with gather_facts begins with, by Ansible's
// name: it asks for the facts of every image, so that what cannot be asked is
// known before anything is done. It runs whatever tags are asked for.
func (r *reader) gathering(play document.Node, at place) *Task {
	const name = "Gathering Facts"
	pos := play.Get("gather_facts").Pos()
	t := &Task{Name: name, Naming: document.Of(name, pos), Pos: pos, Action: "inspect", ActionPos: pos, Keywords: at.keywords}
	t.Tags = []string{"always"}
	return t
}
