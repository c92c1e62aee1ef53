package playbook

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// notify keeps what is notified, to be looked for when the handlers are known.
func (r *reader) notify(written names) {
	for _, n := range written {
		if n.Kind() == document.Scalar && r.static(n, "the name of a handler") {
			r.play.notified = append(r.play.notified, n)
		}
	}
}

// handlers are those of a play, by what may be notified.
type handlers struct {
	byName map[string]*Task // also as "role : name"
	topics map[string]bool
}

// resolve looks for every handler that is notified, and makes the names of
// handlers plain.
func (r *reader) resolve(p *Play) {
	known := handlers{byName: map[string]*Task{}, topics: map[string]bool{}}
	for _, h := range p.Handlers {
		r.declare(known, h)
	}
	for _, n := range r.play.notified {
		if known.byName[n.Text()] == nil && !known.topics[n.Text()] {
			r.add(unknownHandler(n, p.Handlers))
		}
	}
	for t := range Walk(p.all()) {
		known.plain(t)
	}
}

// declare makes a handler known, and refuses a second one of its name.
func (r *reader) declare(known handlers, h *Task) {
	if strings.Contains(h.Name, "{{") {
		r.static(h.Naming, "the name of a handler")
	}
	if first := known.byName[h.Name]; first != nil {
		r.add(diag.Errorf("two-handlers", h.Naming.Pos(), "two handlers of the play are called %q", h.Name).
			WithDetail("The first one is at %s.", first.Naming.Pos()).WithFix("give one of them another name, and let both listen to a topic if both are meant"))
		return
	}
	known.byName[h.Name], known.byName[h.Title()] = h, h
	for _, topic := range h.Listen {
		known.topics[topic] = true
	}
}

// plain makes "role : name" the name of the handler.
func (known handlers) plain(t *Task) {
	for i, name := range t.Notify {
		if h := known.byName[name]; h != nil {
			t.Notify[i] = h.Name
		}
	}
}

// unknownHandler tells of a name that no handler has, with the nearest one and
// where it is.
func unknownHandler(n document.Node, all []*Task) diag.Diagnostic {
	d := diag.Errorf("unknown-handler", n.Pos(), "no handler of the play is called %q or listens to it", n.Text())
	at := map[string]diag.Pos{}
	for _, h := range all {
		for _, word := range append(slices.Clip(h.Listen), h.Name) {
			at[word] = h.Naming.Pos()
		}
	}
	words := slices.Sorted(maps.Keys(at))
	if len(words) == 0 {
		return d.WithFix("write the handler below handlers:")
	}
	hint := diag.Suggest(n.Text(), words)
	for _, word := range words {
		if strings.Contains(hint, strconv.Quote(word)) {
			return d.WithDetail("It is at %s.", at[word]).WithFix("%s", hint)
		}
	}
	return d.WithFix("the handlers are %s", list(words))
}
