package action_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/registry/registrytest"
	"github.com/slipway-build/slipway/core/source"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A shelf is local storage that keeps images as layouts in folders.
type shelf struct {
	t       *testing.T
	mu      sync.Mutex
	layouts map[string]string // image ID → source for containers/image
}

func (s *shelf) Has(id string) bool { s.mu.Lock(); defer s.mu.Unlock(); return s.layouts[id] != "" }

func (s *shelf) Storage() strategy.Storage {
	return strategy.Storage{Driver: "vfs", Root: "/r", RunRoot: "/rr"}
}

// put keeps an image for a platform that holds content and returns its ID.
func (s *shelf) put(platform, content string) string {
	dir := s.t.TempDir()
	blob := func(mediaType string, v any) ocispec.Descriptor {
		b, err := json.Marshal(v)
		d := digest.FromBytes(b)
		path := filepath.Join(dir, "blobs/sha256", d.Encoded())
		if err := errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, b, 0o644)); err != nil {
			s.t.Fatal(err)
		}
		return ocispec.Descriptor{MediaType: mediaType, Digest: d, Size: int64(len(b))}
	}
	config := blob(ocispec.MediaTypeImageConfig, ocispec.Image{
		Platform: ocispec.Platform{OS: "linux", Architecture: filepath.Base(platform)}, Author: content, RootFS: ocispec.RootFS{Type: "layers", DiffIDs: []digest.Digest{}},
	})
	m := blob(ocispec.MediaTypeImageManifest, ocispec.Manifest{
		Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest, Config: config, Layers: []ocispec.Descriptor{},
	})
	m.Annotations = map[string]string{ocispec.AnnotationRefName: "it"}
	index, _ := json.Marshal(ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, Manifests: []ocispec.Descriptor{m}})
	if err := errors.Join(os.WriteFile(filepath.Join(dir, "index.json"), index, 0o644), os.WriteFile(filepath.Join(dir, "oci-layout"), []byte(`{"imageLayoutVersion":"1.0.0"}`), 0o644)); err != nil {
		s.t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.layouts[config.Digest.String()] = "oci:" + dir + ":it"
	return config.Digest.String()
}

// A fetcher is the real client, which finds what is pushed on the shelf.
type fetcher struct {
	*registry.Client
	shelf *shelf
}

func (f fetcher) Push(ctx context.Context, source, target string, o registry.PushOptions) (registry.Manifest, error) {
	f.shelf.mu.Lock()
	layout := f.shelf.layouts["sha256:"+source[strings.LastIndexByte(source, '@')+1:]]
	f.shelf.mu.Unlock()
	return f.Client.Push(ctx, layout, target, o)
}

// Pull puts what the registry holds on the shelf.
func (f fetcher) Pull(ctx context.Context, ref, _ string, _ registry.PullOptions) (string, error) {
	m, err := f.Resolve(ctx, ref)
	if err != nil {
		return "", err
	}
	f.shelf.mu.Lock()
	defer f.shelf.mu.Unlock()
	f.shelf.layouts[m.ImageID] = "docker://" + ref
	return m.ImageID, nil
}

// A memory remembers builds.
type memory struct {
	mu   sync.Mutex
	byID map[string]ledger.Build
}

func (m *memory) Built(key string) (ledger.Build, bool, error) { return m.get(key) }

func (m *memory) Last(image, platform string) (ledger.Build, bool, error) {
	return m.get(image + platform)
}

func (m *memory) get(k string) (ledger.Build, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.byID[k]
	return b, ok, nil
}

func (m *memory) Remember(_ context.Context, b ledger.Build) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.byID[b.Key], m.byID[b.Image+b.Platform] = b, b
	return nil
}

// A yard is everything that a run of the actions needs: base ← web, in a
// registry of its own.
type yard struct {
	t        *testing.T
	server   *registrytest.Server
	dir      string
	inv      *inventory.Inventory
	shelf    *shelf
	memory   *memory
	registry fetcher
	decider  *decide.Decider
	spaces   *source.Workspaces // of images that have sources; nil: none has
	warnings diag.List
	built    []string // images whose strategy ran, in order
	during   func()   // called while a strategy runs
	url      string   // a remote file that goes into base; "": none
	etag     string   // its version
	volatile string   // why no build of base may be used again
	blind    bool     // a build is for one platform, whatever is asked for
	salt     string   // what a build of base comes out with beside its Dockerfile
}

