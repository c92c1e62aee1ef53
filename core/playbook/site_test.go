package playbook_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/sdk/diag"
)

// The site has roles beside its playbook and along the path, imports of all
// kinds, and handlers from everywhere. site.txt is what is understood of it.
func TestRolesAndImports(t *testing.T) {
	o := options()
	o.RolesPath = []string{"testdata/site/shared"}
	book, ds := playbook.Load("testdata/site/site.yml", o)
	if ds != nil {
		t.Fatal(ds)
	}
	want, err := os.ReadFile("testdata/site/site.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), show(book)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A task of a role finds its files in the role, any other beside the file that
// it stands in.
func TestDir(t *testing.T) {
	o := options()
	o.RolesPath = []string{"testdata/site/shared"}
	book, _ := playbook.Load("testdata/site/site.yml", o)
	dirs := map[string]string{}
	for _, p := range book.Plays {
		for task := range playbook.Leaves(append(append(p.PreTasks, p.Tasks...), p.Handlers...)) {
			dirs[task.Title()] = task.Dir
		}
	}
	want := map[string]string{
		"build": "testdata/site/nested", "push": "testdata/site/nested", "Tell": "testdata/site",
		"One": "testdata/site/common", "Two": "testdata/site/common", "report": "testdata/site/common",
		"prove : Smoke": "testdata/site/roles/prove", "prove : Quick": "testdata/site/roles/prove", "prove : tidy up": "testdata/site/roles/prove",
		"announce : Announce": "testdata/site/roles/announce", "inner : debug": "testdata/site/shared/inner",
	}
	if diff := cmp.Diff(want, dirs); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A run that goes on reads what the first one read, wherever that is now.
func TestRead(t *testing.T) {
	files := map[string]string{"p.yml": "- images: all\n  vars_files: [[a.yml, b.yml]]\n  tasks: [{import_tasks: t.yml}]", "b.yml": "{x: 1}", "t.yml": "- build:"}
	o := options()
	o.Read = func(path string) ([]byte, error) {
		if text, ok := files[path]; ok {
			return []byte(text), nil
		}
		return nil, &os.PathError{Op: "open", Path: path, Err: os.ErrNotExist}
	}
	book, ds := playbook.Load("p.yml", o)
	if ds != nil {
		t.Fatal(ds)
	}
	want := "play \"all\" for all vars(vars file of b.yml: {x:1})\n  tasks:\n    \"build\" build\n"
	if diff := cmp.Diff(want, show(book)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A pipe might never end, and a folder is no file.
func TestReadsFilesOnly(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct{ path, want string }{
		{dir, dir + ": error[no-playbook]: the playbook cannot be read: it is a folder (name a file with a list of plays)"},
		{os.DevNull, os.DevNull + ": error[no-playbook]: the playbook cannot be read: it is not a regular file (name a file with a list of plays)"},
	} {
		if _, ds := playbook.Load(tt.path, options()); ds.Error() != tt.want {
			t.Errorf("got  %s\nwant %s", ds.Error(), tt.want)
		}
	}
}

// An absolute name is taken as it is.
func TestAbsoluteImport(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tasks.yml")
	if err := os.WriteFile(file, []byte("- build:"), 0o644); err != nil {
		t.Fatal(err)
	}
	root := document.Of([]any{map[string]any{"images": "all", "tasks": []any{map[string]any{"import_tasks": file}}}}, diag.Pos{File: "p.yml"})
	book, ds := playbook.Of(root, options())
	if ds != nil || len(book.Plays[0].Tasks) != 1 {
		t.Errorf("got %v, %v", book, ds)
	}
}
