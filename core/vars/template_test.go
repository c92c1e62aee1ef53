package vars_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// The caret of a mistake stands under what is wrong, however the text is
// written: X marks it in the source, and is taken out.
func TestPlacesOfMistakes(t *testing.T) {
	tests := []struct{ name, text string }{
		{"plain", "v: a {{ X.nope }}"},
		{"single quoted", "v: 'it''s {{ X.nope }}'"},
		{"double quoted with escapes", `v: "\"\t\u00e9 {{ X.nope }}"`},
		{"literal", "v: |\n  one\n  two {{ X.nope }}\n"},
		{"folded", "v: >\n  one\n  two\n\n  {{ .port }} {{ X.nope }}\n"},
		{"over lines", "v: 'one\n  two {{ X.nope }}'"},
		{"the second of two", "v: '{{ .port }} {{ X.nope }}'"},
		{"the same twice", "v: '{{ .nope | default 1 }} {{ X.nope }}'"},
		{"in brackets", "v: '{{ upper (printf \"%d\" X.nope) }}'"},
		{"below", "v: '{{ X.image.nmae }}'"},
		{"below the dollar", "v: '{{ $X.image.nmae }}'"},
		{"unknown function", "v: '{{ .port }} {{ X nofunc 1 }}'"},
		{"never ended", "v: |\n  {{ .port }}\n  X{{ if .debug }}\n  {{ .port }}\n"},
		{"inner never ended", "v: 'X{{ if .debug }}{{ range .platforms }}{{ end }}'"},
		{"ended twice", "v: '{{ .port }} X{{ end }} {{ .port }}'"},
		{"unclosed", `v: "{{ .port }} \" X{{ .port"`},
		{"operand missing", "v: '{{ .port }}{{ .debug }}X{{ | .port }}'"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before, after, _ := strings.Cut(tt.text, "X")
			ds := data(t).Check(parse(t, before+strings.TrimPrefix(after, " ")), nil)
			line := before[strings.LastIndex(before, "\n")+1:]
			want := diag.Pos{Line: 1 + strings.Count(before, "\n"), Column: 1 + len([]rune(line))}
			if len(ds) != 1 || ds[0].Pos.Line != want.Line || ds[0].Pos.Column != want.Column {
				t.Errorf("got %v, want one mistake at %d:%d", ds, want.Line, want.Column)
			}
		})
	}
}

