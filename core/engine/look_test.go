package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/inventory"
)

// A registrar tells facts: of each image another digest every time it is asked.
// The first answers may fail.
type registrar struct {
	mu    sync.Mutex
	fails int
	asked []string
}

func (r *registrar) Facts(_ context.Context, image *inventory.Image, names []string, _ bool) (map[string]any, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, image.Name+" "+strings.Join(names, ","))
	if len(r.asked) <= r.fails {
		return nil, &engine.UnreachableError{Err: errors.New("no route")}
	}
	facts := map[string]any{}
	for _, name := range names {
		switch name {
		case "tags":
			facts[name] = []any{"a", "b"}
		default:
			facts[name] = fmt.Sprint(name, len(r.asked))
		}
	}
	return facts, nil
}

func TestFacts(t *testing.T) {
	tests := []struct {
		name, book string
		fails      int
		want       []string
		said       []string
		asked      []string
		err        *engine.RunError
	}{
		{
			name: "nobody asks", book: `[{images: web, tasks: [{name: t, say: {msg: "{{ .image.name }}"}}]}]`,
			want: []string{"t web ok"}, said: []string{"web: web"},
		},
		{
			name: "what is not done asks for nothing", book: `[{images: web, tasks: [{name: t, say: {msg: "{{ .image.facts.digest }}"}, when: false}]}]`,
			want: []string{"t web skipped"},
		},
		{
			name: "a step sees one state", book: `[{images: web, tasks: [{name: t, when: 'eq .image.facts.digest "digest1"', say: {msg: "{{ .image.facts.digest }} {{ .image.facts.tags }}"}}, {name: u, say: {msg: "{{ .image.facts.digest }}"}}]}]`,
			want: []string{"t web ok", "u web ok"}, said: []string{`web: digest1 ["a","b"]`, "web: digest3"}, asked: []string{"web digest", "web tags", "web digest"},
		},
		{
			name: "what is judged afterwards looks again", book: `[{images: web, tasks: [{name: t, say: {msg: "{{ .image.facts.digest }}"}, until: 'eq .image.facts.digest "digest3"', delay: 1}]}]`,
			want: []string{"t web again in 1s, 3 left", "t web ok"}, said: []string{"web: digest1", "web: digest1"}, asked: []string{"web digest", "web digest", "web digest"},
		},
		{
			name: "changed_when and failed_when", book: `[{images: web, tasks: [{name: t, ok: , changed_when: 'eq .image.facts.digest "digest1"', failed_when: 'ne .image.facts.digest "digest1"'}]}]`,
			want: []string{"t web changed"}, asked: []string{"web digest"},
		},
		{
			name: "a loop over them", book: `[{images: web, tasks: [{name: t, say: {msg: "{{ .item }}"}, loop: .image.facts.tags}, {block: [{name: u, say: {msg: "{{ .item }}"}}], loop: .image.facts.tags}]}]`,
			want:  []string{"t web (a) ok", "t web (b) ok", "t web ok", "u web [a] ok", "u web [b] ok"},
			said:  []string{"web: a", "web: b", "web: a", "web: b"},
			asked: []string{"web tags", "web tags"},
		},
		{
			name: "an image leaves by them", book: `[{images: web, tasks: [{meta: end_image, when: eq .image.facts.digest "digest1"}, {name: t, ok: }]}]`,
			asked: []string{"web digest"},
		},
		{
			name: "they cannot be had", fails: 9, book: `[{images: web, tasks: [{name: t, say: {msg: "{{ .image.facts.digest }}"}}]}]`,
			want: []string{"t web unreachable"}, asked: []string{"web digest"}, err: &engine.RunError{Unreachable: true, Images: 1},
		},
		{
			name: "for a condition", fails: 9, book: `[{images: web, tasks: [{name: t, ok: , when: .image.facts.digest}]}]`,
			want: []string{"t web unreachable"}, asked: []string{"web digest"}, err: &engine.RunError{Unreachable: true, Images: 1},
		},
		{
			name: "for a loop", fails: 9, book: `[{images: web, tasks: [{name: t, ok: , loop: .image.facts.tags}]}]`,
			want: []string{"t web unreachable"}, asked: []string{"web tags"}, err: &engine.RunError{Unreachable: true, Images: 1},
		},
		{
			name: "for a looped block", fails: 9, book: `[{images: web, tasks: [{block: [{name: t, ok: }], loop: .image.facts.tags}]}]`,
			want: []string{"block web unreachable"}, asked: []string{"web tags"}, err: &engine.RunError{Unreachable: true, Images: 1},
		},
		{
			name: "it is tried again", fails: 2, book: `[{images: web, tasks: [{name: t, say: {msg: "{{ .image.facts.digest }}"}, retries: 2, delay: 1}]}]`,
			want: []string{"t web again in 1s, 2 left", "t web again in 1s, 1 left", "t web ok"}, said: []string{"web: digest3"},
			asked: []string{"web digest", "web digest", "web digest"},
		},
		{
			name: "tried in vain", fails: 9, book: `[{images: web, tasks: [{name: t, say: {msg: "{{ .image.facts.digest }}"}, retries: 1, delay: 1}]}]`,
			want: []string{"t web again in 1s, 1 left", "t web unreachable"}, asked: []string{"web digest", "web digest"}, err: &engine.RunError{Unreachable: true, Images: 1},
		},
		{
			name: "until they can be had", fails: 1, book: `[{images: web, tasks: [{name: t, ok: , until: 'eq .image.facts.digest "digest2"', delay: 1}]}]`,
			want: []string{"t web again in 1s, 3 left", "t web ok"}, asked: []string{"web digest", "web digest"},
		},
		{
			name: "a rescue", fails: 1, book: `[{images: web, tasks: [{block: [{name: t, ok: , when: .image.facts.digest}], rescue: [{name: u, say: {msg: "{{ .failed_result.msg }}"}}]}]}]`,
			want: []string{"t web unreachable, rescued", "u web ok"}, said: []string{"web: no route"}, asked: []string{"web digest"},
		},
		{
			name: "ignored", fails: 1, book: `[{images: web, tasks: [{name: t, say: {msg: "{{ .image.facts.digest }}"}, ignore_errors: true}]}]`,
			want: []string{"t web unreachable, ignored"}, asked: []string{"web digest"},
		},
		{
			name: "a mistake is none of it", book: `[{images: web, tasks: [{name: t, say: {msg: "{{ index .image.facts.tags 9 }}"}, ignore_errors: true, retries: 3}]}]`,
			want: []string{"t web failed"}, asked: []string{"web tags"}, err: &engine.RunError{Failed: true, Images: 1},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			box, told := new(toolbox), &registrar{fails: tt.fails}
			events, err := run(t, tt.book, box.actions(), func(e *engine.Engine) { e.Forks, e.Facts = 1, told })
			compare(t, tt.want, events.lines())
			compare(t, tt.said, box.said)
			compare(t, tt.asked, told.asked)
			var got *engine.RunError
			errors.As(err, &got)
			compare(t, tt.err, got)
		})
	}
}

