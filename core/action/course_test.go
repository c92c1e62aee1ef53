package action_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
)

func TestSetVar(t *testing.T) {
	s := newStand(t)
	s.vars["port"] = 8080
	for _, change := range []func(*engine.Step){nil, checking} {
		var changes []func(*engine.Step)
		if change != nil {
			changes = append(changes, change)
		}
		got, err := s.run(action.SetVar{}, "ports: ['{{ .port }}', 8443]\nname: 'x-{{ .image.name }}'", changes...)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]any{"ports": []any{8080, 8443}, "name": "x-web"}
		if diff := cmp.Diff(want, got.Vars); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(any(want), got.Values["vars"]); diff != "" || got.Changed || got.Detail != "name, ports" {
			t.Errorf("%+v\n%s", got, diff)
		}
	}
	n, _ := document.Parse("p.yml", []byte("b: 1\na: 2"))
	if diff := cmp.Diff([]string{"b", "a"}, action.SetVar{}.Defines(n)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFail(t *testing.T) {
	s := newStand(t)
	_, err := s.run(action.Fail{}, "msg: '{{ .image.name }} is late'")
	fails(t, "web is late", err)
	_, err = s.run(action.Fail{}, "", checking)
	fails(t, "the playbook says so", err)
}

func TestAssert(t *testing.T) {
	s := newStand(t)
	s.vars["replicas"], s.vars["owner"] = 1, "ops"
	s.vars["build"] = map[string]any{"digest": "sha256:1", "tags": []any{"a"}}
	tests := []struct{ name, args, want, detail string }{
		{"holds", "that: eq .replicas 1", "", "all hold"},
		{"holds, quietly", "that: [eq .replicas 1, true]\nquiet: true", "", ""},
		{"holds, in its own words", "that: eq .owner \"ops\"\nsuccess_msg: fine", "", "fine"},
		{"does not", "that: ge .replicas 2", `"ge .replicas 2" does not hold: .replicas is 1`, ""},
		{
			"several do not", "that:\n- and (eq .owner \"dev\") (gt .replicas 0)\n- false\n- ne .build.digest \"sha256:1\"\nfail_msg: not ready",
			"not ready\n\"and (eq .owner \\\"dev\\\") (gt .replicas 0)\" does not hold: .owner is \"ops\", .replicas is 1\n\"false\" does not hold\n" +
				"\"ne .build.digest \\\"sha256:1\\\"\" does not hold: .build.digest is \"sha256:1\"", "",
		},
		{"a list is shown", "that: has \"b\" .build.tags", `"has \"b\" .build.tags" does not hold: .build.tags is ["a"]`, ""},
		{"not there", "that: .nope | default false", `".nope | default false" does not hold: .nope is not defined`, ""},
		{
			"neither true nor false", "that: .replicas",
			`p.yml:1:7: error[not-boolean]: a condition must be true or false, and .replicas is 1 (int) (compare it: eq .replicas "…", or ask whether it is there: not (empty .replicas))`, "",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := s.run(action.Assert{}, tt.args)
			fails(t, tt.want, err)
			if got.Detail != tt.detail || got.Changed {
				t.Errorf("%+v", got)
			}
		})
	}
	got, _ := s.run(action.Assert{}, "that: [eq 1 2, eq 1 1]", checking)
	if diff := cmp.Diff(any([]any{"eq 1 2"}), got.Values["broken"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
