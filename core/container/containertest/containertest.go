// Package containertest makes images for tests, in a real store and without a
// build: one layer with one static program, compiled once per test binary.
//
// A test binary that uses it calls [Main] from its TestMain: containers are
// the test binary started again.
package containertest

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/containers/storage"
	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	imagespec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/container/namespace"
)

// Program is where the test program is in an image; see its source in program
// for what it can do.
const Program = "/bin/program"

// Main runs the tests of a package in the namespace that containers need, and
// is the container's first process when it is started as that. Whatever the umask
// of who runs them is, files for images are as they are written.
func Main(m *testing.M) {
	if code, handled := container.Main(os.Args); handled {
		os.Exit(code)
	}
	if err := namespace.Enter(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	syscall.Umask(0o022)
	os.Exit(m.Run())
}

// Store opens a store of its own for one test.
func Store(t *testing.T) *container.Store {
	t.Helper()
	dir := t.TempDir()
	s, err := container.Open(container.Options{Root: filepath.Join(dir, "root"), RunRoot: filepath.Join(dir, "run")})
	if err != nil {
		t.Skipf("no container storage can be opened here: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// An Image says what a test image consists of beside the test program.
type Image struct {
	Config container.Config
	Files  map[string]string // absolute path → content
}

// Add puts an image into the store and returns its ID.
func (i Image) Add(t *testing.T, s *container.Store) string {
	t.Helper()
	id, err := i.add(t, s)
	if err != nil {
		t.Fatalf("making a test image: %v", err)
	}
	return id
}

func (i Image) add(t *testing.T, s *container.Store) (string, error) {
	where := s.Storage()
	store, err := storage.GetStore(storage.StoreOptions{
		GraphRoot: where.Root, RunRoot: where.RunRoot, GraphDriverName: where.Driver,
	})
	if err != nil {
		return "", err
	}
	content, err := i.tar(program(t))
	if err != nil {
		return "", err
	}
	diff := digest.FromBytes(content)
	layer, _, err := store.PutLayer("", "", nil, "", false, nil, bytes.NewReader(content))
	if err != nil {
		return "", err
	}
	config, manifest, err := i.describe(diff, int64(len(content)))
	if err != nil {
		return "", err
	}
	id := digest.FromBytes(config).Encoded()
	_, err = store.CreateImage(id, nil, layer.ID, "", &storage.ImageOptions{
		Digest: digest.FromBytes(manifest),
		BigData: []storage.ImageBigDataOption{
			{Key: "sha256:" + id, Data: config, Digest: digest.FromBytes(config)},
			{Key: storage.ImageDigestBigDataKey, Data: manifest, Digest: digest.FromBytes(manifest)},
		},
	})
	return "sha256:" + id, err
}

// describe returns the image's config and manifest.
func (i Image) describe(diff digest.Digest, size int64) (config, manifest []byte, err error) {
	arch, system := i.Config.Architecture, i.Config.OS
	if arch == "" {
		arch, system = runtime.GOARCH, runtime.GOOS
	}
	config, err = json.Marshal(map[string]any{
		"architecture": arch, "os": system, "config": i.Config,
		"rootfs": imagespec.RootFS{Type: "layers", DiffIDs: []digest.Digest{diff}},
	})
	if err != nil {
		return nil, nil, err
	}
	manifest, err = json.Marshal(imagespec.Manifest{
		Versioned: specs.Versioned{SchemaVersion: 2},
		MediaType: imagespec.MediaTypeImageManifest,
		Config:    imagespec.Descriptor{MediaType: imagespec.MediaTypeImageConfig, Digest: digest.FromBytes(config), Size: int64(len(config))},
		Layers:    []imagespec.Descriptor{{MediaType: imagespec.MediaTypeImageLayer, Digest: diff, Size: size}},
	})
	return config, manifest, err
}

func (i Image) tar(program []byte) ([]byte, error) {
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	files := map[string]string{Program: string(program)}
	maps.Copy(files, i.Files)
	for name, content := range files {
		mode := int64(0o644)
		if name == Program {
			mode = 0o755
		}
		if err := w.WriteHeader(&tar.Header{Name: name[1:], Mode: mode, Size: int64(len(content)), Typeflag: tar.TypeReg}); err != nil {
			return nil, err
		}
		if _, err := w.Write([]byte(content)); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return buf.Bytes(), err
}

// programVariable names a file with the test program compiled already, for a
// test binary that runs where there is no compiler, or no cache for one.
const programVariable = "CONTAINERTEST_PROGRAM"

// compile builds the test program once.
var compile = sync.OnceValues(func() ([]byte, error) {
	if file := os.Getenv(programVariable); file != "" {
		return os.ReadFile(file)
	}
	dir, err := os.MkdirTemp("", "containertest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	_, here, _, _ := runtime.Caller(0)
	file := filepath.Join(dir, "program")
	cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", file, ".")
	cmd.Dir = filepath.Join(filepath.Dir(here), "program")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("compiling the test program: %w\n%s", err, out)
	}
	return os.ReadFile(file)
})

// AsUser returns the command that runs the named tests of this test binary as
// an ordinary user with the given id, who has no other ids set aside. It skips
// the test where that cannot be done.
func AsUser(t *testing.T, id uint32, tests string) *exec.Cmd {
	t.Helper()
	if uids, err := os.ReadFile("/proc/self/uid_map"); err != nil || !strings.Contains(string(uids), "4294967295") {
		t.Skip("this test needs root of the machine, to become somebody else")
	}
	dir, err := os.MkdirTemp("", "asuser")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	binary, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"tests": binary, "program": program(t)} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chown(dir, int(id), int(id)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(dir, "tests"), "-test.v", "-test.run", tests)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, programVariable + "=" + filepath.Join(dir, "program")}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: id, Gid: id}}
	return cmd
}

func program(t *testing.T) []byte {
	t.Helper()
	content, err := compile()
	if err != nil {
		t.Fatal(err)
	}
	return content
}