func TestCheckLooksBelowNames(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"root", `'{{ .image.nmae }}'`, `undefined variable .image.nmae: .image has no "nmae" (did you mean "name"?)`},
		{"below text", `'{{ .image.name.first }}'`, `undefined variable .image.name.first: .image.name is the text "web" and has nothing below it (define it, or give it a value where it is missing: .image.name.first | default "…")`},
		{"variable", `'{{ .nested.a.c }}'`, `undefined variable .nested.a.c: .nested.a has no "c" (define it, or give it a value where it is missing: .nested.a.c | default "…")`},
		{"number", `'{{ .port.x }}'`, `undefined variable .port.x: .port is the number 8080 and has nothing below it (define it, or give it a value where it is missing: .port.x | default "…")`},
		{"with", `'{{ with .image }}{{ .nmae }}{{ end }}'`, `undefined variable .image.nmae: .image has no "nmae" (did you mean "name"?)`},
		{"with a variable", `'{{ with .nested.a }}{{ .c }}{{ $.port }}{{ else }}{{ .prot }}{{ end }}'`, "undefined variable .nested.a.c: .nested.a has no \"c\" (define it, or give it a value where it is missing: .nested.a.c | default \"…\")\nundefined variable .prot (did you mean \"port\"?)"},
		{"range", `'{{ range .platforms }}{{ .x }}{{ $.prot }}{{ end }}'`, `undefined variable .prot (did you mean "port"?)`},
		{"variable of the template", `'{{ $i := .image }}{{ $i.nmae }}{{ with $i }}{{ .nmae }}{{ end }}'`, "undefined variable .image.nmae: .image has no \"nmae\" (did you mean \"name\"?)\nundefined variable .image.nmae: .image has no \"nmae\" (did you mean \"name\"?)"},
		{"variable of with", `'{{ with $i := .image }}{{ $i.nmae }}{{ end }}{{ if $j := .nested }}{{ $j.c | default 1 }}{{ $j.a.b }}{{ end }}'`, `undefined variable .image.nmae: .image has no "nmae" (did you mean "name"?)`},
		{"variable of range", `'{{ $i := .image }}{{ range $i := list .nested }}{{ $i.c }}{{ end }}'`, ``},
		{"variable that changes", `'{{ $i := .image }}{{ if .debug }}{{ $i = .nested }}{{ end }}{{ $i.a }}'`, ``},
		{"variable of everything", `'{{ $r := . }}{{ $r.prot }}'`, `undefined variable .prot (did you mean "port"?)`},
		{"define", `'{{ define "t" }}{{ .nmae }}{{ end }}{{ template "t" .image }}'`, `undefined variable .image.nmae: .image has no "nmae" (did you mean "name"?)`},
		{"define with everything", `'{{ define "t" }}{{ .prot }}{{ end }}{{ template "t" . }}'`, `undefined variable .prot (did you mean "port"?)`},
		{"define and dollar", `'{{ define "t" }}{{ $.nmae }}{{ end }}{{ template "t" .image }}'`, `undefined variable .image.nmae: .image has no "nmae" (did you mean "name"?)`},
		{"define of itself", `'{{ define "t" }}{{ template "t" . }}{{ .prot }}{{ end }}{{ template "t" . }}'`, `undefined variable .prot (did you mean "port"?)`},
		{"unknown template", `'{{ define "tail" }}{{ end }}{{ template "tial" . }}'`, `there is no template "tial" (did you mean "tail"?)`},
		{"soft", `'{{ .image.nmae | default 1 }}{{ .nope.x | ifUndefined 2 }}{{ empty .nope }}'`, ``},
		{"soft chain", `'{{ (.nested.q | default dict).z | default 1 }}'`, ``},
		{"fallback is not soft", `'{{ .nope | default .image.nmae }}'`, `undefined variable .image.nmae: .image has no "nmae" (did you mean "name"?)`},
		{"all at once", `'{{ upperr .image.nmae }}'`, "there is no function \"upperr\" (did you mean \"upper\"?)\nundefined variable .image.nmae: .image has no \"nmae\" (did you mean \"name\"?)"},
		{"known later", `'{{ .pushed.digest }}'`, ``},
		{"near what is known later", `'{{ .pushde.digest }}'`, `undefined variable .pushde.digest (did you mean "pushed"?)`},
		{"below what is known later", `'{{ .made.path }}{{ .made.json.a }}{{ .made.image.digest }}{{ .made }}'`, ``},
		{"nothing such will be below it", `'{{ .made.pth }}{{ .made.path.x }}{{ .made.image.digset }}'`, "undefined variable .made.pth: .made has no \"pth\" (did you mean \"path\"?)\nundefined variable .made.path.x: .made.path has no \"x\" (write .made.path: nothing is ever below it)\nundefined variable .made.image.digset: .made.image has no \"digset\" (did you mean \"digest\"?)"},
		{"nothing near", `'{{ .made.status_code }}'`, `undefined variable .made.status_code: .made has no "status_code" (below .made there are image, json, path)`},
		{"no default helps that", `'{{ .made.pth | default "" }}{{ .made.path | default "" }}'`, `undefined variable .made.pth: .made has no "pth" (did you mean "path"?)`},
		{"depends on a template", `'{{ .repo.x }}'`, ``},
		{"a variable without its dot", `'{{ port }}{{ made.path }}'`, "there is no function \"port\" (a variable begins with a dot: .port)\nthere is no function \"made\" (a variable begins with a dot: .made)"},
		{"a name of Ansible's", `'{{ .inventory_hostname }}{{ ansible_check_mode }}'`, "there is no function \"ansible_check_mode\" (write .run.check)\nundefined variable .inventory_hostname (write .image.name)"},
		{"elsewhere", `'{{ .item }}'`, `undefined variable .item (it exists inside of a loop only)`},
	}
	text := &vars.Shape{Below: map[string]*vars.Shape{}}
	shape := &vars.Shape{Below: map[string]*vars.Shape{"path": text, "json": nil, "image": {Below: map[string]*vars.Shape{"digest": text}}}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := data(t)
			d.Elsewhere = map[string]string{"item": "it exists inside of a loop only"}
			var got []string
			for _, m := range d.Check(parse(t, "v: "+tt.text), vars.Later{"pushed": nil, "made": shape}) {
				got = append(got, strings.TrimSuffix(m.Summary+" ("+m.Fix+")", " ()"))
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A variable made of variables says how one came to the mistake, once, however
// often it is used.
func TestChains(t *testing.T) {
	n, ds := document.Parse("vars.yml", []byte("outer: \"<{{ .inner }}>\"\ninner: '{{ .nope }}'\na: '{{ .b }}'\nb: '{{ .c }}'\nc: '{{ .a }}'\nlabels: {x: 1}\n"))
	if ds != nil {
		t.Fatal(ds)
	}
	d := vars.Data{Scope: new(vars.Scope)}
	d.Scope.DefineAll(n, vars.All, "all")
	tests := []struct{ name, text, want, detail string }{
		{"nested", `v: ["{{ .outer }}", "{{ .inner }}"]`, `vars.yml:2:12: error[undefined-variable]: undefined variable .nope (define it, or give it a value where it is missing: .nope | default "…")`, "p.yml:1:9 uses .outer → vars.yml:1:13 uses .inner → vars.yml:2:12."},
		{"circle", `v: "{{ .b }}"`, `vars.yml:3:4: error[recursive-variable]: the variable "a" is made of itself: a -> b -> c -> a`, "vars.yml:5:8 uses .a → vars.yml:3:8 uses .b → vars.yml:4:8 uses .c → vars.yml:5:8 uses .a."},
		{"where it is defined", `v: "{{ .labels.y }}"`, `p.yml:1:8: error[undefined-variable]: undefined variable .labels.y: .labels has no "y" (define it, or give it a value where it is missing: .labels.y | default "…")`, ".labels is defined at vars.yml:6:9."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			node := parse(t, tt.text).Get("v")
			got := d.Check(node, nil)
			if len(got) != 1 || got[0].Error() != tt.want || got[0].Detail != tt.detail {
				t.Errorf("before the run %q:\n%v\nwant %q:\n%s", got[0].Detail, got, tt.detail, tt.want)
			}
			_, got = d.Expand(node)
			if len(got) == 0 || got[0].Error() != tt.want || got[0].Detail != tt.detail {
				t.Errorf("in the run %q:\n%v", got[0].Detail, got)
			}
		})
	}
}

// A condition that is a variable is judged before the run; one that is made of
// something, or that a task makes, is not.
func TestCheckCondition(t *testing.T) {
	const want = `p.yml:1:4: error[not-boolean]: a condition must be true or false, and .port is the number 8080 (compare it: eq (.port) "…", or ask whether it is there: not (empty (.port)))`
	for _, tt := range []struct {
		expr  string
		later vars.Later
		want  string
	}{
		{".port", nil, want},
		{".port", vars.Later{"port": nil}, ""},
		{".debug", nil, ""},
		{"not .debug", nil, ""},
		{".port | default 1", nil, ""},
		{".image.name", nil, ""},
	} {
		if got := data(t).CheckCondition(parse(t, "w: "+tt.expr).Get("w"), tt.later).Error(); got != tt.want {
			t.Errorf("%s: got  %s\nwant %s", tt.expr, got, tt.want)
		}
	}
}

func TestComparisons(t *testing.T) {
	tests := []struct{ expr, want string }{
		{`eq .port 8080`, "true"},
		{`eq .port 8080.0`, "true"},
		{`eq .port 1 8080`, "true"},
		{`ne .port 1`, "true"},
		{`and (lt 1 2) (le 2 2) (gt 2 1.5) (ge "b" "a")`, "true"},
		{`eq .debug false`, "true"},
		{`eq nil nil`, "true"},
		{`eq .port "8080"`, `p.yml:1:4: error[wrong-type]: eq cannot compare the number 8080 with the text "8080" (make text of the first: eq (toString A) B, or a number of the text: int)`},
		{`eq .image.name 1`, `p.yml:1:4: error[wrong-type]: eq cannot compare the text "web" with the number 1 (make text of the second: eq A (toString B))`},
		{`lt .platforms 1`, `p.yml:1:4: error[wrong-type]: lt cannot compare a list with the number 1 (compare texts, numbers, true and false; lists and mappings with deepEqual A B)`},
		{`gt (get dict "x" | toString | atoi) 1`, "false"},
		{`eq .debug "false"`, `p.yml:1:4: error[wrong-type]: eq cannot compare the truth value false with the text "false" (make text of the first: eq (toString A) B)`},
		{`lt (index (dict) "x") 1`, `p.yml:1:4: error[wrong-type]: lt cannot compare nothing with the number 1 (say what to take where there is nothing: … | default 0)`},
		{`eq (index (dict) "x") 1`, "false"},
	}
	for _, tt := range tests {
		t.Run(tt.expr, func(t *testing.T) {
			concludes(t, "w: "+tt.expr, tt.want)
		})
	}
}

func TestList(t *testing.T) {
	tests := []struct {
		text string
		want []any
		err  string
	}{
		{text: `[a, "{{ .port }}"]`, want: []any{"a", 8080}},
		{text: `.platforms`, want: []any{"linux/amd64", "linux/arm64"}},
		{text: `until 2`, want: []any{0, 1}},
		{text: `keys .nested`, want: []any{"a", "list"}},
		{text: `.port`, err: `p.yml:1:4: error[not-a-list]: a loop goes over a list, and .port is the number 8080 (make a list of it: list (.port))`},
		{text: `.nested`, err: `p.yml:1:4: error[not-a-list]: a loop goes over a list, and .nested is a mapping (go over its names: keys (.nested) | sortAlpha; the value of one is index (.nested) .item)`},
		{text: `"{{ .platforms }}"`, err: `p.yml:1:4: error[braces]: this is an expression already, and "{{ .platforms }}" has braces (take {{ and }} away)`},
		{text: `.nope`, err: `p.yml:1:4: error[undefined-variable]: undefined variable .nope (define it, or give it a value where it is missing: .nope | default "…")`},
		{text: `if .x`, err: `p.yml:1:4: error[template]: {{if .x}} is never ended (put {{ end }} behind what it is about)`},
		{text: `$x := 1`, err: `p.yml:1:4: error[template]: this is not one expression`},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			n := parse(t, "v: "+tt.text).Get("v")
			got, ds := data(t).List(n)
			if diff := cmp.Diff(tt.err, ds.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" && ds == nil {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.err, data(t).CheckList(n, nil).Error()); diff != "" {
				t.Errorf("before the run (-want +got):\n%s", diff)
			}
			if checked := data(t).CheckList(n, vars.Later{"port": nil, "nested": nil}); strings.Contains(tt.err, "not-a-list") && checked != nil {
				t.Errorf("a task makes it: %v", checked)
			}
		})
	}
	if got, want := data(t).CheckList(parse(t, "v: {a: 1}").Get("v"), nil).Error(), "p.yml:1:4: error[not-a-list]: a loop goes over a list, found a mapping (write a list, or an expression that comes to one)"; got != want {
		t.Errorf("got %s", got)
	}
}

