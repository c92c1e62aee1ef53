package inventory_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/builder"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/sdk/diag"
)

// write makes the files of an inventory, named by their paths.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// with returns an inventory's files: Dockerfiles of the images and what else is
// given.
func with(images string, files map[string]string) map[string]string {
	all := map[string]string{}
	for name := range strings.FieldsSeq(images) {
		all["images/"+name+"/Dockerfile"] = "FROM scratch\n"
	}
	maps.Copy(all, files)
	return all
}

func load(t testing.TB, files map[string]string, o inventory.Options) *inventory.Inventory {
	t.Helper()
	inv, ds := inventory.Load(write(t, files), o)
	if ds != nil {
		t.Fatal(ds)
	}
	return inv
}

// mistakes loads an inventory and returns what is wrong with it, without the
// folder's own path.
func mistakes(t *testing.T, files map[string]string, o inventory.Options) string {
	t.Helper()
	dir := write(t, files)
	_, ds := inventory.Load(dir, o)
	return strings.ReplaceAll(strings.ReplaceAll(ds.Sorted().Error(), dir+"/", ""), dir, ".")
}

func extra(t *testing.T, text string) inventory.Options {
	t.Helper()
	n, ds := document.Parse("-e", []byte(text))
	if ds != nil {
		t.Fatal(ds)
	}
	return inventory.Options{Extra: []document.Node{n}}
}

