package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/playbook"
)

// What a playbook says wrong by itself is told without an inventory; what may be
// the inventory's is not.
func TestCheckAlone(t *testing.T) {
	tests := []struct{ name, book, want string }{
		{"what the inventory may define", "- {images: nope, vars: {a: 1}, tasks: [{debug: {msg: '{{ .a }}{{ .b }}{{ .image.c }}{{ .groups.x }}'}, when: .d}]}", ""},
		{"syntax and functions", "- {images: all, tasks: [{debug: {msg: '{{ if .a }}'}}, {debug: {msg: '{{ uper .a }}'}}]}", `p.yml:1:40: error[template]: {{ if .a }} is never ended (put {{ end }} behind what it is about)
p.yml:1:74: error[unknown-function]: there is no function "uper" (did you mean "upper"?)`},
		{"below what the play defines", "- {images: all, vars: {a: {b: 1}}, tasks: [{debug: {msg: '{{ .a.c }}'}}]}", `p.yml:1:62: error[undefined-variable]: undefined variable .a.c: .a has no "c" (define it, or give it a value where it is missing: .a.c | default "…")`},
		{"below .run", "- {images: all, tasks: [{debug: {msg: '{{ .run.idd }}'}}]}", `p.yml:1:43: error[undefined-variable]: undefined variable .run.idd: .run has no "idd" (did you mean "id"?)`},
		{"results", "- {images: all, tasks: [{debug: {msg: '{{ .w }}'}}, {write: , register: w}, {debug: {msg: '{{ .w.pth }}'}}]}", `p.yml:1:43: error[undefined-variable]: undefined variable .w (it is known after the task at p.yml:1:53)
p.yml:1:95: error[undefined-variable]: undefined variable .w.pth: .w has no "pth" (did you mean "path"?)`},
		{"an item without a loop", "- {images: all, tasks: [{debug: {msg: '{{ .item }}'}}]}", `p.yml:1:43: error[undefined-variable]: undefined variable .item (it exists inside of a loop only)`},
		{"patterns as they are written", "- {images: 'a,', tasks: [{debug: }]}", `p.yml:1:15: error[bad-pattern]: in the pattern "a,": a term is empty`},
		{"beside what reading has told", "- {tasks: [{debug: {msg: '{{ .run.idd }}'}}, {dbug: }]}", `p.yml:1:30: error[undefined-variable]: undefined variable .run.idd: .run has no "idd" (did you mean "id"?)`},
		{"verdicts", "- {images: all, tasks: [{smoke: , ignore_errors: true}, {promote: }]}", `p.yml:1:50: error[gate]: ignore_errors has no meaning on smoke: the gate stands on the verdict of the smoke tests, and no task may say otherwise (take ignore_errors out)`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			book, _ := playbook.Parse("p.yml", []byte(tt.book), playbook.Options{Actions: actions()})
			got := plan.CheckAlone([]*playbook.Playbook{book, nil}, nil)
			if diff := cmp.Diff(tt.want, got.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
