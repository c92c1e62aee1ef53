package buildkey_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// workspace has files of known modes and links of every kind.
func workspace(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for path, content := range map[string]string{
		"Dockerfile": "FROM debian\n", "app/main.go": "package main\n", "app/main_test.go": "package main\n",
		"app/sub/deep.txt": "deep", "lib/a.txt": "a", "lib/b.txt": "b",
	} {
		at := filepath.Join(dir, path)
		must(t, os.MkdirAll(filepath.Dir(at), 0o755))
		must(t, os.WriteFile(at, []byte(content), 0o644))
		must(t, os.Chmod(at, 0o666))
	}
	must(t, os.Chmod(filepath.Join(dir, "lib/b.txt"), 0o775))
	must(t, os.Symlink("../lib", filepath.Join(dir, "app/lib")))
	must(t, os.Symlink("/lib/a.txt", filepath.Join(dir, "absolute")))
	must(t, os.Symlink("nowhere", filepath.Join(dir, "broken")))
	must(t, os.Symlink("loop", filepath.Join(dir, "loop")))
	return dir
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func inputs(paths ...string) []strategy.Input {
	out := make([]strategy.Input, len(paths))
	for i, p := range paths {
		out[i].Path = p
	}
	return out
}

// listed leaves the digests out, whose values have a test of their own.
func listed(files []buildkey.File) []string {
	out := []string{}
	for _, f := range files {
		f.Digest = ""
		out = append(out, f.Path+": "+f.String())
	}
	return out
}

func TestRead(t *testing.T) {
	dir := workspace(t)
	const (
		a     = "lib/a.txt: file 0644"
		b     = "lib/b.txt: file 0755"
		deep  = "app/sub/deep.txt: file 0644"
		sub   = "app/sub: dir 0755"
		link  = "app/lib: link → ../lib"
		main  = "app/main.go: file 0644"
		tests = "app/main_test.go: file 0644"
	)
	for name, tt := range map[string]struct {
		inputs []strategy.Input
		want   []string
	}{
		"a file":                    {inputs("Dockerfile"), []string{"Dockerfile: file 0644"}},
		"a folder":                  {inputs("app"), []string{"app: dir 0755", link, main, tests, sub, deep}},
		"wildcards in each element": {inputs("li?/*.txt"), []string{a, b}},
		"a pattern through links":   {inputs("abs*/*.txt"), []string{"absolute: link → /lib/a.txt", "lib/a.txt/*.txt: absent"}},
		"nothing":                   {inputs("no/*.txt", "none"), []string{"no/*.txt: absent", "none: absent"}},
		"twice":                     {inputs("lib/a.txt", "lib/[a]*"), []string{a}},
		"through a link":            {inputs("app/lib/a.txt"), []string{link, a}},
		"patterns behind a link":    {inputs("app/l*/*.txt"), []string{link, a, b}},
		"an absolute link":          {inputs("absolute"), []string{"absolute: link → /lib/a.txt", a}},
		"a link to nothing":         {inputs("broken"), []string{"broken: link → nowhere", "nowhere: absent"}},
		"a loop":                    {inputs("loop"), []string{"loop: link → loop"}},
		"excluded":                  {[]strategy.Input{{Path: "app", Exclude: []string{"**/*_test.go", "app/sub"}}}, []string{"app: dir 0755", link, main}},
		"excluded but one": {
			[]strategy.Input{{Path: ".", Exclude: []string{"*", "!app/sub/deep.txt"}}},
			[]string{deep},
		},
		"a URL":     {[]strategy.Input{{URL: "https://example.com"}}, []string{}},
		"not wild":  {inputs(`lib/\a.txt`), []string{a}},
		"below all": {[]strategy.Input{{Path: ".", Exclude: []string{"app", "absolute", "broken", "loop"}}}, []string{"Dockerfile: file 0644", "lib: dir 0755", a, b}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := buildkey.Read(t.Context(), dir, tt.inputs, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, listed(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadSaysAllMistakes(t *testing.T) {
	_, err := buildkey.Read(t.Context(), workspace(t), []strategy.Input{
		{Path: "../etc"}, {Path: "/etc"}, {Path: "a/[b"}, {Path: ""}, {Path: "app", Exclude: []string{"[a-"}},
	}, nil)
	want := `error[input-outside]: input "../etc" leaves the workspace (name a path below the workspace)
error[input-outside]: input "/etc" leaves the workspace (name a path below the workspace)
error[bad-input]: input "a/[b" is no path and no pattern (use the wildcards *, ? and [] of path.Match, closed)
error[bad-input]: input "" is no path and no pattern (use the wildcards *, ? and [] of path.Match, closed)
error[bad-exclude]: input "app" excludes with a malformed pattern: syntax error in pattern`
	if diff := cmp.Diff(want, diag.Of(err).Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReadNeverLeavesTheWorkspace(t *testing.T) {
	dir, outside := workspace(t), t.TempDir()
	must(t, os.WriteFile(filepath.Join(outside, "secret"), []byte("s"), 0o600))
	must(t, os.Symlink(filepath.Join("../../../../../../../..", outside), filepath.Join(dir, "out")))
	got, err := buildkey.Read(t.Context(), dir, inputs("out/secret"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range got {
		if f.Digest != "" {
			t.Errorf("%s was read through a link that leaves the workspace", f.Path)
		}
	}
}

func TestReadStops(t *testing.T) {
	stopped := errors.New("stopped")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(stopped)
	if _, err := buildkey.Read(ctx, workspace(t), inputs("."), nil); !errors.Is(err, stopped) {
		t.Errorf("error %v, want the cause", err)
	}
}

func TestReadNamesThatAreNotUTF8(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "a\xff"), nil, 0o644))
	must(t, os.WriteFile(filepath.Join(dir, `"a\xff"`), nil, 0o644))
	got, err := buildkey.Read(t.Context(), dir, inputs("."), nil)
	if err != nil || len(got) != 2 || got[0].Path == got[1].Path {
		t.Errorf("Read = %v, %v, want two files", got, err)
	}
}

func TestMemo(t *testing.T) {
	dir := t.TempDir()
	at, memoAt := filepath.Join(dir, "f"), filepath.Join(t.TempDir(), "cache", "memo")
	must(t, os.WriteFile(at, []byte("one"), 0o644))
	read := func() string {
		memo, err := buildkey.OpenMemo(memoAt)
		must(t, err)
		files, err := buildkey.Read(t.Context(), dir, inputs("f"), memo)
		must(t, err)
		must(t, memo.Save())
		return files[0].Digest
	}
	first := read()
	if want := "sha256:7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"; first != want {
		t.Errorf("digest %s, want %s", first, want)
	}
	// The same size within the same tick of the clock: only mistrust of young
	// files tells the two apart.
	info, err := os.Stat(at)
	must(t, err)
	must(t, os.WriteFile(at, []byte("two"), 0o644))
	must(t, os.Chtimes(at, time.Time{}, info.ModTime()))
	if second := read(); second == first {
		t.Error("a young file was believed to be unchanged")
	}
}

func TestMemoThatIsBroken(t *testing.T) {
	at := filepath.Join(t.TempDir(), "memo")
	for _, content := range []string{"", "{", `{"Version":99,"Entries":[{}]}`} {
		must(t, os.WriteFile(at, []byte(content), 0o644))
		memo, err := buildkey.OpenMemo(at)
		if err != nil {
			t.Fatalf("%q: %v", content, err)
		}
		must(t, memo.Save())
	}
}
