package action_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/core/vars"
)

func TestEveryActionIsDeclared(t *testing.T) {
	for name, a := range action.All() {
		t.Run(name, func(t *testing.T) {
			d := a.Declare()
			if d.Name != name || d.Summary == "" || d.Check == "" || len(d.Examples) == 0 {
				t.Errorf("the declaration is not whole: %+v", d)
			}
			if joint, ok := a.(engine.Joint); ok != (d.Joint != "") {
				t.Errorf("joint is %q and the action %T", d.Joint, joint)
			}
			for _, f := range append(d.Arguments(), d.Results()...) {
				told(t, f)
			}
			_ = d.Schema() // reads every default and example
		})
	}
}

// What is known of a result before the run is what there is after it.
func TestShapesAreThoseOfResults(t *testing.T) {
	for name, a := range action.All() {
		declared := a.Declare()
		sameShape(t, name, declared.Shape(), declared.Nothing(), vars.EveryResult())
	}
	var every []string
	for _, f := range declare.Registered() {
		every = append(every, f.Name)
	}
	if diff := cmp.Diff(every, vars.EveryResult()); diff != "" {
		t.Errorf("every result (-as told +as known):\n%s", diff)
	}
}

func sameShape(t *testing.T, at string, s *vars.Shape, value any, more []string) {
	t.Helper()
	fields, _ := value.(map[string]any)
	if s == nil || s.Below == nil {
		return // anything may be below it
	}
	names := slices.Sorted(maps.Keys(s.Below))
	want := slices.Sorted(maps.Keys(fields))
	for _, name := range more {
		if _, declared := fields[name]; !declared {
			want = append(want, name)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, names, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-values +shape):\n%s", at, diff)
	}
	for name, below := range s.Below {
		sameShape(t, at+"."+name, below, fields[name], nil)
	}
}

func told(t *testing.T, f declare.Field) {
	t.Helper()
	if f.Doc == "" {
		t.Errorf("%s has no doc", f.Name)
	}
	for _, inner := range f.Fields {
		told(t, inner)
	}
}

// Every example is a task that a playbook may have, and so is every example of
// an argument.
func TestExamplesAreRight(t *testing.T) {
	known := playbook.Actions{}
	for name, a := range action.All() {
		known[name] = playbook.Action{Check: a.Declare().Judge, Builds: a.Declare().Builder}
	}
	for name, a := range action.All() {
		for _, example := range a.Declare().Examples {
			book := "- images: all\n  tasks:\n    - " + strings.ReplaceAll(example, "\n", "\n      ") + "\n"
			if _, ds := playbook.Parse(name+".yml", []byte(book), playbook.Options{Actions: known, Builders: []string{"oci"}}); ds != nil {
				t.Errorf("%s\n%v", book, ds)
			}
		}
		for _, f := range a.Declare().Arguments() {
			n, ds := document.Parse(name, []byte(f.Name+": "+f.Example))
			if ds != nil {
				t.Errorf("%s.%s: %v", name, f.Name, ds)
			}
			for _, d := range document.Judge(n, a.Declare().Args) {
				if d.Code != "missing-key" && f.Example != "" {
					t.Errorf("the example of %s.%s: %v", name, f.Name, d)
				}
			}
		}
	}
}

