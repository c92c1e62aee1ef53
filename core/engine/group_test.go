package engine_test

import (
	"context"
	"testing"

	"github.com/slipway-build/slipway/core/engine"
)

func TestComputedGroups(t *testing.T) {
	actions := map[string]engine.Action{
		"build": act(func(_ context.Context, s engine.Step) (engine.Result, error) {
			if s.Image.Name == "java" {
				return engine.Result{Groups: []string{"built"}}, nil
			}
			return engine.Result{}, nil
		}),
		"more": act(ok),
	}
	events, err := run(t, `
- {images: 'java,other', tasks: [{name: build, build: }]}
- {images: built+, tasks: [{name: test, more: }]}
- {images: passed, tasks: [{name: never, more: }]}
`, actions, func(e *engine.Engine) { e.Forks = 1 })
	if err != nil {
		t.Fatal(err)
	}
	compare(t, []string{"build java ok", "build other ok", "test java changed", "test app changed", "test web changed"}, events.ends())
}
