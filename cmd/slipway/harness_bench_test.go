package main_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// program is what `make build` makes. A test binary would not do: how large the
// program is counts, for it is started again for every build.
func program(b *testing.B) string {
	b.Helper()
	path, err := filepath.Abs("../../bin/slipway")
	if err != nil {
		b.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		b.Skip("needs bin/slipway: make build")
	}
	return path
}

// A site is an inventory in a folder of its own, with storage for its builds.
type site struct{ dir string }

// buildAndPush is the playbook of every site.
const buildAndPush = `- name: Build and push
  images: all
  tasks:
    - build: {}
    - push: { tags: [test] }
`

// newSite writes the images of a family: the references of each.
func newSite(b *testing.B, family [][]int) site {
	b.Helper()
	s := site{dir: b.TempDir()}
	for i, parents := range family {
		s.write(b, filepath.Join("inventory", "images", imageName(i), "Dockerfile"), dockerfile(i, parents))
		s.write(b, filepath.Join("inventory", "images", imageName(i), "container-assets", "data"), fmt.Sprintln("what is special about", imageName(i)))
	}
	s.write(b, "play.yml", buildAndPush)
	return s
}

func dockerfile(i int, parents []int) string {
	text := "FROM scratch\n"
	for k, p := range parents {
		if k == 0 {
			text = fmt.Sprintf("FROM localhost/%s\n", imageName(p))
			continue
		}
		text += fmt.Sprintf("COPY --from=localhost/%s /%s /\n", imageName(p), imageName(p))
	}
	return text + fmt.Sprintf("LABEL name=%s\nCOPY container-assets/data /%s\n", imageName(i), imageName(i))
}

func imageName(i int) string { return fmt.Sprintf("i%04d", i) }

// levels is n images on three levels: three bases, nine on those, the rest on
// the nine.
func levels(n int) [][]int {
	out := make([][]int, n)
	for i := 3; i < n; i++ {
		out[i] = []int{(i - 3) / 3}
		if i >= 12 {
			out[i] = []int{3 + i%9}
		}
	}
	return out
}

// ladder is 2n+1 images: each rung is two images that stand on both of the
// rung below.
func ladder(n int) [][]int {
	out := make([][]int, 2*n+1)
	for i := 1; i <= 2*n; i++ {
		rung := (i - 1) / 2
		out[i] = []int{2*rung - 1, 2 * rung}
		if rung == 0 {
			out[i] = []int{0}
		}
	}
	return out
}

func (s site) write(b *testing.B, name, content string) {
	b.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		b.Fatal(err)
	}
}

// ripen waits until the files just written are old enough to be remembered:
// what is younger than a file system's clock can tell apart is read each time.
func ripen() { time.Sleep(2100 * time.Millisecond) }

// path is a path below the site's folder.
func (s site) path(name string) string { return filepath.Join(s.dir, name) }

// forget removes everything that runs have left: storage, journal, caches.
func (s site) forget(b *testing.B) {
	b.Helper()
	for _, name := range []string{"storage", ".slipway", "buildah"} {
		if err := os.RemoveAll(s.path(name)); err != nil {
			b.Fatal(err)
		}
	}
}

// A cost is what a process took.
type cost struct {
	time   time.Duration
	memory int64 // peak resident set, bytes
}

// slipway runs slipway in the site's folder.
func (s site) slipway(b *testing.B, args ...string) cost {
	b.Helper()
	return s.run(b, program(b), args...)
}

// build runs the site's playbook against a registry.
func (s site) build(b *testing.B, registry string) cost {
	b.Helper()
	return s.slipway(b, "run", "play.yml", "-i", "inventory", "--root", s.path("storage"), "-e", "registry="+registry, "-e", "namespace=bench")
}

func (s site) run(b *testing.B, name string, args ...string) cost {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), name, args...)
	cmd.Dir = s.dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	begin := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatalf("%s %v: %v\n%s", filepath.Base(name), args, err, out.Bytes())
	}
	c := cost{time: time.Since(begin)}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.memory = usage.Maxrss << 10
	}
	return c
}
