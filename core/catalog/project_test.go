package catalog_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/catalog"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

func write(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// section is what stands below plugins in a file.
func section(t *testing.T, file string) document.Node {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	root, ds := document.Parse(file, src)
	if ds != nil {
		t.Fatal(ds)
	}
	return root.Get("plugins")
}

func TestReadProject(t *testing.T) {
	file := write(t, t.TempDir(), "slipway.yml", `plugins:
  - name: acme/hello
    source: bin/hello
  - name: hello
    source: oci://registry.example/hello:1
  - name: acme/hello
    source: elsewhere
    sorce: x
  - name: acme/empty
`)
	got, found := catalog.ReadProject(section(t, file))
	at := func(line, column, end int) diag.Pos {
		return diag.Pos{File: file, Line: line, Column: column, End: end}
	}
	want := []catalog.Plugin{
		{Name: "acme/hello", Source: "bin/hello", Pos: at(2, 11, 21)},
		{Name: "hello", Source: "oci://registry.example/hello:1", Pos: at(4, 11, 16)},
		{Name: "acme/hello", Source: "elsewhere", Pos: at(6, 11, 21)},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	wantText := file + `:4:11: error[plugin.name]: found the plugin name "hello" (write publisher/name, in lower-case letters, digits and hyphens)
` + file + `:6:11: error[plugin.twice]: plugin "acme/hello" is named twice, first at ` + file + `:2:11 (remove one)
` + file + `:8:5: error[unknown-key]: unknown key "sorce" (did you mean "source"?)
` + file + `:9:5: error[missing-key]: the key "source" is missing`
	if diff := cmp.Diff(wantText, found.Sorted().Error()); diff != "" {
		t.Error(diff)
	}
}

func TestReadNoProject(t *testing.T) {
	if got, found := catalog.ReadProject(document.Node{}); got != nil || found != nil {
		t.Errorf("got %v, %v", got, found)
	}
}

func TestLockRoundTrip(t *testing.T) {
	file := filepath.Join(t.TempDir(), "slipway.lock")
	hex := "6f0c0000000000000000000000000000000000000000000000000000000000aa"
	want := catalog.Lock{Version: 1, Plugins: []catalog.Locked{
		{Name: "acme/a", Source: "bin/a", Version: "1.2.0", Protocol: 1, SHA256: map[string]string{"linux/amd64": hex, "linux/arm64": hex}},
		{Name: "acme/b", Source: "b", SHA256: map[string]string{"any": hex}},
	}}
	if err := want.Write(file); err != nil {
		t.Fatal(err)
	}
	got, found := catalog.ReadLock(file)
	if diff := cmp.Diff(want, got); diff != "" || found.Err() != nil {
		t.Error(diff, found)
	}
	for platform, known := range map[string]bool{"linux/amd64": true, "linux/s390x": false} {
		if _, ok := got.Plugins[0].Digest(platform); ok != known {
			t.Errorf("%s is known: %t", platform, ok)
		}
	}
	if d, ok := got.Plugins[1].Digest("linux/s390x"); d != hex || !ok {
		t.Errorf("a folder is for all platforms: got %q", d)
	}
}

func TestLockMoved(t *testing.T) {
	lock := func(plugins ...string) catalog.Lock {
		var l catalog.Lock
		for _, p := range plugins {
			name, digest, _ := strings.Cut(p, "=")
			l.Plugins = append(l.Plugins, catalog.Locked{Name: name, Version: digest, SHA256: map[string]string{"any": digest}})
		}
		return l
	}
	was, is := lock("same=1", "moved=1", "gone=1"), lock("moved=2", "same=1", "new=1")
	if diff := cmp.Diff([]string{"gone", "moved", "new"}, was.Moved(is)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReadLockRefuses(t *testing.T) {
	tests := map[string]string{
		"version: 2\nplugins: []\n": ":1:10: error[lock.version]: the lock has version 2; this slipway reads 1 (use the slipway that wrote it, or run slipway plugin lock)",
		"version: 1\nplugins:\n- {name: a/b, source: x, sha256: {linux/amd64: ../../etc}}\n": ":3:48: error[lock.digest]: plugin 1 has no SHA-256 for linux/amd64 (run slipway plugin lock)",
	}
	for content, want := range tests {
		file := write(t, t.TempDir(), "slipway.lock", content)
		_, found := catalog.ReadLock(file)
		if diff := cmp.Diff(file+want, found.Error()); diff != "" {
			t.Error(diff)
		}
	}
}

func FuzzReadLock(f *testing.F) {
	f.Add([]byte("version: 1\nplugins:\n- {name: a/b, source: x, sha256: {any: 00}}\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		file := filepath.Join(t.TempDir(), "slipway.lock")
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		lock, found := catalog.ReadLock(file)
		for _, p := range lock.Plugins {
			for _, digest := range p.SHA256 {
				if len(digest) != 64 && found.Err() == nil {
					t.Errorf("accepted the digest %q", digest)
				}
			}
		}
	})
}
