package buildkey_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/buildkey"
)

func facts() buildkey.Facts {
	return buildkey.Facts{
		Strategy: "dockerfile", Version: "1", Plugin: "p", Config: json.RawMessage(`{"a": 1, "b": [true, 1.50]}`),
		Args: map[string]string{"A": "1", "B": "2"}, Labels: map[string]string{"l": "x"},
		Platform: "linux/amd64", Epoch: 7, Fingerprint: "f",
		Sources: []buildkey.Source{
			{Name: "https://git.example/app", Version: "c0ffee", Ref: "main"},
			{Name: "https://git.example/lib (src)", Version: "tree:1", Ref: "v1", Commit: "c1"},
		},
		Files: []buildkey.File{
			{Path: "Dockerfile", Mode: "file 0644", Digest: "sha256:aa"},
			{Path: "link", Mode: "link", Link: "Dockerfile"},
		},
		URLs:   []buildkey.URL{{URL: "https://example.com/a", ETag: "1"}, {URL: "https://example.com/b", ETag: "2"}},
		Images: []buildkey.ImageIdentity{{Reference: "debian", Identity: "sha256:dd", Kind: "base"}, {Reference: "go", Identity: "sha256:ee", Kind: "builder"}},
	}
}

// The golden key holds until the version of the encoding is raised.
func TestGoldenKey(t *testing.T) {
	const want = "6445b610396638939ee7a49d94a326fb1591809cedbd1153695ec8164a9d0bab"
	got := buildkey.Compute(facts())
	if string(got) != want || got.Short() != want[:12] {
		t.Errorf("key %s, short %s, want %s", got, got.Short(), want)
	}
	// What there was before sources were known keeps its key.
	plain := facts()
	plain.Sources = nil
	const old = "cb7b742d5e6651a061bdbbe41f2e1c042f0381a886978d454fba79f7e46ed34e"
	if got := buildkey.Compute(plain); string(got) != old {
		t.Errorf("without sources: key %s, want %s", got, old)
	}
	const index = "df1aa27eee7a5258e8a18149d487ef47b85f5b8bcc786a88a51c2b8fc468cc42"
	if got := buildkey.Index(map[string]buildkey.Key{"linux/amd64": "a", "linux/arm64": "b"}); string(got) != index {
		t.Errorf("index key %s, want %s", got, index)
	}
}

// changes are what must change a key, each with what Diff says about it.
var changes = map[string]struct {
	change func(*buildkey.Facts)
	want   buildkey.Reason
}{
	"strategy":    {func(f *buildkey.Facts) { f.Strategy = "s2i" }, buildkey.Reason{Kind: "strategy", Old: "dockerfile", New: "s2i"}},
	"version":     {func(f *buildkey.Facts) { f.Version = "2" }, buildkey.Reason{Kind: "version", Old: "1", New: "2"}},
	"plugin":      {func(f *buildkey.Facts) { f.Plugin = "q" }, buildkey.Reason{Kind: "plugin", Old: "p", New: "q"}},
	"config":      {func(f *buildkey.Facts) { f.Config = json.RawMessage(`{}`) }, buildkey.Reason{Kind: "config", Old: `{"a":1,"b":[true,1.50]}`, New: "{}"}},
	"arg":         {func(f *buildkey.Facts) { f.Args["A"] = "2" }, buildkey.Reason{Kind: "arg", What: "A", Old: "1", New: "2"}},
	"empty arg":   {func(f *buildkey.Facts) { f.Args["C"] = "" }, buildkey.Reason{Kind: "arg", What: "C", New: `""`}},
	"arg gone":    {func(f *buildkey.Facts) { delete(f.Args, "A") }, buildkey.Reason{Kind: "arg", What: "A", Old: "1"}},
	"label":       {func(f *buildkey.Facts) { f.Labels["l"] = "y" }, buildkey.Reason{Kind: "label", What: "l", Old: "x", New: "y"}},
	"platform":    {func(f *buildkey.Facts) { f.Platform = "linux/arm64" }, buildkey.Reason{Kind: "platform", Old: "linux/amd64", New: "linux/arm64"}},
	"epoch":       {func(f *buildkey.Facts) { f.Epoch = -1 }, buildkey.Reason{Kind: "epoch", Old: "7", New: "-1"}},
	"commit":      {func(f *buildkey.Facts) { f.Sources[0].Version = "d" }, buildkey.Reason{Kind: "source", What: "https://git.example/app main", Old: "c0ffee", New: "d"}},
	"tree":        {func(f *buildkey.Facts) { f.Sources[1].Version, f.Sources[1].Commit = "tree:2", "c2" }, buildkey.Reason{Kind: "source", What: "https://git.example/lib (src) v1", Old: "c1", New: "c2"}},
	"source gone": {func(f *buildkey.Facts) { f.Sources = f.Sources[:1] }, buildkey.Reason{Kind: "source", What: "https://git.example/lib (src) v1", Old: "c1"}},
	"order of sources": {func(f *buildkey.Facts) { slices.Reverse(f.Sources) }, buildkey.Reason{
		Kind: "source", What: "order",
		Old: "https://git.example/app, https://git.example/lib (src)", New: "https://git.example/lib (src), https://git.example/app",
	}},
	"fingerprint": {func(f *buildkey.Facts) { f.Fingerprint = "g" }, buildkey.Reason{Kind: "fingerprint", Old: "f", New: "g"}},
	"mode":        {func(f *buildkey.Facts) { f.Files[0].Mode = "file 0755" }, buildkey.Reason{Kind: "file", What: "Dockerfile", Old: "file 0644 sha256:aa", New: "file 0755 sha256:aa"}},
	"content":     {func(f *buildkey.Facts) { f.Files[0].Digest = "sha256:bb" }, buildkey.Reason{Kind: "file", What: "Dockerfile", Old: "file 0644 sha256:aa", New: "file 0644 sha256:bb"}},
	"link":        {func(f *buildkey.Facts) { f.Files[1].Link = "/etc" }, buildkey.Reason{Kind: "file", What: "link", Old: "link → Dockerfile", New: "link → /etc"}},
	"file gone":   {func(f *buildkey.Facts) { f.Files = f.Files[:1] }, buildkey.Reason{Kind: "file", What: "link", Old: "link → Dockerfile"}},
	"etag":        {func(f *buildkey.Facts) { f.URLs[0].ETag = "3" }, buildkey.Reason{Kind: "url", What: "https://example.com/a", Old: "1", New: "3"}},
	"identity":    {func(f *buildkey.Facts) { f.Images[0].Identity = "sha256:d1" }, buildkey.Reason{Kind: "image", What: "debian (base)", Old: "sha256:dd", New: "sha256:d1"}},
}

