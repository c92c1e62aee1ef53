package action_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/registry"
)

// A wharf is the action rewrite_refs over two images, of which this run pushed
// one, and the other has a tag in the registry.
type wharf struct {
	*fleet
	action *action.RewriteRefs
}

func newWharf(t *testing.T) wharf {
	t.Helper()
	f := newFleet(t, "api", "web")
	f.decider.Products.Put("web", decide.Product{Manifest: &registry.Manifest{Digest: "sha256:" + ones}})
	f.tags["registry.test/api:latest"] = registry.Manifest{Digest: "sha256:" + twos}
	w := wharf{f, &action.RewriteRefs{Decider: f.decider, Dir: t.TempDir()}}
	w.put(t, "a.yml", "web: {image: registry.test/web:1} # kept\napi: {image: registry.test/api}\n")
	return w
}

const (
	ones = "1111111111111111111111111111111111111111111111111111111111111111"
	twos = "2222222222222222222222222222222222222222222222222222222222222222"
)

func (w wharf) put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(w.action.Dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (w wharf) read(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(w.action.Dir, "a.yml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// run rewrites for some images.
func (w wharf) run(t *testing.T, args string, check bool, lost []string, images ...string) []engine.Ending {
	t.Helper()
	n, ds := document.Parse("p.yml", []byte(args))
	if ds != nil {
		t.Fatal(ds)
	}
	var steps []engine.Step
	for _, name := range images {
		steps = append(steps, engine.Step{Image: w.decider.Family.Node(name).Image, Args: n, Check: check, Diff: true})
	}
	return w.action.RunTogether(t.Context(), steps, lost)
}

func TestRewriteRefs(t *testing.T) {
	w := newWharf(t)
	file := filepath.Join(w.action.Dir, "a.yml")
	before := w.read(t)
	after := "web: {image: registry.test/web:latest@sha256:" + ones + "} # kept\napi: {image: registry.test/api:latest@sha256:" + twos + "}\n"
	web := map[string]any{
		"file": file, "line": 1, "object": "", "path": "web.image",
		"old": "registry.test/web:1", "new": "registry.test/web:latest@sha256:" + ones,
	}
	want := []engine.Ending{{Result: engine.Result{
		Changed: true, Verb: "rewrite", Detail: "1 value in 1 file",
		Diff:   []event.Diff{{Path: file, Before: before, After: after}},
		Values: map[string]any{"references": []any{web}, "files": []any{file}},
	}}}
	got := w.run(t, "{dir: .}", true, nil, "web", "api")
	if diff := cmp.Diff(want, got[:1]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got[1].Result.Diff != nil || !got[1].Result.Changed {
		t.Errorf("the same file is shown twice: %+v", got[1].Result)
	}
	if w.read(t) != before {
		t.Error("a check has changed the file")
	}
	want[0].Result.Verb = "rewrote"
	if diff := cmp.Diff(want, w.run(t, "{files: ['*.yml']}", false, nil, "web", "api")[:1]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(after, w.read(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	again := w.run(t, "{dir: .}", false, nil, "web", "api")
	if r := again[0].Result; r.Changed || r.Verb != "there" || again[0].Err != nil {
		t.Errorf("the second time it answers %+v, %v", r, again[0].Err)
	}
}

func TestRewriteRefsOfSome(t *testing.T) {
	w := newWharf(t)
	ends := w.run(t, "{dir: ., images: [api], form: repo@digest}", false, nil, "web", "api")
	if !ends[0].Result.Skipped || !ends[1].Result.Changed {
		t.Errorf("%+v", ends)
	}
	want := "web: {image: registry.test/web:1} # kept\napi: {image: registry.test/api@sha256:" + twos + "}\n"
	if diff := cmp.Diff(want, w.read(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, known := w.action.Decider.Products.Get("api"); known {
		t.Error("what was only looked up has become the run's candidate")
	}
}

func TestRewriteRefsMistakes(t *testing.T) {
	down := errors.New("down")
	tests := []struct {
		name, args string
		lost       []string
		change     func(w wharf)
		want       string
	}{
		{"a set that is not whole", "{dir: ., set: nightly}", []string{"base"}, nil, "the set nightly moves together or not at all, and base did not get here"},
		{"an image that there is not", "{dir: ., images: [wbe]}", nil, nil, `p.yml:1:19: error[unknown-image]: there is no image "wbe" (did you mean "web"?)`},
		{"a tag that there is not", "{dir: ., tag: v2}", nil, nil, "registry.test/api:v2 does not exist; push it first, or name another tag"},
		{"no file", "{files: ['*.json']}", nil, nil, `p.yml:1:10: error[no-file]: no file matches "*.json" (name a file or a pattern; relative ones start in DIR)`},
		{"nothing of ours", "{dir: ., form: 'repo:tag'}", nil, func(w wharf) { w.put(t, "a.yml", "image: x\n") }, "nothing in 1 file refers to registry.test/web, registry.test/api"},
		{"not pushed", "{dir: .}", nil, func(w wharf) { w.action.Decider.Products.Put("web", decide.Product{Built: true}) }, "web was built and not pushed, so that no registry knows a digest of it; push it first"},
		{"a registry that is down", "{dir: .}", nil, func(w wharf) { w.broken = down }, "down"},
		{"a mistake in one of the files", "{dir: ., form: 'repo:tag'}", nil, func(w wharf) { w.put(t, "b.yml", "a: 1 # {\"$slipway\": \"wbe\"}\n") }, `DIR/b.yml:1:6: error[bad-marker]: there is no image "wbe" (did you mean "web"?)`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWharf(t)
			if tt.change != nil {
				tt.change(w)
			}
			before := w.read(t)
			ends := w.run(t, tt.args, false, tt.lost, "web", "api")
			for _, e := range ends {
				if e.Err == nil || strings.ReplaceAll(e.Err.Error(), w.action.Dir, "DIR") != tt.want {
					t.Errorf("the error is %v\nwant         %s", e.Err, tt.want)
				}
			}
			if w.read(t) != before {
				t.Error("a file was changed all the same")
			}
		})
	}
}

// A file keeps its mode and owner, and a link to it stays one.
func TestRewriteRefsKeepsTheFile(t *testing.T) {
	w := newWharf(t)
	folder := filepath.Join(w.action.Dir, "real")
	link := filepath.Join(w.action.Dir, "a.yml")
	err := errors.Join(os.Mkdir(folder, 0o755), os.Rename(link, filepath.Join(folder, "b")), os.Symlink("real/b", link), os.Chmod(filepath.Join(folder, "b"), 0o640))
	if os.Geteuid() == 0 {
		err = errors.Join(err, os.Chown(filepath.Join(folder, "b"), 1234, 4321))
	}
	if err != nil {
		t.Fatal(err)
	}
	if ends := w.run(t, "{dir: .}", false, nil, "web", "api"); ends[0].Err != nil || !ends[0].Result.Changed {
		t.Fatal(ends)
	}
	if to, err := os.Readlink(link); err != nil || to != "real/b" {
		t.Errorf("the link leads to %q, %v", to, err)
	}
	info, err := os.Stat(link)
	if err != nil || info.Mode() != 0o640 {
		t.Errorf("the file is %v, %v", info.Mode(), err)
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok && os.Geteuid() == 0 && (owner.Uid != 1234 || owner.Gid != 4321) {
		t.Errorf("the file belongs to %d:%d", owner.Uid, owner.Gid)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 1 {
		t.Errorf("beside it is %v, %v", left, err)
	}
}
