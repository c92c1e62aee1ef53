package lint

import (
	"slices"

	"github.com/slipway-build/slipway/sdk/diag"
)

// promoteUnproved looks at each file of plays as the order in which its tasks
// run. A playbook that only promotes is fine: the evidence of another run lies
// in the registry.
func promoteUnproved() Rule {
	return Rule{
		Name: "promote-without-gate", Level: Warning, Doc: "a playbook that builds and promotes with no smoke between: the gate will refuse what was just built",
		Bad:  "- name: Ship\n  images: all\n  tasks:\n    - name: Build\n      build:\n    - name: Promote\n      promote:\n",
		Good: "- name: Ship\n  images: all\n  tasks:\n    - name: Build\n      build:\n    - name: Smoke\n      smoke:\n    - name: Promote\n      promote:\n",
		check: func(l *look) {
			var file string
			var built, proved diag.Pos
			for t := range l.tasks() {
				if at := t.Pos().File; at != file {
					file, built, proved = at, diag.Pos{}, diag.Pos{}
				}
				switch action := t.action.Key.Text(); {
				case slices.Contains([]string{"build", "push"}, action):
					built, proved = t.Pos(), diag.Pos{}
				case action == "smoke":
					proved = t.Pos()
				case action == "promote" && built.IsValid() && !proved.IsValid():
					l.tell(t.action.Key.Pos(), "write a smoke task before it", "what is promoted here was built at line %d, and nothing has proved it since", built.Line)
				}
			}
		},
	}
}