func TestZeroConfiguration(t *testing.T) {
	inv := load(t, map[string]string{
		"images/web/Dockerfile":     "FROM scratch",
		"images/api/Containerfile":  "FROM scratch",
		"images/both/Containerfile": "FROM scratch",
		"images/both/Dockerfile":    "FROM scratch",
		"images/other/image.yml":    "strategy: flatten",
		"images/notes/README.md":    "no image",
		"images/.hidden/Dockerfile": "FROM scratch",
	}, inventory.Options{})
	var got []string
	for _, m := range inv.Images {
		got = append(got, fmt.Sprintf("%s %s %s %s local=%v", m.Name, filepath.Base(m.File), m.Repository, m.Strategy, m.Local()))
	}
	want := []string{
		"api Containerfile localhost/api dockerfile local=true",
		"both Containerfile localhost/both dockerfile local=true",
		"other image.yml localhost/other flatten local=true",
		"web Dockerfile localhost/web dockerfile local=true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestGroups(t *testing.T) {
	inv := load(t, with("a b c d", map[string]string{"images.yml": `
all:
  children:
    apps:
      images: {a: , b: }
      children:
        java: {hosts: {c: }}
    nightly: {images: {a: }}
`, "50-more.json": `{"java": {"images": {"d": null}}}`}), inventory.Options{})
	got := map[string][]string{}
	for _, g := range inv.Groups() {
		got[g], _ = inv.Group(g)
	}
	want := map[string][]string{
		"all": {"a", "b", "c", "d"}, "apps": {"a", "b", "c", "d"}, "java": {"c", "d"}, "nightly": {"a"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"all", "apps", "nightly"}, inv.GroupsOf("a")); diff != "" {
		t.Errorf("groups of a (-want +got):\n%s", diff)
	}
	if _, ok := inv.Group("nope"); ok || inv.Image("nope") != nil {
		t.Error("there is no nope")
	}
}

// Each step adds the next stronger definition; the last one must win.
func TestPrecedence(t *testing.T) {
	steps := []struct{ file, text string }{
		{"images.yml", "all: {vars: {v: all inline}, children: {parent: {children: {child: {images: {web: }}}}}}"},
		{"group_vars/all.yml", "v: all file"},
		{"play/group_vars/all.yml", "v: all beside the playbook"},
		{"90-z1.yml", "parent: {vars: {v: parent inline}}"},
		{"group_vars/parent.yml", "v: parent file"},
		{"play/group_vars/parent/x.yml", "v: parent beside the playbook"},
		{"90-z2.yml", "child: {vars: {v: child inline}}"},
		{"group_vars/child/a.yml", "v: child folder, first file"},
		{"group_vars/child/b.yml", "v: child folder, second file"},
		{"90-z3.yml", "child: {images: {web: {v: image inline}}}"},
		{"image_vars/web/a.json", `{"v": "image folder, first file"}`},
		{"image_vars/web/b", "v: image folder, second file"},
		{"play/image_vars/web.yaml", "v: image beside the playbook"},
		{"images/web/image.yml", "vars: {v: image.yml}"},
	}
	files := with("web", nil)
	for _, step := range steps {
		files[step.file] = step.text
		dir := write(t, files)
		inv, ds := inventory.Load(dir, inventory.Options{PlaybookDirs: []string{filepath.Join(dir, "play")}})
		if ds != nil {
			t.Fatal(ds)
		}
		winner, _ := inv.Image("web").Scope().Winner("v")
		if !strings.Contains(step.text, winner.Value.Text()) {
			t.Errorf("after %s: %q wins", step.file, winner.Value.Text())
		}
	}
	inv := load(t, files, extra(t, "v: extra"))
	if winner, _ := inv.Image("web").Scope().Winner("v"); winner.Value.Text() != "extra" {
		t.Errorf("with -e: %q wins", winner.Value.Text())
	}
}

func TestImageFile(t *testing.T) {
	inv := load(t, with("web", map[string]string{
		"images.yml": `
all:
  vars: {version: 1.10, heap: 2GiB, args: {JAVA: 17, DEBUG: false}, labels: {team: a, title: "{{ .image.name }}"}}
  children: {apps: {images: {web: }, vars: {args: {JAVA: 21}, labels: {team: b}}}}`,
		"images/web/image.yml": `
strategy: dockerfile
config: {target: "{{ .image.name }}", n: 3}
args: {V: "{{ .version }}"}
labels: {repository: "{{ .image.repository }}"}
tags: ["{{ .version }}", "v{{ .version }}"]
platforms: [linux/amd64, linux/arm64]
isolation: oci
epoch: 100
timeout: 5m
resources: {memory: "{{ .heap }}", cpus: 500m}
gate: {require: "@smoke", min_scenarios: 2, platforms: linux/arm64}
`,
	}), extra(t, "{registry: quay.io, namespace: acme}"))
	m := inv.Image("web")
	got := map[string]any{
		"repository": m.Repository, "config": string(m.Config), "args": m.Args, "labels": m.Labels, "tags": m.Tags,
		"platforms": m.Platforms, "isolation": m.Isolation, "epoch": m.Epoch, "timeout": m.Timeout, "gate": m.Gate, "resources": m.Resources,
	}
	want := map[string]any{
		"repository": "quay.io/acme/web", "config": `{"n":3,"target":"web"}`,
		"args":   map[string]string{"JAVA": "21", "DEBUG": "false", "V": "1.10"},
		"labels": map[string]string{"team": "b", "title": "web", "repository": "quay.io/acme/web"},
		"tags":   []string{"1.10", "v1.10"}, "platforms": []string{"linux/amd64", "linux/arm64"}, "isolation": "oci", "epoch": int64(100), "timeout": 5 * time.Minute,
		"gate": inventory.Gate{Require: []string{"@smoke"}, MinScenarios: 2, Platforms: []string{"linux/arm64"}}, "resources": builder.Resources{Memory: 2 << 30, CPUs: 500},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := m.ConfigPos("/n").String(); !strings.HasSuffix(got, "images/web/image.yml:3:42") {
		t.Errorf("/n of the config stands at %s", got)
	}
}

func TestRepository(t *testing.T) {
	tests := []struct {
		name, vars, image, want string
		local, embedded         bool
	}{
		{"none", "{}", "", "localhost/web", true, false},
		{"registry alone", "registry: quay.io", "", "quay.io/web", false, false},
		{"both", "{registry: 'localhost:5000', namespace: acme/sub}", "", "localhost:5000/acme/sub/web", false, false},
		{"embedded", "registry: embedded", "", "localhost/library/web", false, true},
		{"embedded with a namespace", "{registry: embedded, namespace: acme}", "", "localhost/acme/web", false, true},
		{"from other variables", "{host: quay.io, registry: '{{ .host }}', namespace: acme}", "", "quay.io/acme/web", false, false},
		{"of its own", "registry: quay.io", "repository: '{{ .registry }}/other/{{ .image.name }}-x'", "quay.io/other/web-x", false, false},
		{"made whole", "{}", "repository: acme/web", "docker.io/acme/web", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inv := load(t, with("web", map[string]string{"group_vars/all.yml": tt.vars, "images/web/image.yml": tt.image}), inventory.Options{})
			m := inv.Image("web")
			if m.Repository != tt.want || m.Local() != tt.local || inv.Embedded() != tt.embedded {
				t.Errorf("got %s local=%v embedded=%v", m.Repository, m.Local(), inv.Embedded())
			}
		})
	}
}

func TestData(t *testing.T) {
	inv := load(t, with("api web", map[string]string{"images.yml": "all: {children: {apps: {images: {web: }}}}"}), extra(t, "{registry: quay.io}"))
	n := document.Of(`{{ .image.repository }} {{ .image.groups | join "," }} {{ .groups.apps | join "," }} {{ .images | join "," }}`, diag.Pos{})
	got, ds := inv.Data(inv.Image("web")).Expand(n)
	if ds != nil {
		t.Fatal(ds)
	}
	if want := "quay.io/web all,apps web api,web"; got.Text() != want {
		t.Errorf("got %q, want %q", got.Text(), want)
	}
}

func TestMistakesOfFolders(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		extra string
		want  string
	}{
		{"no images", map[string]string{"README.md": ""}, "", `.: error[no-images]: there are no images here: nothing matches images/*/Dockerfile, images/*/Containerfile or images/*/image.yml (make images/<name>/Dockerfile, or name another directory with -i DIR)`},
		{"name of an image", with("Web", nil), "", `images/Web: error[bad-name]: "Web" cannot be the name of an image (use lower-case letters, digits, '.', '_' and '-', and begin with a letter or digit)`},
		{"image.yaml", with("web", map[string]string{"images/web/image.yaml": ""}), "", `images/web/image.yaml: error[bad-file]: nobody reads image.yaml (call it image.yml)`},
		{"variables of nobody", with("web", map[string]string{"group_vars/al.yml": "a: 1", "image_vars/wbe.yml": "a: 1"}), "", "group_vars/al.yml: error[unknown-group]: there is no group \"al\", so nobody would read these variables (did you mean \"all\"?)\nimage_vars/wbe.yml: error[unknown-image]: there is no image \"wbe\", so nobody would read these variables (did you mean \"web\"?)"},
		{"extra that is no variable", with("web", nil), "{my-var: 1, image: x}", "-e:1:2: error[variable-name]: \"my-var\" cannot be the name of a variable: templates could not say .my-var (use letters, digits and '_', and begin with a letter)\n-e:1:13: error[reserved-name]: \"image\" is set by slipway and cannot be a variable (choose another name)"},
		{"extra that is a list", with("web", nil), "[a]", `-e:1:1: error[wrong-type]: want a mapping of variables, found a list`},
		{"one repository for two", with("a b", map[string]string{"images/a/image.yml": "repository: quay.io/x", "images/b/image.yml": "repository: quay.io/x"}), "", `images/b/Dockerfile: error[duplicate-repository]: a and b have the same repository, quay.io/x (give one of them a repository of its own in its image.yml)`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := inventory.Options{}
			if tt.extra != "" {
				o = extra(t, tt.extra)
			}
			if diff := cmp.Diff(tt.want, mistakes(t, tt.files, o)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestNoInventory(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(dir, "nope"): ": error[no-inventory]: there is no such directory (name a directory that holds images/<name>/Dockerfile, with -i DIR)",
		file:                       ": error[no-inventory]: this is not a directory (name a directory that holds images/<name>/Dockerfile, with -i DIR)",
	} {
		_, ds := inventory.Load(path, inventory.Options{})
		if got := ds.Error(); got != path+want {
			t.Errorf("got %s", got)
		}
	}
}

// Every guilty line of a fixture ends in "# ERROR: what is told of it"; nothing
// else may be told.
func TestMistakesInFiles(t *testing.T) {
	fixtures, err := filepath.Glob("testdata/*.yml")
	if err != nil || len(fixtures) == 0 {
		t.Fatal(err, "no fixtures")
	}
	for _, fixture := range fixtures {
		src, err := os.ReadFile(fixture)
		if err != nil {
			t.Fatal(err)
		}
		// "image-x.yml" is the image.yml of web, all else images.yml.
		at := "images.yml"
		if strings.HasPrefix(filepath.Base(fixture), "image-") {
			at = "images/web/image.yml"
		}
		t.Run(filepath.Base(fixture), func(t *testing.T) {
			dir := write(t, with("web api", map[string]string{at: string(src)}))
			_, ds := inventory.Load(dir, inventory.Options{})
			var got []string
			for _, d := range ds.Sorted() {
				got = append(got, fmt.Sprintf("%d: %s", d.Pos.Line, strings.TrimSuffix(d.Summary+" ("+d.Fix+")", " ()")))
			}
			if diff := cmp.Diff(expected(string(src)), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func expected(src string) []string {
	var want []string
	for i, line := range slices.Collect(strings.SplitSeq(src, "\n")) {
		if _, text, ok := strings.Cut(line, "# ERROR: "); ok {
			for one := range strings.SplitSeq(text, " # AND: ") {
				want = append(want, fmt.Sprintf("%d: %s", i+1, one))
			}
		}
	}
	return want
}

// What Ansible would read is told of, for nobody reads it here.
func TestLeftoversOfAnsible(t *testing.T) {
	dir := write(t, with("web", map[string]string{"hosts": "[web]\nweb01\n", "host_vars/web.yml": "a: 1\n"}))
	inv, found := inventory.Load(dir, inventory.Options{})
	want := "D/host_vars: warning[not-read]: host_vars is Ansible's, and is not read (call it image_vars: its files are named after images)\n" +
		"D/hosts: warning[not-read]: hosts is Ansible's, and is not read (write the groups to images.yml, as YAML, with images: for hosts:)"
	if diff := cmp.Diff(want, strings.ReplaceAll(found.Error(), dir, "D")); diff != "" || inv.Image("web") == nil {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A checkout has files of its own beside images/: they are nobody's groups.
func TestOtherFilesAreNotGroups(t *testing.T) {
	dir := write(t, with("web", map[string]string{
		"50-x.sh.orig": "#!/bin/sh\nexit 1\n", "50-x.sh~": "#!/bin/sh\nexit 1\n", "group_vars/all.yml.orig": "[1]", "image_vars/.web.yml.swp": "[1]",
		"compose.yml": "services: {web: {image: web}}\n", "site.yml": "- images: all\n", "build.sh": "#!/bin/sh\n", "package.json": "[1]\n",
	}))
	makeExecutable(t, filepath.Join(dir, "build.sh"), filepath.Join(dir, "50-x.sh.orig"), filepath.Join(dir, "50-x.sh~"))
	inv, found := inventory.Load(dir, inventory.Options{})
	if found != nil {
		t.Fatal(found)
	}
	if diff := cmp.Diff([]string{"all"}, inv.Groups()); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
}
