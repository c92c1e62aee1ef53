package source_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/source"
)

func TestReadMistakes(t *testing.T) {
	s := newSite(t)
	tests := map[string]string{
		"- {gti: x}":           `1:3: error[bad-source]: a source names one of archive, bundle, directory, dockerfile, git, image, found a mapping (did you mean "git"?)`,
		"- {url: x}":           `1:3: error[bad-source]: a source names one of archive, bundle, directory, dockerfile, git, image, found a mapping (write git: https://… for a repository)`,
		"- {git: x, image: y}": `1:3: error[bad-source]: a source is one of them: git and image (make an item of the list of each)`,
		"- {git: x, reff: y}":  `1:12: error[unknown-key]: unknown key "reff" (did you mean "ref"?)`,
		`- {git: ""}`:          `1:9: error[bad-value]: git is empty`,
		"- {git: x, to: /abs, path: ../up}": `1:16: error[bad-value]: "/abs" leads out (name a folder below, without a slash at its beginning)` + "\n" +
			`1:28: error[bad-value]: "../up" leads out (name a folder below, without a slash at its beginning)`,
		"- {archive: x, sha256: abc}": `1:24: error[bad-value]: "abc" is no SHA-256 (write 64 digits of 0-9 and a-f, as sha256sum does)`,
		"- {image: x, paths: {}}":     `1:21: error[wrong-type]: want a mapping of paths to folders, found a mapping (write paths: { /opt/app: . })`,
		"- {image: x}":                `1:3: error[missing-key]: the key "paths" is missing`,
		"- {image: x, paths: {opt: .., /a: b}}": `1:22: error[bad-value]: "opt" is no absolute path in the image (write /opt)` + "\n" +
			`1:27: error[bad-value]: ".." leads out (name a folder below, without a slash at its beginning)`,
		"- bundle: {image: x, path: /, workspace: src}": `1:28: error[bad-value]: "/" is no absolute path of a folder in the container (write path: /shared)` + "\n" +
			`1:42: error[bad-value]: "src" is no absolute path of a folder in the container (write workspace: /shared)`,
		"- bundle: {image: x}":                       `1:11: error[missing-key]: the key "path" is missing`,
		"- {git: 'https://x/y', secret: tokn}":       `1:32: error[bad-value]: the image has no secret "tokn" (did you mean "token"?)`,
		"- {git: 'https://x/y', secret: none}":       `1:32: error[bad-value]: the image has no secret "none" (declare it under secrets:)`,
		"- {git: 'ssh://x/y', secret: token}":        `1:30: error[bad-value]: a secret opens servers of HTTP, and ssh://x/y is none (for ssh, have an agent hold the key)`,
		"- git: https://me:geheim@git.example/a.git": `1:8: warning[password-in-url]: https://git.example/a.git is named with a password, which everybody reads here (declare it under secrets:, and name it here with secret:)`,
	}
	for yaml, want := range tests {
		_, found := s.read(yaml)
		for i := range found {
			found[i].Pos.File = ""
		}
		got := ""
		for i, d := range found.Sorted() {
			if i > 0 {
				got += "\n"
			}
			d.Pos.File = "F"
			got += d.Error()[2:]
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", yaml, diff)
		}
	}
}

func TestSame(t *testing.T) {
	s := newSite(t)
	all := []string{
		"- {git: x, ref: a, path: p, to: t}", "- {git: x, ref: b, path: p, to: t}", "- {git: x, ref: a, path: q, to: t}", "- {git: x, ref: a, path: p, to: u}",
		"- {git: x, ref: a, path: p, to: t, submodules: true}", "- {git: x, ref: a, path: p, to: t, replace: true}", "- {directory: x}", "- {dockerfile: x}",
		"- {image: x, paths: {/a: .}}", "- {image: x, paths: {/a: b}}", "- bundle: {image: x, path: /a}", "- bundle: {image: x, path: /a, env: {A: b}}", "[]",
	}
	for i, a := range all {
		for j, b := range all {
			if got := source.Same(s.layers(a), newSite(t).layers(b)); got != (i == j) {
				t.Errorf("%s and %s are the same: %t", a, b, got)
			}
		}
	}
}

func TestReaches(t *testing.T) {
	s := newSite(t)
	if err := errors.Join(os.MkdirAll(filepath.Join(s.dir, "really"), 0o755), os.Symlink("really", filepath.Join(s.dir, "linked"))); err != nil {
		t.Fatal(err)
	}
	layers := s.layers("- {directory: ../shared, to: lib}\n- {archive: ../a.tgz}\n- {git: ../app, path: src, to: x}\n- {git: https://git.example/app}\n- {dockerfile: FROM scratch}\n- {image: x, paths: {/a: .}}\n- {directory: ../linked, to: l}")
	for file, want := range map[string][]string{
		"shared/a/b": {"lib/a/b"}, "shared": {"all"}, "a.tgz": {"all"}, "a.tgz/b": nil, "app/src/f": {"x/f"}, "app/f": nil,
		"image/https:/git.example/app/f": nil, "elsewhere": nil, "really/f": {"l/f"}, "really/f/": {"l/f/"}, "shared/": {"all"}, "linked": {"all"},
	} {
		var got []string
		for _, l := range layers {
			as, whole := l.Reaches([]string{filepath.Join(s.dir, ".") + "/" + file})
			if got = append(got, as...); whole {
				got = append(got, "all")
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
}

// Editors are told every key that is read.
func TestSchema(t *testing.T) {
	all, ok := source.Schema()["anyOf"].([]any)
	if !ok || len(all) != len(source.Kinds()) {
		t.Fatalf("the schema is %v", source.Schema())
	}
	for i, k := range source.Kinds() {
		one, _ := all[i].(map[string]any)
		properties, _ := one["properties"].(map[string]any)
		if _, ok := properties[string(k)]; !ok {
			t.Errorf("the schema of %s has the keys %v", k, slices.Sorted(maps.Keys(properties)))
		}
	}
}

// The page for people has an example that is read, and names every key.
func TestPage(t *testing.T) {
	raw, err := os.ReadFile("../../docs/sources.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(raw), "```yaml\n")
	example, _, _ = strings.Cut(example, "```")
	s := newSite(t)
	n, ds := document.Parse("image.yml", []byte(example))
	if ds != nil {
		t.Fatal(ds)
	}
	var got []source.Kind
	for _, item := range n.Get("source").Items() {
		l, ds := source.Read(item, item, s.image(), nil)
		if ds != nil {
			t.Error(ds)
		}
		got = append(got, l.Kind)
	}
	slices.Sort(got)
	if diff := cmp.Diff(source.Kinds(), got); diff != "" {
		t.Errorf("kinds in the example (-want +got):\n%s", diff)
	}
	for _, one := range source.Schema()["anyOf"].([]any) {
		for key := range one.(map[string]any)["properties"].(map[string]any) {
			if !strings.Contains(string(raw), "`"+key+"`") && !strings.Contains(example, key+":") {
				t.Errorf("the page does not name %s", key)
			}
		}
	}
}
