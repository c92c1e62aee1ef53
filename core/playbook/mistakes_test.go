package playbook_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Every guilty line of a fixture ends in "# ERROR: what is told of it", or
// "# WARNING: …"; nothing else may be told. A fixture is a playbook, or a
// folder with one and what it imports. What is told of a file as a whole stands
// in the file told.txt of the folder.
func TestMistakes(t *testing.T) {
	fixtures, err := filepath.Glob("testdata/mistakes/*")
	if err != nil || len(fixtures) == 0 {
		t.Fatal(fixtures, err)
	}
	for _, fixture := range fixtures {
		t.Run(filepath.Base(fixture), func(t *testing.T) {
			file := fixture
			if filepath.Ext(fixture) == "" {
				file = filepath.Join(fixture, "playbook.yml")
			}
			_, ds := playbook.Load(file, options())
			got := told(ds)
			slices.Sort(got)
			if diff := cmp.Diff(expected(t, fixture), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// told returns mistakes one by one: "file:line: ERROR: summary (fix) {detail}".
func told(ds diag.List) []string {
	var out []string
	for _, d := range ds {
		text := d.Summary
		if d.Fix != "" {
			text += " (" + d.Fix + ")"
		}
		if d.Detail != "" {
			text += " {" + d.Detail + "}"
		}
		out = append(out, fmt.Sprintf("%s:%d: %s: %s", d.Pos.File, d.Pos.Line, strings.ToUpper(d.Severity.String()), text))
	}
	return out
}

// expected gathers what the lines of all files below a path expect.
func expected(t *testing.T, root string) []string {
	t.Helper()
	var want []string
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		src, err := os.ReadFile(path)
		if e.Name() == "told.txt" {
			want = append(want, strings.Split(strings.TrimSpace(string(src)), "\n")...)
			return err
		}
		for i, line := range strings.Split(string(src), "\n") {
			for _, kind := range []string{"ERROR", "WARNING"} {
				_, text, ok := strings.Cut(line, "# "+kind+": ")
				for one := range strings.SplitSeq(text, " # AND: ") {
					if ok {
						want = append(want, fmt.Sprintf("%s:%d: %s: %s", path, i+1, kind, one))
					}
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(want)
	return want
}