func TestEveryFactCounts(t *testing.T) {
	base := buildkey.Compute(facts())
	seen := map[buildkey.Key]string{base: "nothing"}
	for name, tt := range changes {
		f := facts()
		tt.change(&f)
		key := buildkey.Compute(f)
		if other, taken := seen[key]; taken {
			t.Errorf("changing %s gives the key of changing %s", name, other)
		}
		seen[key] = name
		if diff := cmp.Diff([]buildkey.Reason{tt.want}, buildkey.Diff(facts(), f)); diff != "" {
			t.Errorf("Diff after changing %s (-want +got):\n%s", name, diff)
		}
	}
}

func TestWhatDoesNotCount(t *testing.T) {
	tests := map[string]func(*buildkey.Facts){
		"order of files":                      func(f *buildkey.Facts) { shuffle(f.Files) },
		"order of URLs":                       func(f *buildkey.Facts) { shuffle(f.URLs) },
		"order of images":                     func(f *buildkey.Facts) { shuffle(f.Images) },
		"a file twice":                        func(f *buildkey.Facts) { f.Files = append(f.Files, f.Files[0]) },
		"form of JSON":                        func(f *buildkey.Facts) { f.Config = json.RawMessage("{\"b\":[true,1.50],\n\"a\":1}") },
		"the name of a branch":                func(f *buildkey.Facts) { f.Sources[0].Ref = "trunk" },
		"a commit that leaves a folder alone": func(f *buildkey.Facts) { f.Sources[1].Commit = "c2" },
		"time and revision": func(f *buildkey.Facts) {
			f.Labels["org.opencontainers.image.created"] = "now"
			f.Labels["org.opencontainers.image.revision"] = "c0ffee"
		},
	}
	for name, change := range tests {
		for range 8 {
			f := facts()
			change(&f)
			if buildkey.Compute(f) != buildkey.Compute(facts()) {
				t.Errorf("%s changes the key", name)
			}
			if got := buildkey.Diff(facts(), f); len(got) > 0 {
				t.Errorf("%s makes a difference: %v", name, got)
			}
		}
	}
}

func shuffle[T any](s []T) { rand.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] }) }

func TestFactsSurviveJSON(t *testing.T) {
	b, err := json.Marshal(facts())
	if err != nil {
		t.Fatal(err)
	}
	var f buildkey.Facts
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	if buildkey.Compute(f) != buildkey.Compute(facts()) {
		t.Error("written and read back, the facts have another key")
	}
}

// No boundary between two facts can be moved without changing the key.
func FuzzBoundaries(f *testing.F) {
	f.Add("ab", "c", "a", "bc")
	f.Fuzz(func(t *testing.T, a, b, c, d string) {
		x := buildkey.Compute(buildkey.Facts{Strategy: a, Version: b, Args: map[string]string{a: b}})
		y := buildkey.Compute(buildkey.Facts{Strategy: c, Version: d, Args: map[string]string{c: d}})
		if (x == y) != (a == c && b == d) {
			t.Errorf("%q %q and %q %q: keys %s and %s", a, b, c, d, x, y)
		}
	})
}

func FuzzConfig(f *testing.F) {
	f.Add([]byte(`{"b": 1, "a": [1.0, null]}`))
	f.Add([]byte(`{} {}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		key := buildkey.Compute(buildkey.Facts{Config: raw})
		var v any
		if json.Unmarshal(raw, &v) != nil {
			return
		}
		var indented json.RawMessage
		indented, err := json.MarshalIndent(json.RawMessage(raw), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if buildkey.Compute(buildkey.Facts{Config: indented}) != key {
			t.Errorf("%q has another key when indented", raw)
		}
	})
}
