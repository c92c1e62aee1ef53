package plan_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// An image of a test: its name and what its file refers to, line by line, as
// "kind reference".
type images map[string][]string

func (is images) load(t testing.TB, imagesYML string) (string, *inventory.Inventory) {
	t.Helper()
	dir := t.TempDir()
	for name := range is {
		path := filepath.Join(dir, "images", name)
		if err := errors.Join(os.MkdirAll(path, 0o755), os.WriteFile(filepath.Join(path, "Dockerfile"), nil, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "images.yml"), []byte(imagesYML), 0o644); err != nil {
		t.Fatal(err)
	}
	inv, ds := inventory.Load(dir, inventory.Options{})
	if ds != nil {
		t.Fatal(ds)
	}
	return dir, inv
}

// ask answers as a strategy would.
func (is images) ask(_ context.Context, m *inventory.Image, _ string) (strategy.PlanResponse, error) {
	var answer strategy.PlanResponse
	for i, line := range is[m.Name] {
		kind, ref, _ := strings.Cut(line, " ")
		if kind == "broken" {
			return answer, errors.New(ref)
		}
		answer.Images = append(answer.Images, strategy.ImageInput{Reference: ref, Kind: strategy.Kind(kind), File: "Dockerfile", Line: i + 1, Column: 6})
	}
	return answer, nil
}

const acme = "all: {vars: {registry: quay.io, namespace: acme, v: 1}, children: {apps: {images: {web: }}}}"

func TestRelate(t *testing.T) {
	is := images{
		"base": nil,
		"web":  {"base quay.io/acme/base:latest", "copy docker.io/library/golang:1.25"},
		"tag":  {"base quay.io/acme/base:v9@sha256:" + strings.Repeat("a", 64)},
		"bare": {"builder golang:1", "base base"},
		"host": {"base localhost/base", "mount localhost/base:x"},
	}
	_, inv := is.load(t, acme)
	f, ds, err := plan.Relate(t.Context(), inv.Images, is.ask)
	if ds != nil || err != nil {
		t.Fatal(ds, err)
	}
	var got []string
	for _, name := range f.Order {
		got = append(got, fmt.Sprintf("%s: base %q, parents %v, outside %v", name, f.Node(name).Base(), f.Graph.Deps(name), f.Node(name).External))
	}
	want := []string{
		`base: base "", parents [], outside []`,
		`bare: base "base", parents [base], outside [golang:1]`,
		`host: base "base", parents [base], outside []`,
		`tag: base "base", parents [base], outside []`,
		`web: base "base", parents [base], outside [docker.io/library/golang:1.25]`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRelateMistakes(t *testing.T) {
	tests := []struct {
		name string
		is   images
		want string
	}{
		{
			"looks like ours",
			images{"base": nil, "web": {"base ghcr.io/other/base:1"}},
			`images/web/Dockerfile:1:6: warning[looks-like-ours]: ghcr.io/other/base:1 looks like our image "base", but is in another namespace, so it is taken for somebody else's (write localhost/base if ours is meant)`,
		},
		{
			"dangling",
			images{"base": nil, "web": {"base scratch", "base quay.io/acme/bsae"}},
			`images/web/Dockerfile:2:6: error[dangling-reference]: quay.io/acme/bsae is in our own namespace, but the inventory has no image "bsae" (did you mean "base"?)`,
		},
		{
			"dangling below localhost",
			images{"web": {"base localhost/zzzzzz"}},
			`images/web/Dockerfile:1:6: error[dangling-reference]: localhost/zzzzzz is in our own namespace, but the inventory has no image "zzzzzz" (add images/zzzzzz/Dockerfile, or name an image the inventory has: web)`,
		},
		{
			"no reference",
			images{"web": {"base quay.io/UPPER"}},
			`images/web/Dockerfile:1:6: error[bad-reference]: reading the image reference "quay.io/UPPER": invalid reference format: repository name (UPPER) must be lowercase`,
		},
		{
			"cycle",
			images{"a": {"base alpine", "base b"}, "b": {"copy c"}, "c": {"base quay.io/acme/a"}},
			`images/a/Dockerfile:2:6: error[cycle]: images wait for each other: a -> b -> c -> a (let one of them stand on another image)
images/a/Dockerfile:2:6: a needs b
images/b/Dockerfile:1:6: b needs c
images/c/Dockerfile:1:6: c needs quay.io/acme/a`,
		},
		{
			"itself",
			images{"web": {"base web:old"}},
			"images/web/Dockerfile:1:6: error[cycle]: images wait for each other: web -> web (let one of them stand on another image)\nimages/web/Dockerfile:1:6: web needs web:old",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir, inv := tt.is.load(t, "all: {vars: {registry: quay.io, namespace: acme}}")
			_, ds, err := plan.Relate(t.Context(), inv.Images, tt.is.ask)
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, d := range ds {
				lines = append(lines, strings.TrimSuffix(d.Error()+"\n"+d.Detail, "\n"))
			}
			if diff := cmp.Diff(tt.want, strings.ReplaceAll(strings.Join(lines, "\n"), dir+"/", "")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A strategy that breaks is the trouble of its image, and of nobody else.
func TestStrategyBreaks(t *testing.T) {
	is := images{"web": {"broken the process died"}, "api": {"base golang:1"}}
	_, inv := is.load(t, "{}")
	family, found, err := plan.Relate(t.Context(), inv.Images, is.ask)
	if err != nil {
		t.Fatal(err)
	}
	if want := "planning web: the process died"; len(found) != 1 || found[0].Severity != diag.Warning || found[0].Summary != want {
		t.Errorf("got %v, want a warning: %s", found, want)
	}
	if broken := family.Node("web").Answers[0].Broken; broken == nil || broken.Err.Error() != "the process died" {
		t.Errorf("web is broken by %v", broken)
	}
	if api := family.Node("api"); api.Answers[0].Broken != nil || len(api.External) != 1 {
		t.Errorf("api depends on %v, and is broken by %v", api.External, api.Answers[0].Broken)
	}
}

// A run that is over, and a mistake of the user's, are no strategy's fault.
func TestRelateEnds(t *testing.T) {
	is := images{"web": nil}
	_, inv := is.load(t, "{}")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for want, ctx := range map[string]context.Context{
		"planning web: the process died":                 ctx,
		"planning web: error[plugin.unlocked]: unlocked": t.Context(),
	} {
		err := error(diag.Errorf("plugin.unlocked", diag.Pos{}, "unlocked"))
		if ctx.Err() != nil {
			err = errors.New("the process died")
		}
		_, _, got := plan.Relate(ctx, inv.Images, func(context.Context, *inventory.Image, string) (strategy.PlanResponse, error) {
			return strategy.PlanResponse{}, err
		})
		if fmt.Sprint(got) != want {
			t.Errorf("got %v, want %s", got, want)
		}
	}
}

// actions take any arguments.
func actions() playbook.Actions {
	all := playbook.Actions{}
	for _, name := range []string{"build", "push", "debug", "smoke", "promote"} {
		all[name] = playbook.Action{Check: func(document.Node) diag.List { return nil }}
	}
	text := &vars.Shape{Below: map[string]*vars.Shape{}}
	all["write"] = playbook.Action{Check: all["debug"].Check, Result: &vars.Shape{Below: map[string]*vars.Shape{"changed": text, "path": text, "size": text}}}
	all["set_var"] = playbook.Action{Check: all["debug"].Check, Defines: func(n document.Node) (names []string) {
		for _, e := range n.Entries() {
			names = append(names, e.Key.Text())
		}
		return names
	}}
	return all
}

// bind makes a plan of a playbook for base ← java ← web, and other.
func bind(t *testing.T, book string, o plan.Options) (*plan.Plan, diag.List) {
	t.Helper()
	is := images{"base": nil, "java": {"base base"}, "web": {"base java"}, "other": nil}
	_, inv := is.load(t, acme)
	f, ds, err := plan.Relate(t.Context(), inv.Images, is.ask)
	if ds != nil || err != nil {
		t.Fatal(ds, err)
	}
	b, ds := playbook.Parse("p.yml", []byte(book), playbook.Options{Actions: actions()})
	if ds != nil {
		t.Fatal(ds)
	}
	return plan.New(inv, f, []*playbook.Playbook{b}, o)
}

func TestNew(t *testing.T) {
	tests := []struct {
		name, book string
		o          plan.Options
		want       string
	}{
		{"all, parents first", "- {images: all, tasks: [{build: }]}", plan.Options{}, "all dag: base java other web: build"},
		{"limit", "- {images: all, tasks: [{build: }]}", plan.Options{Limit: "java+"}, "all dag: java web: build"},
		{"limit leaves one play empty", "- {images: web, tasks: [{build: }]}\n- {images: other, schedule: free, tasks: [{build: }]}", plan.Options{Limit: "web"}, "web dag: web: build\nother free: : build"},
		{"tags", "- {images: web, tasks: [{build: , tags: a}, {debug: , tags: b}]}", plan.Options{Tags: []string{"b"}}, "web dag: web: debug"},
		{"skipped tags", "- {images: web, tasks: [{build: , tags: a}, {debug: , tags: b}]}", plan.Options{SkipTags: []string{"b"}}, "web dag: web: build"},
		{"a computed group may be empty", "- {images: passed, tasks: [{build: }]}", plan.Options{}, "passed dag: : build"},
		{"allow_empty", "- {images: all, tasks: [{build: }]}\n- {images: nope, allow_empty: true, tasks: [{build: }]}", plan.Options{}, "all dag: base java other web: build\nnope dag: : build"},
		{"known later", "- {images: all, tasks: [{build: , register: made}, {debug: {msg: '{{ .made.x }} {{ .run.id }} {{ .image.repository }}'}, when: .made.changed}]}\n- {images: web, tasks: [{debug: {msg: '{{ .made }}'}}]}", plan.Options{}, "all dag: base java other web: build debug\nweb dag: web: debug"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, ds := bind(t, tt.book, tt.o)
			if ds != nil {
				t.Fatal(ds)
			}
			var lines []string
			for _, play := range p.Plays {
				chosen, ds := play.Select(nil)
				if ds != nil {
					t.Fatal(ds)
				}
				var names, tasks []string
				for _, m := range chosen {
					names = append(names, m.Name)
				}
				for _, task := range play.Leaves() {
					tasks = append(tasks, task.Name)
				}
				lines = append(lines, fmt.Sprintf("%s %s: %s: %s", play.Name, play.Schedule, strings.Join(names, " "), strings.Join(tasks, " ")))
			}
			if diff := cmp.Diff(tt.want, strings.Join(lines, "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestNewMistakes(t *testing.T) {
	tests := []struct {
		name, book string
		o          plan.Options
		want       string
	}{
		{"pattern", "- {images: wbe, tasks: [{build: }]}", plan.Options{}, `p.yml:1:12: error[no-match]: nothing matches "wbe" (did you mean "web"?)`},
		{"pattern in its second term", "- {images: 'web,wbe', tasks: [{build: }]}", plan.Options{}, `p.yml:1:17: error[no-match]: nothing matches "wbe" (did you mean "web"?)`},
		{"limit", "- {images: web, tasks: [{build: }]}", plan.Options{Limit: "wbe"}, `error[no-match]: nothing matches "wbe" (did you mean "web"?)`},
		{"limit misses", "- {images: web, tasks: [{build: }]}", plan.Options{Limit: "other"}, `error[nothing-selected]: no image is left by the patterns of the plays and by --limit (choose images that the plays are for with -l)`},
		{"unknown tag", "- {images: web, tasks: [{build: , tags: push}]}", plan.Options{Tags: []string{"psuh"}}, `error[unknown-tag]: no task has the tag "psuh" (did you mean "push"? the tags are push)`},
		{"unknown tag that is skipped", "- {images: web, tasks: [{build: , tags: push}]}", plan.Options{SkipTags: []string{"psuh"}}, `warning[unknown-tag]: no task has the tag "psuh" (did you mean "push"? the tags are push)`},
		{"no task", "- {images: web, tasks: [{build: , tags: a}]}", plan.Options{SkipTags: []string{"a"}}, `error[nothing-selected]: no task is left by the tags that were asked for (ask for other tags with -t)`},
		{"undefined", "- {images: all, tasks: [{debug: {msg: 'x {{ .imgae.name }}'}, when: [.vv]}]}", plan.Options{}, "p.yml:1:45: error[undefined-variable]: undefined variable .imgae.name (did you mean \"image\"?)\np.yml:1:70: error[undefined-variable]: undefined variable .vv (did you mean \"v\"?)"},
		{"registered only afterwards", "- {images: web, tasks: [{debug: {msg: '{{ .made }}'}}]}\n- {images: web, tasks: [{build: , register: made}]}", plan.Options{}, `p.yml:1:43: error[undefined-variable]: undefined variable .made (it is known after the task at p.yml:2:25)`},
		{"registered by a later task", "- {images: web, tasks: [{debug: {msg: '{{ .made }}'}}, {build: , register: made}]}", plan.Options{}, `p.yml:1:43: error[undefined-variable]: undefined variable .made (it is known after the task at p.yml:1:56)`},
		{"in variables of the play and of a task", "- {images: web, vars: {a: '{{ .nope }}'}, tasks: [{debug: {msg: '{{ .a }}{{ .b }}'}, vars: {b: '{{ .nix }}'}}]}", plan.Options{}, "p.yml:1:31: error[undefined-variable]: undefined variable .nope (define it, or give it a value where it is missing: .nope | default \"…\")\np.yml:1:100: error[undefined-variable]: undefined variable .nix (define it, or give it a value where it is missing: .nix | default \"…\")"},
		{"deep in variables, behind a default", "- {images: web, vars: {a: '{{ .b }}', b: 'x{{ .nope }}'}, tasks: [{debug: {msg: '{{ .a | default 1 }}'}}]}", plan.Options{}, `p.yml:1:47: error[undefined-variable]: undefined variable .nope (define it, or give it a value where it is missing: .nope | default "…")`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, ds := bind(t, tt.book, tt.o)
			if diff := cmp.Diff(tt.want, ds.Sorted().Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
