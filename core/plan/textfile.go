package plan

import (
	"slices"
	"sync"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A textFile is the file that a task expands: one for all images, or one for
// each when a template names it.
type textFile struct {
	task *playbook.Task

	mu   sync.Mutex
	read map[string]readText // by name
}

// A readText is a file as it was read, absent when it is not there.
type readText struct {
	text  document.Node
	wrong diag.List
}

// text asks about the file that a task expands.
func (s *scout) text(t *playbook.Task, at spot) {
	if t.Text == nil {
		return
	}
	f := &textFile{task: t, read: map[string]readText{}}
	s.add(s.question(t, at, f.check, t.Args.Get(t.Text.Argument)))
}

// check looks at the templates of the file, unless only the run knows which
// file that is. One that is not there may be made by a task before.
func (f *textFile) check(data vars.Data, named document.Node, later vars.Later) diag.List {
	name, known := data.Foresee(named, later)
	if !known || name.Kind() != document.Scalar {
		return nil
	}
	text, ds := f.file(document.Of(name.Text(), named.Pos()))
	return append(data.Check(text, later), ds...)
}

// file reads a file once, and tells of one that is not there.
func (f *textFile) file(name document.Node) (document.Node, diag.List) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if known, ok := f.read[name.Text()]; ok {
		return known.text, slices.Clone(known.wrong)
	}
	text, err := f.task.Text.Read(name, f.task.Dir)
	wrong := diag.Of(err)
	for i := range wrong {
		wrong[i].Severity, wrong[i].Detail = diag.Warning, "A task that comes before may still make it."
	}
	f.read[name.Text()] = readText{text, wrong}
	return text, slices.Clone(wrong)
}
