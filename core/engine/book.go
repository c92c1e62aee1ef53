package engine

import (
	"slices"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/plan"
)

// A book is the plays of one playbook of a run of several.
type book struct {
	file   string
	before []event.Count // the recap when it began
}

// turn tells of the playbook that is over when p belongs to another one, and
// says whether the run goes on: it ends with the first playbook in which
// something went wrong. A run of one playbook has its recap at the end only.
func (r *run) turn(b *book, p *plan.Play) (goOn bool) {
	if p.Book == b.file {
		return true
	}
	r.closeBook(b)
	if r.verdict(false) != nil {
		return false
	}
	*b = book{file: p.Book, before: r.recap()}
	return true
}

// closeBook tells what a playbook came to, once.
func (r *run) closeBook(b *book) {
	if b.file == "" {
		return
	}
	recap := r.recap()
	for i, c := range recap {
		if at := slices.IndexFunc(b.before, func(e event.Count) bool { return e.Image == c.Image }); at >= 0 {
			recap[i] = c.Since(b.before[at])
		}
	}
	recap = slices.DeleteFunc(recap, func(c event.Count) bool { return c == event.Count{Image: c.Image} })
	r.engine.Events.Emit(event.PlaybookFinished{Playbook: b.file, Recap: recap})
	*b = book{}
}

// several reports whether a plan has plays of more than one playbook.
func several(p *plan.Plan) bool {
	return slices.ContainsFunc(p.Plays, func(play *plan.Play) bool { return play.Book != p.Plays[0].Book })
}
