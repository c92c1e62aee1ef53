package vars_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

const variables = `
registry: quay.io
namespace: acme
repo: "{{ .registry }}/{{ .namespace }}"
platforms: [linux/amd64, linux/arm64]
port: 8080
debug: false
nested: { a: { b: deep }, list: [1, 2] }
loop_a: "{{ .loop_b }}"
loop_b: "x{{ .loop_a }}"
`

func data(t *testing.T) vars.Data {
	t.Helper()
	n, ds := document.Parse("vars.yml", []byte(variables))
	if err := ds.Err(); err != nil {
		t.Fatal(err)
	}
	scope := new(vars.Scope)
	scope.DefineAll(n, vars.All, "all")
	return vars.Data{Scope: scope, Now: time.Unix(0, 0).UTC(), Roots: map[string]any{"image": map[string]any{"name": "web", "tags": []string{"x"}}}}
}

func parse(t *testing.T, text string) document.Node {
	t.Helper()
	n, ds := document.Parse("p.yml", []byte(text))
	if err := ds.Err(); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestExpand(t *testing.T) {
	tests := []struct {
		name, text string
		want       any
	}{
		{"plain", `v: "1.10"`, "1.10"},
		{"list kept", `v: "{{ .platforms }}"`, []any{"linux/amd64", "linux/arm64"}},
		{"number kept", `v: "{{ .port }}"`, 8080},
		{"mixed is text", `v: "p{{ .port }}"`, "p8080"},
		{"nothing is no text", `v: '<{{ index (dict) "x" }}>{{ if true }}{{ index (dict) "x" }}{{ end }}'`, "<>"},
		{"lists and mappings are JSON", `v: '<{{ .platforms }} {{ .nested }} {{ list 1 "<" }} {{ .debug }}>'`, `<["linux/amd64","linux/arm64"] {"a":{"b":"deep"},"list":[1,2]} [1,"<"] false>`},
		{"nothing kept", `v: '{{ index (dict) "x" }}'`, nil},
		{"variable of variables", `v: "{{ .repo }}/{{ .image.name }}"`, "quay.io/acme/web"},
		{"default of undefined", `v: '{{ .nope.deep | default "x" }}'`, "x"},
		{"default written first", `v: '{{ default "x" .nope }}'`, "x"},
		{"default of a variable", `v: '{{ .nope | default .port }}'`, 8080},
		{"coalesce", `v: '{{ coalesce .nope .also "z" }}'`, "z"},
		{"if with default", `v: '{{ if .nope | default false }}a{{ else }}b{{ end }}'`, "b"},
		{"range", `v: '{{ range .platforms }}<{{ . }}>{{ end }}'`, "<linux/amd64><linux/arm64>"},
		{"dollar in range", `v: '{{ range .nested.list }}{{ $.port }}{{ end }}'`, "80808080"},
		{"frozen clock", `v: '{{ now | date "2006" }}'`, "1970"},
		{"yaml", `v: '{{ toYaml .nested.a }}'`, "b: deep"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ds := data(t).Expand(parse(t, tt.text).Get("v"))
			if err := ds.Err(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got.Value()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Who asks a result of a task that was skipped is told so.
func TestResultOfASkippedTask(t *testing.T) {
	d := data(t)
	d.Roots["looked"] = map[string]any{"skipped": true, "changed": false}
	_, ds := d.Expand(parse(t, `v: "{{ .looked.rc }}"`).Get("v"))
	want := `p.yml:1:8: error[undefined-variable]: undefined variable .looked.rc: .looked has no "rc" (its task was skipped, and told nothing: ask not .looked.skipped, or write .looked.rc | default "…")`
	if got := ds.Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestExpandMistakes(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"undefined", `v: "{{ .prot }}"`, `p.yml:1:8: error[undefined-variable]: undefined variable .prot (did you mean "port"?)`},
		{"undefined in text", `v: x {{ .image.nmae }}`, `p.yml:1:9: error[undefined-variable]: undefined variable .image.nmae: .image has no "nmae" (did you mean "name"?)`},
		{"undefined fallback", `v: "{{ .nope | default .prot }}"`, `p.yml:1:24: error[undefined-variable]: undefined variable .prot (did you mean "port"?)`},
		{"nowhere near", `v: "{{ .qqqq }}"`, `p.yml:1:8: error[undefined-variable]: undefined variable .qqqq (define it, or give it a value where it is missing: .qqqq | default "…")`},
		{"function", `v: "{{ nofunc 1 }}"`, `p.yml:1:8: error[unknown-function]: there is no function "nofunc" (a variable begins with a dot: .nofunc)`},
		{"environment", `v: '{{ env "HOME" }}'`, `p.yml:1:8: error[unknown-function]: the function "env" is not offered: a template answers the same on every machine (pass the value with -e NAME="$NAME")`},
		{"recursion", `v: "{{ .loop_a }}"`, `vars.yml:9:9: error[recursive-variable]: the variable "loop_a" is made of itself: loop_a -> loop_b -> loop_a`},
		{"required", `v: '{{ .nope | required "say nope" }}'`, `p.yml:1:16: error[template]: expanding "{{ .nope | required \"say nope\" }}": say nope`},
		{"open", `v: "{{ .port"`, `p.yml:1:5: error[template]: unclosed action`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, ds := data(t).Expand(parse(t, tt.text).Get("v"))
			if got := ds.Error(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestTrue(t *testing.T) {
	tests := []struct{ text, want string }{
		{`w: eq .image.name "web"`, "true"},
		{`w: .debug`, "false"},
		{`w: true`, "true"},
		{`w: and (eq .port 8080) (not .debug)`, "true"},
		{`w: .port`, `p.yml:1:4: error[not-boolean]: a condition must be true or false, and .port is the number 8080 (compare it: eq (.port) "…", or ask whether it is there: not (empty (.port)))`},
		{`w: "{{ .debug }}"`, `p.yml:1:4: error[braces]: this is an expression already, and "{{ .debug }}" has braces (take {{ and }} away)`},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			concludes(t, tt.text, tt.want)
		})
	}
}

// concludes wants the condition w of a document to come to "true", "false" or a
// mistake.
func concludes(t *testing.T, text, want string) {
	t.Helper()
	truth, ds := data(t).True(parse(t, text).Get("w"))
	got := fmt.Sprint(truth)
	if ds != nil {
		got = ds.Error()
	}
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// sprig's set changes its argument; the next template must not see it.
func TestTemplatesGetCopies(t *testing.T) {
	d := data(t)
	n := parse(t, `v: '{{ $_ := set .image "name" "other" }}{{ .image.name }}'`).Get("v")
	first, _ := d.Expand(n)
	second, _ := d.Expand(parse(t, `v: "{{ .image.name }}"`).Get("v"))
	if first.Text() != "other" || second.Text() != "web" {
		t.Errorf("got %q and %q, want other and web", first.Text(), second.Text())
	}
}

func TestCheck(t *testing.T) {
	d := data(t)
	n := parse(t, `{ a: "{{ .pushed.digest }}", b: "{{ .regisrty }}", c: '{{ .x | default "" }}' }`)
	got := d.Check(n, vars.Later{"pushed": nil}).Error()
	if want := `p.yml:1:37: error[undefined-variable]: undefined variable .regisrty (did you mean "registry"?)`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// One name is defined on all twelve levels, in an order that says nothing, and
// the levels are peeled off one by one: the highest that is left wins.
func TestTwelveLevels(t *testing.T) {
	levels := []vars.Level{
		vars.Builtin, vars.RoleVars, vars.All, vars.Group, vars.Image, vars.Fact, vars.Play, vars.File, vars.Block, vars.Task, vars.Registered, vars.Extra,
	}
	for left := len(levels); left > 0; left-- {
		s := new(vars.Scope)
		for i := range levels {
			if level := levels[(i*5+left)%len(levels)]; level <= levels[left-1] {
				s.Define(vars.Definition{Name: "x", Level: level, Value: parse(t, `"`+level.String()+`"`)})
			}
		}
		d := vars.Data{Scope: s}
		if got, ds := d.Value("x"); ds != nil || got != levels[left-1].String() {
			t.Errorf("of %d levels %v wins, want %s; %v", left, got, levels[left-1], ds)
		}
		if got := len(s.Definitions("x")); got != left {
			t.Errorf("%d definitions, want %d", got, left)
		}
	}
}

// Within a level the later definition wins.
func TestScopeOrder(t *testing.T) {
	s := new(vars.Scope)
	for _, d := range []struct {
		level vars.Level
		text  string
	}{{vars.Image, "image"}, {vars.All, "all 1"}, {vars.Extra, "extra"}, {vars.All, "all 2"}} {
		s.Define(vars.Definition{Name: "x", Level: d.level, Value: parse(t, `"`+d.text+`"`)})
	}
	var got []string
	for _, d := range s.Definitions("x") {
		got = append(got, d.Value.Text())
	}
	if want := "all 1, all 2, image, extra"; strings.Join(got, ", ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

// Labels, args and env are put together key by key; the rest replaces.
func TestMerged(t *testing.T) {
	s := new(vars.Scope)
	for _, name := range []string{"labels", "args", "env", "other"} {
		for level, text := range map[vars.Level]string{vars.All: `{a: all, b: all}`, vars.Image: `{b: image, c: image}`, vars.Extra: `{c: extra}`} {
			s.Define(vars.Definition{Name: name, Level: level, Value: parse(t, text)})
		}
		want := map[string]any{"a": "all", "b": "image", "c": "extra"}
		if name == "other" {
			want = map[string]any{"c": "extra"}
		}
		got, _ := (vars.Data{Scope: s}).Value(name)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func FuzzExpand(f *testing.F) {
	for _, seed := range []string{
		`{{ .port | default 1 }}`, `{{ range .platforms }}{{ . }}{{ end }}`, `{{ $x := .image }}{{ $x.name }}`, `{{ define "a" }}{{ .x }}{{ end }}{{ template "a" . }}`,
		`{{ (.m.q | default dict).z | default 1 }}`, `{{ with .image }}{{ .name }}{{ else }}{{ $ }}{{ end }}`, `{{ if eq 1 "1" }}`, `a {{- /* b */ -}} c`, `{{ seq 3 | nospace }}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d := vars.Data{Roots: map[string]any{"image": map[string]any{"name": "web"}, "platforms": []string{"a"}}}
		n := document.Of(text, diag.Pos{File: "f", Line: 1, Column: 1})
		_, expanded := d.Expand(n)
		_, list := d.List(n)
		for _, m := range slices.Concat(d.Check(n, nil), d.CheckList(n, nil), expanded, list) {
			if m.Pos.File != "f" || m.Summary == "" {
				t.Errorf("a mistake without place or words: %+v", m)
			}
		}
	})
}