func TestCalls(t *testing.T) {
	tests := []struct {
		text string
		bare bool
		want []string
	}{
		{`'{{ .debug | default true }}'`, false, []string{"p.yml:1:17 default [true]: default true"}},
		{`'{{ default  true .debug }} {{ upper "a" }}'`, false, []string{"p.yml:1:8 default [true .debug]: default true .debug", `p.yml:1:35 upper ["a"]: upper "a"`}},
		{`eq (lower .name) "a"`, true, []string{`p.yml:1:4 eq [lower .name "a"]: eq (lower .name) "a"`, "p.yml:1:8 lower [.name]: lower .name"}},
		{`[eq 1 1, "{{ .port }}", "{{ if not .debug }}{{ end }}"]`, false, []string{"p.yml:1:35 not [.debug]: not .debug"}},
		{`nofunc .x`, true, []string{"p.yml:1:4 nofunc [.x]: nofunc .x"}},
		{`eq (`, true, nil},
	}
	for _, tt := range tests {
		var got []string
		for _, c := range vars.NewTemplates().Calls(parse(t, "v: "+tt.text).Get("v"), tt.bare) {
			got = append(got, fmt.Sprintf("%s %s %v: %s", c.Pos, c.Function, c.Args, c.Text))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.text, diff)
		}
	}
}

