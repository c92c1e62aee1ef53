package playbook

import (
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Meta task does nothing to an image: it steers the run.
type Meta string

// The meta tasks.
const (
	FlushHandlers Meta = "flush_handlers" // notified handlers run now
	EndPlay       Meta = "end_play"       // the play is over for all its images
	EndImage      Meta = "end_image"      // the play is over for this image
	Noop          Meta = "noop"
)

func metas() []string {
	return []string{string(FlushHandlers), string(EndPlay), string(EndImage), string(Noop)}
}

// aMeta is what a meta task may say: nothing about results, for it has none.
type aMeta struct {
	Name document.Node `yaml:"name"`
	When conditions    `yaml:"when"`
	Tags words         `yaml:"tags"`
	Vars variables     `yaml:"vars"`
}

// meta reads a meta task.
func (r *reader) meta(n document.Node, act document.Entry, at place) *Task {
	var own aMeta
	r.fields(n, aMetaKind, statements(), &own)
	t := &Task{Pos: n.Pos(), Meta: Meta(act.Value.Text())}
	r.name(t, own.Name, act.Value.Text())
	t.Keywords = at.keywords.with(anyKeywords{Tags: own.Tags}).withTask(taskKeywords{When: own.When}).withVars(vars.Task, own.Vars.Node, t.Name)
	switch {
	case !slices.Contains(metas(), act.Value.Text()):
		r.add(unknownMeta(act.Value))
	case at.handlers && t.Meta != Noop:
		r.add(diag.Errorf("bad-value", act.Value.Pos(), "a handler cannot steer the run with %s", t.Meta).WithFix("put the meta task among the tasks"))
	}
	return t
}

func unknownMeta(n document.Node) diag.Diagnostic {
	d := diag.Errorf("bad-value", n.Pos(), "unknown meta task %q", n.Text())
	if n.Kind() != document.Scalar {
		d.Summary = "want the name of a meta task, found " + n.Describe()
	}
	if n.Text() == "end_host" {
		return d.WithFix("write end_image")
	}
	if hint := diag.Suggest(n.Text(), metas()); hint != "" {
		return d.WithFix("%s", hint)
	}
	return d.WithFix("the meta tasks are %s", strings.Join(metas(), ", "))
}
