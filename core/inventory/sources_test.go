package inventory_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/sdk/diag"
)

// programs runs real programs with a path to find sh in.
func programs(t *testing.T, o inventory.Options) inventory.Options {
	t.Helper()
	p := inventory.Programs{Env: []string{"PATH=" + os.Getenv("PATH"), "TEAM=b"}}
	o.Program = func(path string) ([]byte, error) { return p.Run(t.Context(), path) }
	return o
}

func makeExecutable(t *testing.T, paths ...string) {
	t.Helper()
	for _, path := range paths {
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

const listing = `#!/bin/sh
test "$1" = --list && test -d images || exit 9
cat <<END
{"java": {"images": ["web"], "vars": {"port": 8080, "team": "$TEAM"}, "children": ["apps"]},
 "nightly": ["api"],
 "apps": {"hosts": ["api"]},
 "_meta": {"imagevars": {"web": {"size": 1}}, "hostvars": {"api": {"size": 2}}}}
END
`

// groups are the members of every group.
func groups(inv *inventory.Inventory) map[string]string {
	all := map[string]string{}
	for _, g := range inv.Groups() {
		members, _ := inv.Group(g)
		all[g] = strings.Join(members, " ")
	}
	return all
}

// A program's groups join those of the files, in the order of the names; it
// runs in its own folder with the environment it is given.
func TestPrograms(t *testing.T) {
	dir := write(t, with("api web", map[string]string{
		"10-first.yml": "java: {vars: {port: 1}}", "50-upstream.sh": listing, "90-last.yml": "java: {vars: {team: last}}",
	}))
	makeExecutable(t, filepath.Join(dir, "50-upstream.sh"))
	inv, ds := inventory.Load(dir, programs(t, inventory.Options{}))
	if ds != nil {
		t.Fatal(ds)
	}
	if diff := cmp.Diff(map[string]string{"all": "api web", "apps": "api", "java": "api web", "nightly": "api"}, groups(inv)); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	for _, want := range []struct{ image, name, value, at string }{
		{"web", "port", "8080", "50-upstream.sh --list:1:47"}, {"web", "team", "last", "90-last.yml:1:21"}, {"web", "size", "1", "50-upstream.sh --list:4:42"}, {"api", "size", "2", "50-upstream.sh --list:4:76"},
	} {
		def, _ := inv.Image(want.image).Scope().Winner(want.name)
		if def.Value.Text() != want.value || def.Value.Pos().String() != filepath.Join(dir, want.at) {
			t.Errorf("%s of %s is %s at %s", want.name, want.image, def.Value.Text(), def.Value.Pos())
		}
	}
}

func TestMistakesOfPrograms(t *testing.T) {
	tests := []struct{ name, script, want, detail string }{
		{"exit code", "echo no network >&2; exit 3", "50-x.sh: error[program]: it exited with code 3", "It said:\nno network"},
		{"signal", "kill -9 $$", "50-x.sh: error[program]: it was ended by the signal killed", ""},
		{"nothing", "echo nothing to do >&2", "50-x.sh: error[program]: it printed nothing on its standard output (print {\"_meta\": {\"imagevars\": {}}} when there is nothing to tell)", "It said:\nnothing to do"},
		{"no JSON", `printf '{"a": ["web"],\n  "b": oops}'`, "50-x.sh --list:2:8: error[syntax]: what it printed is not JSON: invalid character 'o' looking for beginning of value (print JSON alone on the standard output, and everything else on the standard error)", ""},
		{"YAML", `echo 'a: 1'`, "50-x.sh --list:1:1: error[syntax]: what it printed is not JSON: invalid character 'a' looking for beginning of value (print JSON alone on the standard output, and everything else on the standard error)", ""},
		{"cut off", `printf '{"a": ['`, "50-x.sh --list:1:7: error[syntax]: what it printed is not JSON: unexpected end of JSON input (print JSON alone on the standard output, and everything else on the standard error)", ""},
		{"no _meta", `echo '{"a": ["web"]}'`, `50-x.sh --list:1:1: error[missing-key]: the key "_meta" is missing (print "_meta": {"imagevars": {…}} beside the groups: the program is asked once, not once for every image)`, ""},
		{"list", `echo '[]'`, `50-x.sh --list:1:1: error[wrong-type]: want a mapping of groups, found a list`, ""},
		{"unknown names", `echo '{"a": {"image": ["web"], "children": ["b"]}, "c": ["wbe"], "_meta": {"imagevars": {"ewb": {}}}}'`, "50-x.sh --list:1:8: error[unknown-key]: unknown key \"image\" (did you mean \"images\"?)\n50-x.sh --list:1:39: error[unknown-group]: there is no group \"b\" (define it, or take the name out)\n50-x.sh --list:1:52: error[unknown-image]: there is no image \"wbe\" (did you mean \"web\"?)\n50-x.sh --list:1:84: error[unknown-image]: there is no image \"ewb\" (did you mean \"web\"?)", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := write(t, with("web", map[string]string{"50-x.sh": "#!/bin/sh\n" + tt.script + "\n"}))
			makeExecutable(t, filepath.Join(dir, "50-x.sh"))
			_, ds := inventory.Load(dir, programs(t, inventory.Options{}))
			if diff := cmp.Diff(tt.want, strings.ReplaceAll(ds.Sorted().Error(), dir+"/", "")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if len(ds) == 0 || ds[0].Detail != tt.detail {
				t.Errorf("detail of %v, want %q", ds, tt.detail)
			}
		})
	}
}

func TestProgramsThatCannotRun(t *testing.T) {
	dir := write(t, with("web", map[string]string{"50-x.sh": "#!/no/such/shell\n"}))
	makeExecutable(t, filepath.Join(dir, "50-x.sh"))
	_, ds := inventory.Load(dir, inventory.Options{})
	if got, want := strings.ReplaceAll(ds.Error(), dir+"/", ""), "50-x.sh: error[bad-file]: programs that print groups are not run here (write what it prints into a .json file, or make it not executable)"; got != want {
		t.Errorf("got %s", got)
	}
	_, ds = inventory.Load(dir, programs(t, inventory.Options{}))
	if got, want := strings.ReplaceAll(ds.Error(), dir+"/", ""), "50-x.sh: error[program]: it could not be started: no such file or directory"; got != want {
		t.Errorf("got %s", got)
	}
}

// What a program started is killed with it, and a run that is stopped does not
// wait for it.
func TestProgramsThatHang(t *testing.T) {
	dir := write(t, map[string]string{"x.sh": "#!/bin/sh\necho $$ > pid\nsleep 1000 & echo $! >> pid\necho starting >&2\nwait\n"})
	path := filepath.Join(dir, "x.sh")
	makeExecutable(t, path)
	d, timeout := diag.List(nil), 300*time.Millisecond
	for ; t.Context().Err() == nil; timeout *= 2 { // until it was long enough for the program to begin
		_, err := inventory.Programs{Env: []string{"PATH=" + os.Getenv("PATH")}, Timeout: timeout}.Run(t.Context(), path)
		if d = diag.Of(err); len(d) != 1 || d[0].Detail != "" {
			break
		}
	}
	if len(d) != 1 || d[0].Summary != fmt.Sprintf("it did not finish within %v", timeout) || d[0].Detail != "It said:\nstarting" {
		t.Errorf("got %+v", d)
	}
	pids, err := os.ReadFile(filepath.Join(dir, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	for pid := range strings.FieldsSeq(string(pids)) {
		for tries := 0; stateOf(pid) != "" && stateOf(pid) != "Z"; tries++ { // a signal takes its time
			if tries > 1000 {
				t.Fatalf("the process %s is alive", pid)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (inventory.Programs{}).Run(stopped, path); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// stateOf returns the letter that /proc has for a process; "" when it is gone.
func stateOf(pid string) string {
	text, _ := os.ReadFile("/proc/" + pid + "/stat")
	_, rest, _ := strings.Cut(string(text), ") ")
	state, _, _ := strings.Cut(rest, " ")
	return state
}

func TestSeveralSources(t *testing.T) {
	first := write(t, with("web api", map[string]string{"images.yml": "java: {images: {web: }, vars: {v: first}}", "group_vars/all.yml": "a: first"}))
	second := write(t, with("db", map[string]string{"images.yml": "data: {images: {db: , api: }}\njava: {vars: {v: second}}", "group_vars/all.yml": "a: second", "image_vars/web.yml": "w: 1"}))
	files := write(t, map[string]string{"more.yml": "java: {vars: {v: file}}", "list": listing, "other": "", "hosts": "# ours\n[java:children]\napps\n", "tool": "#!/bin/sh\necho '{\"tools\": [\"db\"], \"_meta\": {}}'\n"})
	makeExecutable(t, filepath.Join(files, "tool"))
	inv, ds := inventory.Load(first, programs(t, inventory.Options{Sources: []string{second, filepath.Join(files, "more.yml"), filepath.Join(files, "tool"), "db,web,"}}))
	if ds != nil {
		t.Fatal(ds)
	}
	if diff := cmp.Diff(map[string]string{"all": "db web", "data": "api db", "java": "web", "tools": "db"}, groups(inv)); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	for name, want := range map[string]string{"v": "file", "a": "second", "w": "1"} {
		if def, _ := inv.Image("web").Scope().Winner(name); def.Value.Text() != want {
			t.Errorf("%s = %q, want %q", name, def.Value.Text(), want)
		}
	}
	_, ds = inventory.Load(first, inventory.Options{Sources: []string{"wbe,", filepath.Join(files, "other"), filepath.Join(files, "nope"), filepath.Join(files, "hosts"), first}})
	want := `--inventory: error[unknown-image]: there is no image "wbe" (did you mean "web"?)
I/images/api/Dockerfile: error[duplicate-image]: there are two images "api" (give one of them another name)
I/images/web/Dockerfile: error[duplicate-image]: there are two images "web" (give one of them another name)
F/hosts: error[bad-file]: this is an inventory in the form of INI, which is not read (write it as YAML: all: { children: { GROUP: { images: { NAME: } } } })
F/nope: error[no-inventory]: no such file or directory (name a folder, a file or a program with -i, or images joined by commas: web,api,)
F/other: error[bad-file]: this is neither YAML or JSON nor a program (let its name end in .yml, .yaml or .json, or make it executable)`
	if diff := cmp.Diff(want, strings.NewReplacer(first, "I", files, "F").Replace(ds.Sorted().Error())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A name in which nothing but the order of names decides is told, with both
// places.
func TestConflicts(t *testing.T) {
	tests := []struct {
		name   string
		files  map[string]string
		want   string
		detail string
	}{
		{
			"groups of equal depth",
			map[string]string{"images.yml": "a: {images: {web: , api: }, vars: {v: 1}}\nb: {images: {web: , api: }, vars: {v: 2}}"},
			`images.yml:2:39: warning[conflict]: the groups a and b are equally deep and disagree for api, web: v is "1" and "2" (write priority: 1 into the group that shall win)`, "a says so at images.yml:1:39. b wins, by its name alone.",
		},
		{
			"files of groups of equal depth",
			map[string]string{"images.yml": "a: {images: {web: }}\nb: {images: {web: }}", "group_vars/a.yml": "v: 1", "group_vars/b.yml": "v: [1]"},
			`group_vars/b.yml:1:4: warning[conflict]: the groups a and b are equally deep and disagree for web: v is "1" and a list (write priority: 1 into the group that shall win)`, "a says so at group_vars/a.yml:1:4. b wins, by its name alone.",
		},
		{
			"one key of labels",
			map[string]string{"images.yml": "a: {images: {web: }, vars: {labels: {x: 1, y: 1}}}\nb: {images: {web: }, vars: {labels: {x: 2, z: 1}}}"},
			`images.yml:2:41: warning[conflict]: the groups a and b are equally deep and disagree for web: labels.x is "1" and "2" (write priority: 1 into the group that shall win)`, "a says so at images.yml:1:41. b wins, by its name alone.",
		},
		{
			"two places of one image",
			map[string]string{"images.yml": "a: {images: {web: {v: 1}}}", "50-x.yml": "b: {images: {web: {v: 2}}}"},
			`images.yml:1:23: warning[conflict]: v is "1" for web here, and "2" in another place (keep one of them)`, "The other place is 50-x.yml:1:23. This one wins because it is read later.",
		},
		{"priority", map[string]string{"images.yml": "a: {images: {web: }, vars: {v: 1}, priority: 1}\nb: {images: {web: }, vars: {v: 2}}"}, "", ""},
		{"the same value", map[string]string{"images.yml": "a: {images: {web: }, vars: {v: 1}}\nb: {images: {web: }, vars: {v: 1}}"}, "", ""},
		{"a deeper group decides", map[string]string{"images.yml": "a: {images: {web: }, vars: {v: 1}}\nb: {images: {web: }, vars: {v: 2}, children: {c: {images: {web: }, vars: {v: 3}}}}"}, "", ""},
		{"the image decides", map[string]string{"images.yml": "a: {images: {web: {v: 3}}, vars: {v: 1}}\nb: {images: {web: }, vars: {v: 2}}"}, "", ""},
		{"a file decides", map[string]string{"images.yml": "a: {images: {web: {v: 1}}}\nb: {images: {web: {v: 2}}}", "image_vars/web.yml": "v: 3"}, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := write(t, with("web api", tt.files))
			inv, ds := inventory.Load(dir, inventory.Options{})
			if got := strings.ReplaceAll(ds.Error(), dir+"/", ""); got != tt.want || inv == nil {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if len(ds) == 1 && strings.ReplaceAll(ds[0].Detail, dir+"/", "") != tt.detail {
				t.Errorf("detail %q", ds[0].Detail)
			}
		})
	}
}

func TestPriorityDecides(t *testing.T) {
	inv := load(t, with("web", map[string]string{"images.yml": "a: {images: {web: }, vars: {v: 1}, priority: 1}\nb: {images: {web: }, vars: {v: 2}}"}), inventory.Options{})
	if def, _ := inv.Image("web").Scope().Winner("v"); def.Value.Text() != "1" {
		t.Errorf("%q wins", def.Value.Text())
	}
}

// A mistake in a variable of many is told once, with whose it is.
func TestWhoseMistakeItIs(t *testing.T) {
	dir := write(t, with("a b c", map[string]string{
		"images.yml": "all: {vars: {labels: {x: '{{ .team }}', y: '{{ .nope }}'}}}\ng: {images: {a: }, vars: {team: t}}", "images/c/image.yml": "labels: {z: '{{ .other }}'}",
	}))
	_, ds := inventory.Load(dir, inventory.Options{})
	var got []string
	for _, d := range ds.Sorted() {
		got = append(got, fmt.Sprintf("%s: %s %s", strings.TrimPrefix(d.Pos.String(), dir+"/"), d.Summary, d.Detail))
	}
	want := []string{
		"images.yml:1:30: undefined variable .team It is so for b, c.", "images.yml:1:48: undefined variable .nope ", "images/c/image.yml:1:17: undefined variable .other ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Groups that share children again and again are walked once.
func TestLadderOfGroups(t *testing.T) {
	var text strings.Builder
	for i := range 60 {
		fmt.Fprintf(&text, "a%d: {children: {a%d: , b%d: }}\nb%d: {children: {a%d: , b%d: }}\n", i, i+1, i+1, i, i+1, i+1)
	}
	text.WriteString("a60: {images: {web: }}\n")
	inv := load(t, with("web", map[string]string{"images.yml": text.String()}), inventory.Options{})
	if got := len(inv.GroupsOf("web")); got != 122 {
		t.Errorf("web is in %d groups", got)
	}
}

// Whatever a program prints, what is wrong with it has a place and words.
func FuzzListing(f *testing.F) {
	for _, seed := range []string{
		`{"a": ["web"], "_meta": {}}`, `{"a": {"hosts": ["web"], "children": ["a"], "vars": {"x": "{{ .y }}"}}, "_meta": {"hostvars": {"web": {"a": 1}}}}`, `{"_meta": []}`, `[]`, `{"all": {"images": {"web": 1}}}`,
	} {
		f.Add(seed)
	}
	dir := f.TempDir()
	for _, path := range []string{"images/web/Dockerfile", "50-x.sh"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(path)), 0o755); err != nil {
			f.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, path), []byte("#!/bin/false"), 0o755); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, ds := inventory.Load(dir, inventory.Options{Program: func(string) ([]byte, error) { return []byte(text), nil }})
		for _, d := range ds {
			if d.Pos.File == "" || d.Summary == "" {
				t.Errorf("a mistake without place or words: %+v", d)
			}
		}
	})
}
