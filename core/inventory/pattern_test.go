package inventory_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/graph"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/sdk/diag"
)

// site is base ← java ← {app1, app2}, base ← web, and other alone.
func site(t testing.TB) (*inventory.Inventory, *graph.Graph[string]) {
	t.Helper()
	inv := load(t, with("base java app1 app2 web other", map[string]string{
		"images.yml": "all: {children: {apps: {images: {app1: , app2: }}, nightly: {images: {app2: , web: }}, none: {}}}",
	}), inventory.Options{})
	var g graph.Graph[string]
	g.Add("other")
	g.Add("java", "base")
	g.Add("web", "base")
	g.Add("app1", "java")
	g.Add("app2", "java")
	return inv, &g
}

func choose(t testing.TB, text string, computed map[string][]string, allowEmpty bool) string {
	t.Helper()
	inv, g := site(t)
	p, ds := inventory.ParsePattern(text, diag.Pos{File: "p.yml", Line: 1, Column: 11})
	if ds != nil {
		return ds.Error()
	}
	images, ds := inv.Select(p, g, computed, allowEmpty)
	if ds != nil {
		return ds.Error()
	}
	var names []string
	for _, m := range images {
		names = append(names, m.Name)
	}
	return strings.Join(names, " ")
}

func TestPatterns(t *testing.T) {
	computed := map[string][]string{"changed": {"java"}}
	tests := []struct{ pattern, want string }{
		{"all", "app1 app2 base java other web"},
		{"*", "app1 app2 base java other web"},
		{"web", "web"},
		{"web, base", "web base"},
		{"apps", "app1 app2"},
		{"apps,&nightly", "app2"},
		{"&nightly,apps", "app2"},
		{"all,!apps", "base java other web"},
		{"!apps", "base java other web"},
		{"!apps,&nightly", "web"},
		{"app?", "app1 app2"},
		{"a*", "app1 app2"},
		{"[abc]*", "app1 app2 base"},
		{"n*", "app2 web"},
		{"~app[0-9]", "app1 app2"},
		{"~app", "p.yml:1:11: error[no-match]: nothing matches \"~app\" (there are the images app1, app2, base, java, other, web and the groups all, apps, nightly, none)"},
		{"~apps|base", "app1 app2 base"},
		{"java+", "app1 app2 java"},
		{"base+1", "base java web"},
		{"base+2", "app1 app2 base java web"},
		{"+java", "base java"},
		{"+apps", "app1 app2 base java"},
		{"+java+", "app1 app2 base java"},
		{"java+,!java", "app1 app2"},
		{"apps[0]", "app1"},
		{"apps[-1]", "app2"},
		{"all[1:3]", "app2 base java"},
		{"all[4:]", "other web"},
		{"all[:1]", "app1 app2"},
		{"all[2:3]+", "app1 app2 base java web"},
		{"+apps[0]", "app1 base java"},
		{"changed", "java"},
		{"changed+", "app1 app2 java"},
		{"held", ""},
		{"none", ""},
		{"apps,&changed", ""},
		{"nope", `p.yml:1:11: error[no-match]: nothing matches "nope" (did you mean "none"?)`},
		{"web,jvaa+", `p.yml:1:15: error[no-match]: nothing matches "jvaa+" (did you mean "java"?)`},
		{"x*,!y*", "p.yml:1:11: error[no-match]: nothing matches \"x*\" (there are the images app1, app2, base, java, other, web and the groups all, apps, nightly, none)\np.yml:1:14: error[no-match]: nothing matches \"!y*\" (there are the images app1, app2, base, java, other, web and the groups all, apps, nightly, none)"},
		{"apps[2]", `p.yml:1:11: error[out-of-range]: apps[2] is out of range: apps has 2 images`},
		{"web[-2]", `p.yml:1:11: error[out-of-range]: web[-2] is out of range: web has 1 image`},
		{"apps[1:0]", `p.yml:1:11: error[out-of-range]: apps[1:0] is out of range: apps has 2 images`},
		{"", `p.yml:1:11: error[bad-pattern]: in the pattern "": a term is empty`},
		{"web,,base", `p.yml:1:15: error[bad-pattern]: in the pattern "web,,base": a term is empty`},
		{"web:base", `p.yml:1:11: error[bad-pattern]: in the pattern "web:base": terms are separated by ',' here, not by ':'`},
		{"apps[0]:web", `p.yml:1:11: error[bad-pattern]: in the pattern "apps[0]:web": terms are separated by ',' here, not by ':'`},
		{"web+x", `p.yml:1:11: error[bad-pattern]: in the pattern "web+x": after '+' stands a number of levels, from 1, or nothing, not "x"`},
		{"web+0", `p.yml:1:11: error[bad-pattern]: in the pattern "web+0": after '+' stands a number of levels, from 1, or nothing, not "0"`},
		{"web++", `p.yml:1:11: error[bad-pattern]: in the pattern "web++": after '+' stands a number of levels, from 1, or nothing, not "+"`},
		{"!", `p.yml:1:11: error[bad-pattern]: in the pattern "!": a term has no name`},
		{"+", `p.yml:1:11: error[bad-pattern]: in the pattern "+": a term has no name`},
		{"~(", "p.yml:1:11: error[bad-pattern]: in the pattern \"~(\": ~( is not a regular expression: missing closing ): `^(?:()$`"},
	}
	for _, tt := range tests {
		t.Run(tt.pattern, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, choose(t, tt.pattern, computed, false)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPatternsThatMayBeEmpty(t *testing.T) {
	if got := choose(t, "nope,x*", nil, true); got != "" {
		t.Errorf("got %q", got)
	}
}

func FuzzParsePattern(f *testing.F) {
	for _, seed := range []string{"a,b", "+a+2,!b", "a[1:]", "~x|y", "a[b-c]*", "&a[-1]", "changed+"} {
		f.Add(seed)
	}
	inv, g := site(f)
	f.Fuzz(func(t *testing.T, text string) {
		p, ds := inventory.ParsePattern(text, diag.Pos{File: "p", Line: 1, Column: 1})
		if ds != nil {
			return
		}
		images, ds := inv.Select(p, g, nil, true)
		if ds == nil && slices.Contains(images, nil) {
			t.Errorf("%q chooses an image that is none", text)
		}
	})
}
