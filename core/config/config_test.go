package config_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/config"
	"github.com/slipway-build/slipway/sdk/diag"
)

// write puts a file below dir.
func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// Each place is read when none before it has a file, and alone.
func TestPlaces(t *testing.T) {
	dir := t.TempDir()
	named := write(t, dir, "named.yml", "forks: 1\n")
	near := write(t, dir, "project/slipway.yml", "forks: 2\n")
	home := write(t, dir, "home/.slipway.yml", "forks: 3\nstrict: true\n")
	system := write(t, dir, "etc/slipway.yml", "forks: 4\n")
	write(t, dir, "project/deep/below/x", "")
	environ := []string{"HOME=" + filepath.Join(dir, "home"), "SLIPWAY_CONFIG=../../named.yml"}
	for _, tt := range []struct {
		file  string
		forks int
	}{{named, 1}, {near, 2}, {home, 3}, {system, 4}, {"", 0}} {
		c, ds := config.Load(config.Options{Dir: filepath.Join(dir, "project/deep"), Environ: environ, System: system})
		if ds != nil {
			t.Fatal(ds)
		}
		if c.File != tt.file || c.Number("forks") != tt.forks {
			t.Errorf("read %q with forks %d, want %q with %d", c.File, c.Number("forks"), tt.file, tt.forks)
		}
		if c.Truth("strict") != (tt.file == home) {
			t.Errorf("%s: files are merged", tt.file)
		}
		if tt.file == named {
			environ = environ[:1]
		} else if tt.file != "" {
			if err := os.Remove(tt.file); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestWritableByAll(t *testing.T) {
	dir := t.TempDir()
	above := write(t, dir, "slipway.yml", "forks: 2\n")
	file := write(t, dir, "open/slipway.yml", "forks: 7\n")
	if err := os.Chmod(filepath.Join(dir, "open"), 0o777); err != nil {
		t.Fatal(err)
	}
	c, ds := config.Load(config.Options{Dir: filepath.Join(dir, "open"), System: "/nowhere"})
	if c.File != above {
		t.Errorf("read %q, want %q", c.File, above)
	}
	want := file + ": warning[world-writable]: the file is not read, because everybody may write to its folder (chmod o-w " + filepath.Dir(file) + ", or name the file with SLIPWAY_CONFIG)"
	if diff := cmp.Diff(want, ds.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOrigins(t *testing.T) {
	dir := t.TempDir()
	file := write(t, dir, "slipway.yml", "forks: 2\nroles_path: [roles, /srv/roles]\nlint: {skip: 'a, b'}\nstorage:\n  root: s\nplugins: [{name: a/b}]\n")
	c, ds := config.Load(config.Options{Dir: dir, Environ: []string{"SLIPWAY_FORKS=3", "SLIPWAY_LINT_WARN=c,d", "SLIPWAY_STRICT=1", "SLIPWAY_DIFF="}})
	ds.Add(c.Flag("inventory", "inventory", []string{"a,b", "c"})...)
	if ds != nil {
		t.Fatal(ds)
	}
	got := map[string]string{}
	for _, v := range c.Values() {
		if !v.Origin.IsDefault() {
			got[v.Setting.Name] = strings.TrimPrefix(v.Origin.String(), dir+"/")
		}
	}
	want := map[string]string{
		"forks": "$SLIPWAY_FORKS", "roles_path": "slipway.yml:2:13", "lint.skip": "slipway.yml:3:14", "lint.warn": "$SLIPWAY_LINT_WARN",
		"storage.root": "slipway.yml:5:9", "strict": "$SLIPWAY_STRICT", "inventory": "--inventory",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	lists := [][]string{c.List("roles_path"), c.List("lint.skip"), c.List("lint.warn"), c.List("inventory")}
	if diff := cmp.Diff([][]string{{filepath.Join(dir, "roles"), "/srv/roles"}, {"a", "b"}, {"c", "d"}, {"a,b", "c"}}, lists); diff != "" {
		t.Errorf("lists (-want +got):\n%s", diff)
	}
	if c.Number("forks") != 3 || !c.Truth("strict") || c.Text("storage.root") != filepath.Join(dir, "s") || c.Text("color") != "auto" {
		t.Errorf("values are %v", c.Values())
	}
	if at := c.Section("plugins").Pos(); at != (diag.Pos{File: file, Line: 6, Column: at.Column, End: at.End}) {
		t.Errorf("plugins stand at %s", at)
	}
}

func TestMistakes(t *testing.T) {
	dir := t.TempDir()
	src := `fork: 2 # ERROR: unknown key "fork" (did you mean "forks"?)
color: blue # ERROR: color knows no "blue" (the words are auto, always, never)
strict: maybe # ERROR: strict wants true or false, found "maybe"
forks: -1 # ERROR: forks wants a whole number, found "-1"
inventory: [[a]] # ERROR: inventory wants a list of words, found a list
heartbeat: {a: 1} # ERROR: heartbeat wants a whole number, found a mapping
lint: skip # ERROR: want a mapping, found the text "skip"
gate:
  trust: {keys: [a]} # ERROR: gate.trust wants a word, found a mapping (the words are registry)
  min_scenaros: 1 # ERROR: unknown key "min_scenaros" (did you mean "min_scenarios"?)
`
	write(t, dir, "slipway.yml", src)
	_, ds := config.Load(config.Options{Dir: dir, Environ: []string{"SLIPWAY_FORKS=many", "SLIPWAY_STRCT=1", "SLIPWAY_OF_MY_OWN=1"}})
	var got []string
	for _, d := range ds {
		text := strings.TrimSuffix(d.Summary+" ("+d.Fix+")", " ()")
		if d.Pos.Line > 0 {
			line := strings.Split(src, "\n")[d.Pos.Line-1]
			if _, want, _ := strings.Cut(line, "# ERROR: "); want != text {
				t.Errorf("line %d: got %s, want %s", d.Pos.Line, text, want)
			}
			continue
		}
		got = append(got, d.Severity.String()+": "+text)
	}
	if n := strings.Count(src, "# ERROR:"); len(ds)-len(got) != n {
		t.Errorf("%d mistakes in the file, want %d", len(ds)-len(got), n)
	}
	want := []string{`error: SLIPWAY_FORKS wants a whole number, found "many"`, `warning: nothing is set by $SLIPWAY_STRCT (did you mean "SLIPWAY_STRICT"?)`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNamedFileMustBeThere(t *testing.T) {
	_, ds := config.Load(config.Options{Dir: "/", Environ: []string{"SLIPWAY_CONFIG=/nowhere/s.yml"}})
	want := "/nowhere/s.yml: error[no-config]: the configuration cannot be read: no such file or directory (write the file, or take SLIPWAY_CONFIG out of the environment)"
	if diff := cmp.Diff(want, ds.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWrongFlag(t *testing.T) {
	c, _ := config.Load(config.Options{Dir: "/", System: "/nowhere"})
	if got, want := c.Flag("forks", "forks", []string{"x"}).Error(), `error[bad-setting]: --forks wants a whole number, found "x"`; got != want {
		t.Errorf("got %s", got)
	}
}

func TestTable(t *testing.T) {
	names := []string{}
	for _, s := range config.Settings() {
		names = append(names, s.Name)
		if s.Doc == "" || s.Variable() == "SLIPWAY_" {
			t.Errorf("%s is not told of", s.Name)
		}
	}
	if !slices.IsSorted(names) || len(slices.Compact(names)) != len(config.Settings()) {
		t.Errorf("the table is not sorted, or has a name twice: %q", names)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("forks: 2\nlint: {skip: [a]}", "3")
	f.Add("gate: {trust: 1}", "x")
	f.Fuzz(func(t *testing.T, src, forks string) {
		dir := t.TempDir()
		write(t, dir, "slipway.yml", src)
		c, ds := config.Load(config.Options{Dir: dir, Environ: []string{"SLIPWAY_FORKS=" + forks}})
		for _, d := range ds {
			if d.Summary == "" {
				t.Errorf("a mistake without words: %+v", d)
			}
		}
		for _, v := range c.Values() {
			if v.Value == nil {
				t.Errorf("%s has no value", v.Setting.Name)
			}
		}
	})
}
