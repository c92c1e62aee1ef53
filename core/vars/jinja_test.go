package vars_test

import (
	"testing"

	"github.com/slipway-build/slipway/core/vars"
)

// Who writes Jinja is told how it is said here.
func TestAdviceForJinja(t *testing.T) {
	const inFront = "the function stands in front: "
	tests := []struct{ expression, want, fix string }{
		{"port == 80", `unexpected "=" in operand`, inFront + `eq .a "b"`},
		{`.port != 80`, `unexpected "!" in operand`, inFront + `ne .a "b"`},
		{`.port >= 80`, `unexpected ">" in operand`, inFront + `ge .a 1`},
		{`.port <= 80`, `unexpected "<" in operand`, inFront + `le .a 1`},
		{`.port > 80`, `unexpected ">" in operand`, inFront + `gt .a 1`},
		{`.port < 80`, `unexpected "<" in operand`, inFront + `lt .a 1`},
		{`.port and .debug`, `"and" stands behind what it is about`, inFront + "and (.a) (.b), or (.a) (.b)"},
		{`.image.name or .debug`, `"or" stands behind what it is about`, inFront + "and (.a) (.b), or (.a) (.b)"},
		{`port is not defined`, `"is" stands behind what it is about`, "ask whether it is there: not (empty .name)"},
		{`port is defined and port > 0`, `unexpected ">" in operand`, "ask whether it is there: not (empty .name)"},
		{`'web' in groups['all']`, "malformed character constant: 'web'", `write has "a" .list, or contains "a" .text`},
		{`"web" in .platforms`, `"in" stands behind what it is about`, `write has "a" .list, or contains "a" .text`},
		{`.platforms[0]`, "bad character U+005B '['", "write index .list 0 for an item, and .mapping.name for what has a name"},
		{`.port | default(80)`, `unexpected "(" in operand`, `arguments stand behind a function, with blanks between them: default "b"`},
		{`.port | default 'x y'`, "malformed character constant: 'x y'", "text stands in double quotes, or in back quotes where those are taken"},
		{`.port + 1`, `illegal number syntax: "+"`, `the function stands in front: add .a 1, printf "%s-%s" .a .b`},
		{`"a" if .debug else "b"`, `unexpected <if> in operand`, `write ternary "yes" "no" .condition, or {{ if .condition }}yes{{ else }}no{{ end }}`},
		{`eq .image.name "a == b"`, "", ""},
		{`.port | bool`, `there is no function "bool"`, `compare it: eq .name "true"`},
		{`eq (len .platforms) 1`, "", ""},
		{`.image.name | replace "'" ""`, "", ""},
		{`.port ~ 'x'`, `unexpected "~" in operand`, inFront + `printf "%s%s" .a .b`},
		{`.port | default(omit)`, `unexpected "(" in operand`, "nothing can be left out by a value: write two tasks with when, or the value itself"},
		{`.platforms.0`, `unexpected ".0" in operand`, "write index .list 0 for an item, and (index .list 0).name for what has a name"},
		{`hostvars['web'].port`, "bad character U+005B '['", "a template sees its own image: register what others need to know"},
		{`.platforms | map(attribute='name')`, `unexpected "(" in operand`, "write range"},
		{`{{ ports | dict2items }}`, `this is an expression already, and "{{ ports | dict2items }}" has braces`, "take {{ and }} away; a variable begins with a dot: .ports; go over keys .name | sortAlpha: the value of one is index .name .item"},
		{`range(3)`, `{{range(3)}} is never ended`, "write until 3 for 0, 1, 2, or untilStep 1 4 1 for 1, 2, 3"},
		{`.image is succeeded`, `"is" stands behind what it is about`, "ask the result: not .name.failed, .name.changed, .name.skipped"},
		{`ansible_distribution`, `there is no function "ansible_distribution"`, "it is Ansible's: what there is stands in .image, .images, .groups, .play and .run"},
		{`no`, `there is no function "no"`, "write false"},
	}
	for _, tt := range tests {
		t.Run(tt.expression, func(t *testing.T) {
			ds := data(t).CheckExpression(parse(t, "v: |-\n  "+tt.expression+"\n").Get("v"), vars.Later{})
			summary, fix := "", ""
			if len(ds) > 0 {
				summary, fix = ds[0].Summary, ds[0].Fix
			}
			if len(ds) > 1 || summary != tt.want || fix != tt.fix {
				t.Errorf("got %v\nwant %s (%s)", ds, tt.want, tt.fix)
			}
		})
	}
}