// content of a build is the Dockerfile without comments, as a stand-in for what
// a real one makes, so that a comment changes the key but not the image.
func content(file string) string {
	var kept []string
	for line := range strings.Lines(file) {
		if !strings.HasPrefix(line, "#") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

func newYard(t *testing.T) *yard {
	y := &yard{t: t, server: registrytest.New(t), dir: t.TempDir(), shelf: &shelf{t: t, layouts: map[string]string{}}, memory: &memory{byID: map[string]ledger.Build{}}}
	y.write("base", "one\n")
	y.write("web", "two\n")
	if err := os.WriteFile(filepath.Join(y.dir, "images.yml"), []byte("all: {vars: {registry: '"+y.server.Addr+"', namespace: acme}}"), 0o644); err != nil {
		t.Fatal(err)
	}
	y.fresh()
	return y
}

func (y *yard) write(image, text string) {
	path := filepath.Join(y.dir, "images", image, "Dockerfile")
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
		y.t.Fatal(err)
	}
}

// fresh begins another run, with what is on the shelf and remembered.
func (y *yard) fresh() {
	y.t.Helper()
	inv, ds := inventory.Load(y.dir, inventory.Options{})
	if ds != nil {
		y.t.Fatal(ds)
	}
	family, ds, err := plan.Relate(y.t.Context(), inv.Images, func(_ context.Context, m *inventory.Image, platform string) (strategy.PlanResponse, error) {
		answer := strategy.PlanResponse{Inputs: []strategy.Input{{Path: "Dockerfile"}, {Path: filepath.Base(platform)}}}
		if m.Name == "base" && y.url != "" {
			answer.Inputs = append(answer.Inputs, strategy.Input{URL: y.url})
		}
		if m.Name == "base" {
			answer.Volatile = y.volatile
		}
		if m.Name == "web" {
			answer.Images = []strategy.ImageInput{{Reference: y.server.Addr + "/acme/base", Kind: strategy.Base, File: "Dockerfile", Line: 1}}
		}
		return answer, nil
	})
	memo, err2 := buildkey.OpenMemo(filepath.Join(y.t.TempDir(), "memo"))
	if ds != nil || errors.Join(err, err2) != nil {
		y.t.Fatal(ds, err, err2)
	}
	y.inv, y.built, y.warnings = inv, nil, nil
	y.registry = fetcher{registry.New(registry.Options{Retries: -1, CacheDir: y.t.TempDir()}), y.shelf}
	y.decider = &decide.Decider{
		Bases:  decide.Bases{Seen: ledger.RecallSightings(y.t.TempDir())},
		Family: family, Products: new(decide.Products), Store: y.shelf, Memory: y.memory, Memo: memo,
		Registry: y.registry,
		Describe: func(_ context.Context, name string) (strategy.DescribeResponse, error) {
			return strategy.DescribeResponse{Name: name, Version: "1"}, nil
		},
		Identity: func(string) (string, error) { return "", nil },
		ETag:     func(context.Context, string) (string, error) { return y.etag, nil },
		Warn:     func(d diag.Diagnostic) { y.warnings.Add(d) },
	}
}

// A process builds what the Dockerfile says.
type process struct {
	strategy.Unimplemented
	yard *yard
}

func (process) Close(context.Context) error { return nil }

func (p process) Build(_ context.Context, r strategy.BuildRequest, events strategy.Events) error {
	p.yard.built = append(p.yard.built, r.Target.Image+" "+r.Target.Platform)
	file, err := os.ReadFile(filepath.Join(r.Dirs.Workspace, "Dockerfile"))
	if err != nil {
		return err
	}
	if p.yard.during != nil {
		p.yard.during()
	}
	own, _ := os.ReadFile(filepath.Join(r.Dirs.Workspace, filepath.Base(r.Target.Platform))) // a file that only this platform has
	text := content(string(file)) + content(string(own))
	if r.Target.Image == "base" {
		text += p.yard.salt
	}
	for _, base := range r.Bases {
		text += base.ImageID
	}
	platform := r.Target.Platform
	if p.yard.blind {
		platform = "linux/amd64"
	}
	id := p.yard.shelf.put(platform, text)
	return events.Send(strategy.Completed{Outcome: strategy.OK, Image: &strategy.Image{Reference: p.yard.shelf.Storage().Reference(id), ID: id}})
}

type silent struct{}

func (silent) Emit(event.Event) {}

func (y *yard) step(image, args string) engine.Step {
	n, ds := document.Parse("args", []byte(args))
	if ds != nil {
		y.t.Fatal(ds)
	}
	return engine.Step{Image: y.inv.Image(image), Args: n, Log: io.Discard, Events: silent{}}
}

func (y *yard) build(image string) (engine.Result, error) {
	b := &action.Build{
		Secrets: func(context.Context, *inventory.Image) (map[string][]byte, error) { return nil, nil },
		Decider: y.decider, Registry: y.registry, Memory: y.memory, Workspaces: y.spaces, RunID: "r1",
		Open: func(context.Context, string) (action.Process, error) { return process{yard: y}, nil },
		Dirs: func(string) (strategy.Dirs, func(), error) { return strategy.Dirs{}, func() {}, nil },
	}
	return b.Run(y.t.Context(), y.step(image, ""))
}

// must fails the test unless the result's verb is verb.
func (y *yard) must(verb string) func(engine.Result, error) engine.Result {
	y.t.Helper()
	return func(r engine.Result, err error) engine.Result {
		y.t.Helper()
		if err != nil || r.Verb != verb {
			y.t.Fatalf("got %q, %v; want %q", r.Verb, err, verb)
		}
		return r
	}
}

func TestReuseByMemory(t *testing.T) {
	y := newYard(t)
	first := y.must("built")(y.build("base"))
	y.fresh()
	if again := y.must("reused")(y.build("base")); again.Digest != first.Digest || again.Changed || y.built != nil {
		t.Errorf("%+v, built %v", again, y.built)
	}
	y.write("base", "other\n")
	y.fresh()
	if r := y.must("built")(y.build("base")); r.Detail != "Dockerfile changed" {
		t.Errorf("because %q", r.Detail)
	}
}

func TestReuseByRegistry(t *testing.T) {
	y := newYard(t)
	y.must("built")(y.build("base"))
	y.must("pushed")(y.push("base", "test"))
	y.memory.byID, y.shelf.layouts = map[string]ledger.Build{}, map[string]string{}
	y.fresh()
	y.server.Reset()
	y.must("reused")(y.build("base"))
	if n := y.server.Count(registrytest.Request.IsManifest); n != 1 || y.server.Count(registrytest.Request.IsBlob) != 0 {
		t.Errorf("asked %v", y.server.Requests())
	}
}

func TestRegistryDownIsNotUnchanged(t *testing.T) {
	y := newYard(t)
	y.server.Fail(func(*http.Request) (int, bool) { return http.StatusServiceUnavailable, false })
	y.must("built")(y.build("base"))
	if len(y.warnings) != 1 || y.warnings[0].Code != "registry-unknown" || !strings.HasPrefix(y.warnings[0].Summary, "cannot tell whether base was built before: ") {
		t.Errorf("warned %v", y.warnings)
	}
	if _, err := y.push("base", "test"); !isUnreachable(err) {
		t.Errorf("push: %v", err)
	}
}

func isUnreachable(err error) bool { _, ok := errors.AsType[*engine.UnreachableError](err); return ok }

// A parent that is rebuilt to the same content leaves its child alone.
func TestChildFollowsItsParentsContent(t *testing.T) {
	y := newYard(t)
	y.must("built")(y.build("base"))
	y.must("built")(y.build("web"))
	y.write("base", "one\n# a remark\n")
	y.fresh()
	y.must("built")(y.build("base"))
	y.must("reused")(y.build("web"))
	y.write("base", "1\n")
	y.fresh()
	y.must("built")(y.build("base"))
	y.must("built")(y.build("web"))
}

func TestChangedWhileBuilding(t *testing.T) {
	y := newYard(t)
	y.during = func() { y.write("base", "edited\n") }
	if _, err := y.build("base"); fmt.Sprint(err) != "Dockerfile changed while building: build it again" {
		t.Errorf("got %v", err)
	}
	if len(y.memory.byID) != 0 {
		t.Errorf("remembered %v", y.memory.byID)
	}
}

// A remote file is asked for again after the build, too.
func TestRemoteFileChangedWhileBuilding(t *testing.T) {
	y := newYard(t)
	y.url, y.etag = "https://files.test/archive", `"first"`
	y.fresh()
	y.during = func() { y.etag = `"second"` }
	if _, err := y.build("base"); fmt.Sprint(err) != "https://files.test/archive changed while building: build it again" {
		t.Errorf("got %v", err)
	}
	if len(y.memory.byID) != 0 {
		t.Errorf("remembered %v", y.memory.byID)
	}
	y.during = nil
	y.fresh()
	y.must("built")(y.build("base"))
}

func TestParentThatIsNotSelected(t *testing.T) {
	y := newYard(t)
	_, err := y.build("web")
	repo := y.server.Addr + "/acme/base"
	file := filepath.Join(y.dir, "images/base/Dockerfile")
	want := file + ": error[parent-missing]: base is not selected, and neither its current build nor " + repo + ":latest is there (select it as well, for example with -l '+base')"
	if fmt.Sprint(err) != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	y.must("built")(y.build("base"))
	old := y.must("pushed")(y.push("base", "latest"))
	y.write("base", "newer\n")
	y.fresh()
	y.must("built")(y.build("web"))
	if web, _ := y.decider.Products.Get("web"); web.Base().Digest != old.Digest {
		t.Errorf("%+v stands in, want %s", web.Base(), old.Digest)
	}
	if got, want := y.warnings.Error(), file+": warning[parent-outdated]: base is not selected and its current build is not there: "+repo+":latest stands for it"; got != want {
		t.Errorf("got %s", got)
	}
}