// The clock stands still, whatever asks it.
func TestClock(t *testing.T) {
	d := data(t)
	d.Now = time.Date(2026, 5, 17, 23, 30, 0, 0, time.FixedZone("east", 3600))
	tests := []struct{ expr, want string }{
		{`now | date "2006-01-02 15:04"`, "2026-05-17 22:30"},
		{`now | htmlDate`, "2026-05-17"},
		{`dateInZone "15:04 MST" now "UTC"`, "22:30 UTC"},
		{`htmlDateInZone now "UTC"`, "2026-05-17"},
		{`ago (toDate "2006-01-02" "2026-05-17")`, "22h30m0s"},
		{`durationRound (toDate "2006-01-02" "2026-05-01")`, "16d"},
		{`durationRound "90m"`, "1h"},
		{`date "2006" 0`, "1970"},
		{`now | unixEpoch`, "1779057000"},
		{`date "2006" "text"`, `p.yml:1:7: error[template]: want a time, found the text "text" (give it now, .run.started, a number of seconds since 1970, or toDate "2006-01-02" TEXT)`},
		{`dateInZone "2006" now "Mars"`, `p.yml:1:7: error[template]: there is no time zone "Mars" (name one such as "Europe/Vienna", or "UTC")`},
	}
	for _, tt := range tests {
		n, ds := d.Expand(parse(t, "v: '{{"+tt.expr+"}}'").Get("v"))
		got := n.Text()
		if ds != nil {
			got = ds.Error()
		}
		if strings.Replace(got, "p.yml:1:6", "p.yml:1:7", 1) != tt.want {
			t.Errorf("%s: got %s, want %s", tt.expr, got, tt.want)
		}
	}
}

// Many images may ask one store of templates at once, each with its own
// functions and values.
func TestTemplatesAreShared(t *testing.T) {
	templates := vars.NewTemplates()
	n := parse(t, `v: '{{ .x }} {{ now | date "2006" }} {{ (.m.q | default dict).z | default .x }}'`).Get("v")
	var g sync.WaitGroup
	for i := range 8 {
		d := vars.Data{Templates: templates, Now: time.Date(2000+i, 1, 1, 0, 0, 0, 0, time.UTC), Roots: map[string]any{"x": i}}
		g.Go(func() {
			for range 50 {
				got, ds := d.Expand(n)
				if want := fmt.Sprintf("%d %d %d", i, 2000+i, i); ds != nil || got.Text() != want {
					t.Errorf("got %q, %v, want %q", got.Text(), ds, want)
				}
				if ds := d.Check(n, nil); ds != nil {
					t.Error(ds)
				}
			}
		})
	}
	g.Wait()
}