// Reviving actions are told what they were told; what is done again looks again.
func TestFactsAreRemembered(t *testing.T) {
	const book = `
- images: web
  tasks:
    - {name: keep, revive: {msg: "{{ .image.facts.digest }}"}}
    - {name: hide, revive: {msg: "{{ .image.facts.digest }}"}, no_log: true}
    - block: [{name: each, ok: {msg: "{{ .item }}"}}]
      loop: list .image.facts.digest
    - {meta: end_image, when: 'ne .image.facts.digest "digest4"'}
    - {name: broken, fail: {msg: "{{ .image.facts.digest }}"}}
`
	box, told := new(toolbox), new(registrar)
	actions := box.actions()
	actions["revive"] = teller{act(box.say), box}
	set := func(e *engine.Engine) { e.Forks, e.Facts = 1, told }
	first, _ := run(t, book, actions, set)
	compare(t, []string{"web: digest1", "web: digest2"}, box.said)
	compare(t, []string{"keep web ok", "hide web ok", "each web [digest3] ok", "broken web failed"}, first.lines())

	box.said = nil
	second, _ := run(t, book, actions, func(e *engine.Engine) { set(e); e.Past = past(first) })
	compare(t, []string{"web revives digest1", "web revives digest6"}, box.said)
	compare(t, []string{"broken web failed"}, second.lines())
	last := second.events[len(second.events)-2]
	if f, ok := last.(event.StepFinished); !ok || f.Result.Err == nil || f.Result.Err.Error() != "digest7" {
		t.Errorf("it failed with %+v, want digest7", last)
	}
}

// A teller says what it is revived with.
type teller struct {
	act
	box *toolbox
}

func (r teller) Revive(_ context.Context, s engine.Step, _ map[string]any) error {
	r.box.note(s.Image.Name + " revives " + s.Args.Get("msg").Text())
	return nil
}

// A template that an action expands is told of the same look.
func TestFactsInActions(t *testing.T) {
	told := &registrar{fails: 1}
	actions := map[string]engine.Action{"late": act(func(_ context.Context, s engine.Step) (engine.Result, error) {
		n, ds := s.Expand(document.Of("{{ .image.facts.digest }}", s.Args.Pos()))
		return engine.Result{Detail: n.Text()}, ds.Err()
	})}
	events, err := run(t, `[{images: web, tasks: [{name: t, late: , retries: 1, delay: 1}]}]`, actions, func(e *engine.Engine) { e.Facts = told })
	if err != nil {
		t.Fatal(err)
	}
	compare(t, []string{"t web again in 1s, 1 left", "t web ok"}, events.lines())
}
