package inventory_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/document"
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
		{"ungrouped", "base java other"},
		{"ungr*", "p.yml:1:11: error[no-match]: nothing matches \"ungr*\" (there are the images app1, app2, base, java, other, web and the groups all, apps, nightly, none)"},
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
		{"[!a]*", "app2 base java other web"},
		{"al?", "p.yml:1:11: error[no-match]: nothing matches \"al?\" (did you mean \"all\"?)"},
		{"~al+", "p.yml:1:11: error[no-match]: nothing matches \"~al+\" (there are the images app1, app2, base, java, other, web and the groups all, apps, nightly, none)"},
		{"!apps,&nightly,web", "web"},
		{"web,&nightly,!apps", "web"},
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
		{"localhost", `p.yml:1:11: error[no-match]: nothing matches "localhost" (tasks run on this machine, for images: write all, and run_once: true for what is done once)`},
		{"web,jvaa+", `p.yml:1:15: error[no-match]: nothing matches "jvaa+" (did you mean "java"?)`},
		{"x*,!y*", "p.yml:1:11: error[no-match]: nothing matches \"x*\" (there are the images app1, app2, base, java, other, web and the groups all, apps, nightly, none)\np.yml:1:14: error[no-match]: nothing matches \"!y*\" (there are the images app1, app2, base, java, other, web and the groups all, apps, nightly, none)"},
		{"apps[2]", `p.yml:1:11: error[out-of-range]: apps[2] is out of range: apps has 2 images`},
		{"web[-2]", `p.yml:1:11: error[out-of-range]: web[-2] is out of range: web has 1 image`},
		{"apps[1:0]", `p.yml:1:11: error[out-of-range]: apps[1:0] is out of range: apps has 2 images`},
		{"", `p.yml:1:11: error[bad-pattern]: in the pattern "": a term is empty`},
		{"web,,base", `p.yml:1:15: error[bad-pattern]: in the pattern "web,,base": a term is empty`},
		{"web base", `p.yml:1:11: error[no-match]: nothing matches "web base" (terms are separated by commas: web,base)`},
		{"web:base", `p.yml:1:14: error[bad-pattern]: in the pattern "web:base": terms are separated by ',' here, not by ':' (write web,base)`},
		{"apps[0]:web", `p.yml:1:18: error[bad-pattern]: in the pattern "apps[0]:web": terms are separated by ',' here, not by ':' (write apps[0],web)`},
		{"web+x", `p.yml:1:15: error[bad-pattern]: in the pattern "web+x": after '+' stands a number of levels, from 1, or nothing, not "x"`},
		{"web+0", `p.yml:1:15: error[bad-pattern]: in the pattern "web+0": after '+' stands a number of levels, from 1, or nothing, not "0"`},
		{"web++", `p.yml:1:15: error[bad-pattern]: in the pattern "web++": after '+' stands a number of levels, from 1, or nothing, not "+"`},
		{"!", `p.yml:1:11: error[bad-pattern]: in the pattern "!": a term has no name`},
		{"+", `p.yml:1:11: error[bad-pattern]: in the pattern "+": a term has no name`},
		{"@", `p.yml:1:11: error[bad-pattern]: in the pattern "@": after '@' stands the name of a file`},
		{"source:", `p.yml:1:11: error[bad-pattern]: in the pattern "source:": after 'source:' stands the URL of a repository, in which '*' is anything but a slash`},
		{"web[", `p.yml:1:11: error[bad-pattern]: in the pattern "web[": the bracket of a glob is not closed`},
		{"apps[0-1]", `p.yml:1:15: error[bad-pattern]: in the pattern "apps[0-1]": [0-1] is not a subscript (write [0], [0:2], [1:] or [:2] to choose among them, the end counts; a digit of a name is ~apps[0-9])`},
		{"web, java[1:0:2]", "p.yml:1:16: error[no-match]: nothing matches \"java[1:0:2]\" (there are the images app1, app2, base, java, other, web and the groups all, apps, nightly, none)"},
		{"web,~)(", "p.yml:1:15: error[bad-pattern]: in the pattern \"web,~)(\": ~)( is not a regular expression: unexpected ): `)(`"},
		{"~(", "p.yml:1:11: error[bad-pattern]: in the pattern \"~(\": ~( is not a regular expression: missing closing ): `(`"},
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

// A pattern in a document knows its columns whatever its quotes.
func TestPlacesOfTerms(t *testing.T) {
	inv, g := site(t)
	for src, want := range map[string]string{
		`images: 'web, nope'`: "p.yml:1:15", `images: "\u0077eb, nope"`: "p.yml:1:20", "images: >\n  web,\n  nope\n": "p.yml:3:3",
	} {
		n, ds := document.Parse("p.yml", []byte(src))
		if ds != nil {
			t.Fatal(ds)
		}
		p, _ := inventory.ReadPattern(n.Get("images"))
		if _, ds := inv.Select(p, g, nil, false); len(ds) != 1 || ds[0].Pos.String() != want {
			t.Errorf("%s: %v, want it at %s", src, ds, want)
		}
	}
}

