package engine_test

import (
	"errors"
	"testing"

	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
)

// A run of several playbooks tells of each, and of all together; it ends with
// the first in which something went wrong.
func TestSeveralPlaybooks(t *testing.T) {
	src := "- {images: web, tasks: [{ok: }]}\n- {images: web, tasks: [{ok: }, {fail: }]}\n- {images: web, tasks: [{ok: }]}\n"
	actions := map[string]engine.Action{"ok": act(ok), "fail": failing("web", errors.New("no"))}
	p := prepare(t, src, actions)
	for i, file := range []string{"a.yml", "b.yml", "c.yml"} {
		p.Plays[i].Book = file
	}
	events := &recorder{}
	err := (&engine.Engine{Actions: actions, Events: events}).Run(t.Context(), p)
	if _, ok := errors.AsType[*engine.RunError](err); !ok {
		t.Fatalf("got %v", err)
	}
	var got []event.Event
	for _, e := range events.events {
		switch e.(type) {
		case event.PlaybookFinished, event.RunFinished:
			got = append(got, e)
		}
	}
	compare(t, []event.Event{
		event.PlaybookFinished{Playbook: "a.yml", Recap: []event.Count{{Image: "web", OK: 1, Changed: 1}}},
		event.PlaybookFinished{Playbook: "b.yml", Recap: []event.Count{{Image: "web", OK: 1, Changed: 1, Failed: 1}}},
		event.RunFinished{Recap: []event.Count{{Image: "web", OK: 2, Changed: 2, Failed: 1}}},
	}, got)
}
