package lint

import (
	"iter"
	"slices"

	"github.com/slipway-build/slipway/core/document"
)

// A task is a task as written, wherever it stands: in a play, in a block, in a
// file of tasks.
type task struct {
	document.Node
	action  document.Entry // absent for a block, an import and a meta task
	around  []document.Node
	handler bool
	rest    []document.Node // the tasks after it, in its list
}

// says reports whether the task, or something around it, has a key.
func (t task) says(keys ...string) bool {
	return slices.ContainsFunc(append(t.around, t.Node), func(n document.Node) bool {
		return slices.ContainsFunc(keys, func(key string) bool { return !n.Get(key).IsZero() })
	})
}

// isPlay reports whether a mapping of a list is a play: only plays choose
// images.
func isPlay(n document.Node) bool {
	return n.Get("images").Kind() != document.Absent || n.Get("hosts").Kind() != document.Absent
}

// plays iterates over the plays of all files.
func (l *look) plays() iter.Seq[document.Node] {
	return func(yield func(document.Node) bool) {
		for _, f := range l.files {
			for _, n := range f.root.Items() {
				if isPlay(n) && !yield(n) {
					return
				}
			}
		}
	}
}

// tasks iterates over the tasks of all files, blocks before what is in them.
func (l *look) tasks() iter.Seq[task] {
	return func(yield func(task) bool) {
		for _, f := range l.files {
			if !l.ofFile(f, yield) {
				return
			}
		}
	}
}

func (l *look) ofFile(f yamlFile, yield func(task) bool) bool {
	items := f.root.Items()
	if !slices.ContainsFunc(items, isPlay) {
		return !slices.ContainsFunc(items, l.isTask) || l.list(items, nil, false, yield)
	}
	for _, play := range items {
		for _, section := range []string{"pre_tasks", "tasks", "post_tasks", "handlers"} {
			if !l.list(play.Get(section).Items(), []document.Node{play}, section == "handlers", yield) {
				return false
			}
		}
	}
	return true
}

// isTask reports whether a mapping does something.
func (l *look) isTask(n document.Node) bool {
	return l.actionOf(n).Key.Kind() != document.Absent || n.Get("block").Kind() != document.Absent
}

// list walks tasks that follow each other.
func (l *look) list(items, around []document.Node, handler bool, yield func(task) bool) bool {
	for i, n := range items {
		t := task{Node: n, action: l.actionOf(n), around: slices.Clone(around), handler: handler, rest: items[i+1:]}
		if !yield(t) {
			return false
		}
		inside := append(slices.Clone(around), n)
		for _, part := range []string{"block", "rescue", "always"} {
			if !l.list(n.Get(part).Items(), inside, handler, yield) {
				return false
			}
		}
	}
	return true
}

func (l *look) actionOf(n document.Node) document.Entry {
	for _, e := range n.Entries() {
		if slices.Contains(l.site.Actions, e.Key.Text()) {
			return e
		}
	}
	return document.Entry{}
}

// IsPlaybook reports whether a file is a list in which there are plays.
func IsPlaybook(name string, src []byte) bool {
	root, ds := document.Parse(name, src)
	return ds.Err() == nil && slices.ContainsFunc(root.Items(), func(n document.Node) bool {
		return isPlay(n) || n.Get("import_playbook").Kind() != document.Absent
	})
}