func TestPatternsInFiles(t *testing.T) {
	dir := write(t, map[string]string{
		"some.txt": "# what failed last night\n\nweb   # by hand\r\n!app1\napps , base+1\n", "mistakes.txt": "web\n  jvaa, web:base\n", "empty.txt": "# nothing\n",
		"wrong.txt": "wep\n", "a.txt": "@b.txt", "b.txt": "@a.txt",
	})
	inv, g := site(t)
	tests := []struct{ pattern, want string }{
		{"@some.txt", "app2 base java web"},
		{"nightly,!@some.txt", ""},
		{"&@some.txt,nightly", "app2 web"},
		{"other,@some.txt", "other app2 base java web"},
		{"@mistakes.txt", `D/mistakes.txt:2:12: error[bad-pattern]: in the pattern "  jvaa, web:base": terms are separated by ',' here, not by ':' (write web,base)`},
		{"@wrong.txt", `D/wrong.txt:1:1: error[no-match]: nothing matches "wep" (did you mean "web"?)`},
		{"@empty.txt", `D/empty.txt: error[bad-pattern]: there is no pattern in this file (write one pattern a line)`},
		{"web,@nope.txt", `D/p.yml:1:15: error[unreadable]: the patterns cannot be read: D/nope.txt: no such file or directory (name a file with one pattern a line behind the @)`},
		{"@a.txt", `D/b.txt:1:1: error[bad-pattern]: files of patterns name each other: D/a.txt -> D/b.txt -> D/a.txt`},
	}
	for _, tt := range tests {
		t.Run(tt.pattern, func(t *testing.T) {
			p, ds := inventory.ParsePattern(tt.pattern, diag.Pos{File: filepath.Join(dir, "p.yml"), Line: 1, Column: 11})
			if ds != nil {
				t.Fatal(ds)
			}
			images, ds := inv.Select(p, g, nil, false)
			var got []string
			for _, m := range images {
				got = append(got, m.Name)
			}
			if text := strings.Join(got, " ") + strings.ReplaceAll(ds.Error(), dir, "D"); text != tt.want {
				t.Errorf("got  %s\nwant %s", text, tt.want)
			}
		})
	}
}

func TestPatternsOfSources(t *testing.T) {
	files := with("a b c d", map[string]string{
		"images/a/image.yml": "source: https://github.com/acme/web.git",
		"images/b/image.yml": "source: [\"git@github.com:acme/{{ .image.name }}\", 'https://host/x/y']",
		"images/c/image.yml": "labels: {org.opencontainers.image.source: 'ssh://git@GITHUB.com:22/acme/web/'}",
	})
	inv := load(t, files, inventory.Options{})
	_, g := site(t)
	g.Add("a")
	g.Add("d", "a")
	tests := []struct{ pattern, want string }{
		{"source:https://github.com/acme/web", "a c"},
		{"source:git@github.com:acme/web.git", "a c"},
		{"source:github.com/acme/*", "a b c"},
		{"source:*/*/*,!b", "a c"},
		{"source:host/x/?", "b"},
		{"source:https://github.com/acme/web+1", "a c d"},
		{"source:github.com/acme/wbe", `error[no-match]: nothing matches "source:github.com/acme/wbe" (did you mean "github.com/acme/web"?)`},
		{"source:gitlab.com/*", `error[no-match]: nothing matches "source:gitlab.com/*" (the images come from github.com/acme/b, github.com/acme/web, host/x/y)`},
	}
	for _, tt := range tests {
		p, ds := inventory.ParsePattern(tt.pattern, diag.Pos{})
		if ds != nil {
			t.Fatal(ds)
		}
		images, ds := inv.Select(p, g, nil, false)
		var got []string
		for _, m := range images {
			got = append(got, m.Name)
		}
		if text := strings.Join(got, " ") + ds.Error(); text != tt.want {
			t.Errorf("%s: got %s", tt.pattern, text)
		}
	}
	inv, _ = site(t)
	p, _ := inventory.ParsePattern("source:x", diag.Pos{})
	_, ds := inv.Select(p, g, nil, false)
	if got, want := ds.Error(), `error[no-match]: nothing matches "source:x" (say where an image comes from with source: URL in its image.yml, or the label org.opencontainers.image.source)`; got != want {
		t.Errorf("got %s", got)
	}
}

func TestNormalizeSource(t *testing.T) {
	for _, url := range []string{
		"https://github.com/acme/web", "https://github.com/acme/web.git", "http://user:pw@GitHub.com:80/acme/web/", "git@github.com:acme/web.git",
		"ssh://git@github.com/acme/web", "ssh://git@github.com:22/acme/web.git/", "git://github.com:9418/acme/web", "github.com/acme/web", "github.com:/acme/web",
	} {
		if got, want := inventory.NormalizeSource(url), "github.com/acme/web"; got != want {
			t.Errorf("%s is %s, want %s", url, got, want)
		}
	}
	for url, want := range map[string]string{
		"https://host:8443/a/B": "host:8443/a/B", "": "", "https://": "", "host": "host", "git@host:~user/x.git": "host/~user/x",
	} {
		if got := inventory.NormalizeSource(url); got != want {
			t.Errorf("%s is %s, want %s", url, got, want)
		}
	}
}

func FuzzParsePattern(f *testing.F) {
	for _, seed := range []string{"a,b", "+a+2,!b", "a[1:]", "~x|y", "a[b-c]*", "&a[-1]", "changed+", "source:git@h:a/*+1", "@f", "!~x", "+[!a]+2", "a:b"} {
		f.Add(seed)
	}
	inv, g := site(f)
	f.Fuzz(func(t *testing.T, text string) {
		p, ds := inventory.ParsePattern(text, diag.Pos{File: "p", Line: 1, Column: 1})
		for _, d := range ds {
			if last := 2 + utf8.RuneCountInString(text); d.Pos.Column < 1 || d.Pos.End > last || d.Pos.End < d.Pos.Column {
				t.Errorf("in %q a mistake stands from %d to %d", text, d.Pos.Column, d.Pos.End)
			}
		}
		if ds != nil || strings.Contains(text, "@") {
			return
		}
		images, ds := inv.Select(p, g, nil, true)
		if ds == nil && slices.Contains(images, nil) {
			t.Errorf("%q chooses an image that is none", text)
		}
	})
}