func TestJudgeTellsOfMistakes(t *testing.T) {
	tests := []struct{ action, args, want string }{
		{"build", "no_cahce: true", `p.yml:1:1: error[unknown-key]: unknown key "no_cahce" (did you mean "no_cache"?)`},
		{"build", "timeout: soon", `p.yml:1:10: error[wrong-type]: want a duration such as "90s" or "10m", or a number of seconds, found the text "soon"`},
		{"build", "timeout: '{{ .t }}'", ""},
		{"tag", "{}", `p.yml:1:1: error[missing-key]: tag needs at least one tag (write tag: { tags: [test] })`},
		{"tag", "tags: []", `p.yml:1:1: error[missing-key]: tag needs at least one tag (write tag: { tags: [test] })`},
		{"promote", "to: latest", ""},
		{"tag", "tags: test", ""},
		{"command", "argv: ls -la", `p.yml:1:7: error[wrong-type]: want a program and its arguments as a list, found the text "ls -la" (nothing splits it: write [ls, -la])`},
		{"deploy", "file: a\ncommand: [b]", `p.yml:1:1: error[bad-deploy]: deploy needs either file or command (write deploy: { file: compose.yml })`},
		{"smoke", "tags: '@a and'", `p.yml:1:14: error[tag-expression]: tag expression "@a and", column 7: the end stands where a tag like "@smoke" is wanted (write it with and, or, not and parentheses: "@smoke and not @wip")`},
		{"rollback", "tag: latest", `p.yml:1:1: error[missing-key]: a rollback needs a reason (write reason: whoever meets the hold will want to know)`},
		{"uri", "{}", `p.yml:1:1: error[missing-key]: the key "url" is missing`},
		{"uri", "url: localhost:8080/x\nmethod: FETCH", `p.yml:2:9: error[bad-value]: method cannot be "FETCH" (did you mean "PATCH"?)`},
		{"uri", "url: localhost:8080/x", `p.yml:1:6: error[bad-url]: "localhost:8080/x" cannot be asked for: it begins neither with http:// nor with https:// (write a whole URL: http://127.0.0.1:8080/health)`},
		{"uri", "url: http://h\nbody: {a: 1}", `p.yml:2:7: error[wrong-type]: want text, found a mapping (say body_format: json, or form)`},
		{"uri", "url: http://h\nbody: [a]\nbody_format: form\npassword: x", "p.yml:2:7: error[wrong-type]: want a mapping for a form, found a list\np.yml:4:11: error[missing-key]: there is a password and no user"},
		{"wait_for", "timeout: 5", `p.yml:1:1: error[bad-wait]: wait_for needs either port or path (write wait_for: { port: 8080 }; to wait for a time, use pause)`},
		{"wait_for", "port: 70000\nsearch_regex: '('", "p.yml:1:7: error[bad-value]: there is no port 70000 (ports go from 1 to 65535)\np.yml:2:15: error[bad-value]: \"(\" is no regular expression: error parsing regexp: missing closing ): `(`"},
		{"wait_for", "path: x\nstate: drained", `p.yml:2:8: error[bad-wait]: only a port can be drained (wait for port, or for path with state: absent)`},
		{"wait_for", "path: x\nstate: startd", `p.yml:2:8: error[bad-value]: state cannot be "startd" (did you mean "started"?)`},
		{"template", "src: a\ndest: b\nmode: u+x\nvalidate: [nginx, -t]", "p.yml:3:7: error[bad-value]: \"u+x\" is no mode of a file (write its digits: 0644, or 0755)\np.yml:4:11: error[bad-value]: validate does not say what to look at (write %s for the file)"},
		{"copy", "src: a\ncontent: b\ndest: c", `p.yml:1:1: error[bad-copy]: copy needs either src or content (write copy: { src: file, dest: out/ })`},
		{"command", "argv: []", `p.yml:1:1: error[bad-command]: command needs either argv or shell (write command: { argv: ["make", "check"] })`},
		{"pause", "seconds: 5\nfor: 1m", `p.yml:2:6: error[two-times]: how long to wait is said twice (keep one of seconds, minutes and for)`},
		{"set_var", "{}", `p.yml:1:1: error[missing-key]: set_var sets no variable (write set_var: { name: value })`},
		{"set_var", "[a]", `p.yml:1:1: error[wrong-type]: want a mapping, found a list`},
		{"set_var", "my-var: 1\nimage: 2", "p.yml:1:1: error[variable-name]: \"my-var\" cannot be the name of a variable: templates could not say .my-var (use letters, digits and '_', and begin with a letter)\np.yml:2:1: error[reserved-name]: \"image\" is set by slipway and cannot be a variable (choose another name)"},
		{"assert", "quiet: true", `p.yml:1:1: error[missing-key]: assert has nothing to look at (write assert: { that: eq .image.name "web" })`},
		{"assert", "that: ['{{ .a }}', [b]]", "p.yml:1:20: error[wrong-type]: want a condition, found a list (write an expression: eq .image.name \"web\")"},
	}
	for _, tt := range tests {
		t.Run(tt.action+" "+tt.args, func(t *testing.T) {
			n, ds := document.Parse("p.yml", []byte(tt.args))
			if ds != nil {
				t.Fatal(ds)
			}
			fails(t, tt.want, action.All()[tt.action].Declare().Judge(n).Err())
		})
	}
}
