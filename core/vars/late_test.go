package vars_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/vars"
)

// late returns data in which .image.facts is asked for, and what was asked.
func late(t *testing.T, fail error) (d vars.Data, asked *[]string) {
	t.Helper()
	asked = new([]string)
	facts := map[string]any{"digest": "sha256:1", "labels": map[string]any{"v": "1.2"}, "base": map[string]any{"digest": "sha256:0"}}
	d = data(t)
	d.Scope.Define(vars.Definition{Name: "pinned", Value: parse(t, `'@{{ .image.facts.digest }}'`), Level: vars.Play})
	leaf := &vars.Shape{Below: map[string]*vars.Shape{}}
	d.Roots["image"] = map[string]any{"name": "web", "facts": &vars.Shape{Below: map[string]*vars.Shape{
		"digest": leaf, "labels": nil, "base": {Below: map[string]*vars.Shape{"digest": leaf}},
	}}}
	d.Late = &vars.Late{Root: "image", Member: "facts", Ask: func(names []string) (map[string]any, error) {
		*asked = append(*asked, strings.Join(names, " "))
		return facts, fail
	}}
	return d, asked
}

// Only what a template names is asked for, and only when it names something.
func TestLate(t *testing.T) {
	tests := []struct {
		name, src string
		want      any
		asked     []string
	}{
		{"nothing", `'{{ .image.name }}'`, "web", nil},
		{"the root as a whole", `'{{ .image | toJson }}'`, `{"name":"web"}`, nil},
		{"one", `'{{ .image.facts.digest }}'`, "sha256:1", []string{"digest"}},
		{"several", `'{{ .image.facts.labels.v }}{{ .image.facts.base.digest }}{{ .image.facts.labels.v }}'`, "1.2sha256:01.2", []string{"base labels"}},
		{"all", `'{{ len .image.facts }}'`, 3, []string{"base digest labels"}},
		{"by way of with", `'{{ with .image }}{{ with .facts }}{{ .digest }}{{ end }}{{ end }}'`, "sha256:1", []string{"base digest labels"}},
		{"by way of a name", `'{{ $i := .image }}{{ $i.facts.digest }}'`, "sha256:1", []string{"digest"}},
		{"in a variable", `'{{ .pinned }}'`, "@sha256:1", []string{"digest"}},
		{"softly", `'{{ .image.facts.labels.none | default "x" }}'`, "x", []string{"labels"}},
		{"and the root beside it", `'{{ .image.facts.digest }} {{ keys .image | sortAlpha }}'`, `sha256:1 ["facts","name"]`, []string{"digest"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, asked := late(t, nil)
			n, ds := d.Expand(parse(t, tt.src))
			if ds != nil {
				t.Fatal(ds)
			}
			if diff := cmp.Diff(tt.want, n.Value()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.asked, *asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLateMistakes(t *testing.T) {
	tests := []struct {
		name, src, refused string
		fail               error
		want               string
	}{
		{"it cannot be had", `'x {{ .image.facts.digest }}'`, "", errors.New("no route"), `p.yml:1:7: error[unknown-fact]: no route`},
		{"no such label", `'{{ .image.facts.labels.w }}'`, "", nil, `p.yml:1:5: error[undefined-variable]: undefined variable .image.facts.labels.w: .image.facts.labels has no "w" (define it, or give it a value where it is missing: .image.facts.labels.w | default "…")`},
		{"refused", `'{{ .image.facts.digest }}'`, "say it", nil, `p.yml:1:5: error[not-here]: .image.facts.digest may not be read here (say it)`},
		{"refused where it may be missing", `'{{ .image.facts.digest | default "x" }}'`, "say it", nil, `p.yml:1:5: error[not-here]: .image.facts.digest may not be read here (say it)`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, asked := late(t, tt.fail)
			d.Late.Refused = tt.refused
			_, ds := d.Expand(parse(t, tt.src))
			if diff := cmp.Diff(tt.want, ds.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if tt.refused != "" && *asked != nil {
				t.Errorf("%v was asked for", *asked)
			}
		})
	}
}

// Before the run the names are known, and nothing is asked.
func TestLateIsChecked(t *testing.T) {
	tests := []struct{ src, want string }{
		{`'{{ .image.facts.digest }}{{ .image.facts.labels.any.thing }}{{ .image.facts.base.digest }}'`, ""},
		{`'{{ .image.facts.lables }}'`, `p.yml:1:5: error[undefined-variable]: undefined variable .image.facts.lables: .image.facts has no "lables" (did you mean "labels"?)`},
		{`'{{ .image.facts.lables | default "" }}'`, `p.yml:1:5: error[undefined-variable]: undefined variable .image.facts.lables: .image.facts has no "lables" (did you mean "labels"?)`},
		{`'{{ .image.facts.base.name }}'`, `p.yml:1:5: error[undefined-variable]: undefined variable .image.facts.base.name: .image.facts.base has no "name" (below .image.facts.base there are digest)`},
	}
	for _, tt := range tests {
		d, asked := late(t, nil)
		text := ""
		if ds := d.Check(parse(t, tt.src), nil); ds != nil {
			text = ds.Error()
		}
		if diff := cmp.Diff(tt.want, text); diff != "" || *asked != nil {
			t.Errorf("%s asked for %v (-want +got):\n%s", tt.src, *asked, diff)
		}
	}
	d, _ := late(t, nil)
	d.Late.Refused = "say it"
	want := `p.yml:1:5: error[not-here]: .image.facts.lables may not be read here (say it)`
	if ds := d.Check(parse(t, `'{{ .image.facts.lables }}'`), nil); len(ds) != 1 || ds.Error() != want {
		t.Errorf("got %v, want %s", ds, want)
	}
}
