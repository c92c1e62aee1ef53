package dockerfile_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/containers/storage"

	"github.com/slipway-build/slipway/plugins/dockerfile"
	"github.com/slipway-build/slipway/sdk/strategy"
)

func TestMain(m *testing.M) {
	if dockerfile.Reexec() {
		return
	}
	if os.Getenv(serveVariable) != "" {
		serve()
	}
	if request := os.Getenv(buildVariable); request != "" {
		os.Exit(buildFor(request))
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "slipway-helper")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	helperPath = filepath.Join(dir, "helper")
	return m.Run()
}

// helperPath is the program that RUN steps run; it is compiled once.
var (
	helperPath string
	helperOnce sync.Once
)

func helper(t testing.TB) []byte {
	t.Helper()
	helperOnce.Do(func() {
		if path := os.Getenv(helperVariable); path != "" {
			helperPath = path
			return
		}
		cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", helperPath, "./testdata/helper")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("compiling the helper: %v\n%s", err, out)
		}
	})
	content, err := os.ReadFile(helperPath)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// A yard is where a test builds: a storage and a cache.
type yard struct {
	storage strategy.Storage
	cache   string
}

// fastest is overlay where it works, else vfs, which copies every layer whole.
const fastest = ""

// newYard makes a storage that is taken down with the test.
func newYard(t testing.TB, driver string) yard {
	t.Helper()
	needPrivileges(t)
	if driver == fastest {
		driver = fastestHere()
	}
	dir := t.TempDir()
	y := yard{
		storage: strategy.Storage{Driver: driver, Root: filepath.Join(dir, "root"), RunRoot: filepath.Join(dir, "run")},
		cache:   filepath.Join(dir, "cache"),
	}
	if err := os.Mkdir(y.cache, 0o700); err != nil {
		t.Fatal(err)
	}
	store, err := storage.GetStore(storage.StoreOptions{GraphDriverName: driver, GraphRoot: y.storage.Root, RunRoot: y.storage.RunRoot})
	if err != nil {
		t.Skipf("no %s storage here: %v", driver, err)
	}
	t.Cleanup(func() {
		if _, err := store.Shutdown(true); err != nil {
			t.Errorf("closing the storage: %v", err)
		}
	})
	return y
}

// fastestHere is found once: making a storage tells whether overlay works.
var fastestHere = sync.OnceValue(func() string {
	dir, err := os.MkdirTemp("", "slipway-overlay")
	if err != nil {
		return "vfs"
	}
	defer os.RemoveAll(dir)
	store, err := storage.GetStore(storage.StoreOptions{GraphDriverName: "overlay", GraphRoot: filepath.Join(dir, "root"), RunRoot: filepath.Join(dir, "run")})
	if err != nil {
		return "vfs"
	}
	if _, err := store.Shutdown(true); err != nil {
		return "vfs"
	}
	return "overlay"
})

// store opens the storage of y.
func (y yard) store(t *testing.T) storage.Store {
	t.Helper()
	store, err := storage.GetStore(storage.StoreOptions{GraphDriverName: y.storage.Driver, GraphRoot: y.storage.Root, RunRoot: y.storage.RunRoot})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// needPrivileges skips a test where no namespace can be made.
func needPrivileges(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root, or a user namespace entered by unshare --user --map-root-user --mount")
	}
}

// workspace writes files; those whose name ends in ".exe" are the helper.
func workspace(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		data, mode := []byte(content), os.FileMode(0o644)
		switch content {
		case helperContent:
			data, mode = helper(t), 0o755
		case foreignContent:
			mode = 0o755
		}
		if err := os.WriteFile(path, data, mode); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// foreignContent is a program that no machine executes.
const foreignContent = "\x7fELF of another machine"

// helperContent stands for the content of the helper.
const helperContent = "\x00helper"

// request is a build of a workspace; change it before building.
func (y yard) request(t testing.TB, id, dir string) strategy.BuildRequest {
	t.Helper()
	return strategy.BuildRequest{
		ID:      id,
		Config:  json.RawMessage(`{}`),
		Target:  strategy.Target{Image: "demo"},
		Dirs:    strategy.Dirs{Workspace: dir, Output: t.TempDir(), Scratch: t.TempDir(), Cache: y.cache},
		Storage: y.storage,
	}
}

// A journal keeps the events of a build.
type journal struct {
	mu     sync.Mutex
	events []strategy.Event
	seen   chan string // output, as it comes; may be nil
}

func (j *journal) Send(e strategy.Event) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.events = append(j.events, e)
	if l, ok := e.(strategy.Log); ok && j.seen != nil {
		j.seen <- string(l.Data)
	}
	return nil
}

// completed is the last event.
func (j *journal) completed(t testing.TB) strategy.Completed {
	t.Helper()
	if len(j.events) == 0 {
		t.Fatal("the build said nothing")
	}
	done, ok := j.events[len(j.events)-1].(strategy.Completed)
	if !ok {
		t.Fatalf("the last event is %#v, want Completed", j.events[len(j.events)-1])
	}
	return done
}

// output is all that was logged.
func (j *journal) output() string {
	var b strings.Builder
	for _, e := range j.events {
		if l, ok := e.(strategy.Log); ok {
			b.Write(l.Data)
		}
	}
	return b.String()
}

// build runs one build and returns what it said.
func build(t testing.TB, req strategy.BuildRequest) *journal {
	t.Helper()
	j := &journal{}
	if err := (dockerfile.Strategy{}).Build(t.Context(), req, j); err != nil {
		t.Fatalf("Build: %v", err)
	}
	return j
}

// mustBuild is the ID of an image whose build succeeds.
func mustBuild(t testing.TB, req strategy.BuildRequest) string {
	t.Helper()
	j := build(t, req)
	done := j.completed(t)
	if done.Image == nil {
		t.Fatalf("the build %s:\n%v\n%s", done.Outcome, done.Diagnostics, j.output())
	}
	return done.Image.ID
}

// read returns a file of an image.
func (y yard) read(t *testing.T, imageID, path string) string {
	t.Helper()
	store := y.store(t)
	id := strings.TrimPrefix(imageID, "sha256:")
	root, err := store.MountImage(id, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	defer store.UnmountImage(id, true)
	content, err := os.ReadFile(filepath.Join(root, path))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(content)
}

// containers are the names of the working containers.
func (y yard) containers(t *testing.T) []string {
	t.Helper()
	all, err := y.store(t).Containers()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range all {
		names = append(names, c.Names...)
	}
	return names
}
