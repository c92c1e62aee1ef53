package container_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/container/containertest"
)

func TestMain(m *testing.M) { containertest.Main(m) }

// testbed returns a runtime and the ID of a plain test image.
func testbed(t *testing.T) (*container.Runtime, string) {
	t.Helper()
	s := containertest.Store(t)
	var image containertest.Image
	image.Config.Entrypoint = []string{containertest.Program}
	image.Config.Env = []string{"COLOUR=red", "SHAPE=round"}
	image.Files = map[string]string{
		"/etc/passwd":      "root:x:0:0::/root:/bin/sh\nada:x:1000:1000::/home/ada:/bin/sh\n",
		"/etc/group":       "root:x:0:\nada:x:1000:\n",
		"/data/in-image":   "from the image",
		"/bin/not-for-you": "\x7fELF broken",
	}
	return container.NewRuntime(s), image.Add(t, s)
}

// output runs a container and returns what it wrote, both streams in one.
func output(t *testing.T, r *container.Runtime, spec container.Spec) (string, container.Result) {
	t.Helper()
	var out bytes.Buffer
	spec.Stdout, spec.Stderr = &out, &out
	result, err := r.Run(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), result
}

func TestRun(t *testing.T) {
	r, image := testbed(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f"), []byte("from the machine"), 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		spec container.Spec
		want string
		code int
	}{
		{"exit code", container.Spec{Command: []string{"exit", "42"}}, "", 42},
		{"both streams", container.Spec{Command: []string{"both"}}, "out\nerr\n", 0},
		{"entrypoint replaced", container.Spec{Entrypoint: []string{"program", "echo"}, Command: []string{"a b"}}, "a b\n", 0},
		{"environment", container.Spec{Command: []string{"env", "COLOUR", "SHAPE", "HOSTNAME", "HOME"}, Env: []string{"COLOUR=blue"}, Name: "web"}, "blue\nround\nweb\n/root\n", 0},
		{"user and directory", container.Spec{Command: []string{"id"}, User: "ada", WorkDir: "/srv/new"}, "1000 1000 /srv/new\n", 0},
		{"numeric user", container.Spec{Command: []string{"id"}, User: "7:8"}, "7 8 /\n", 0},
		{"standard input", container.Spec{Command: []string{"cat"}, Stdin: strings.NewReader("hello")}, "hello", 0},
		{"own processes only", container.Spec{Command: []string{"ps", "count"}}, "2\n", 0},
		{"bind", container.Spec{Command: []string{"cat", "/m/f"}, Mounts: []container.Mount{{Source: dir, Target: "/m"}}}, "from the machine", 0},
		{"bind of a file", container.Spec{Command: []string{"cat", "/a/b/c"}, Mounts: []container.Mount{{Source: dir + "/f", Target: "/a/b/c"}}}, "from the machine", 0},
		{"read-only bind", container.Spec{Command: []string{"write", "/m/g", "x"}, Mounts: []container.Mount{{Source: dir, Target: "/m", ReadOnly: true}}}, "open /m/g: read-only file system\n", 1},
		{"read-only root", container.Spec{Command: []string{"write", "/g", "x"}, ReadOnly: true}, "open /g: read-only file system\n", 1},
		{"tmpfs in a read-only root", container.Spec{Command: []string{"write", "/t/g", "x"}, ReadOnly: true, Mounts: []container.Mount{{Target: "/t"}}}, "", 0},
		{"names", container.Spec{Command: []string{"cat", "/etc/hosts"}, Hosts: []container.Host{{Address: netip.MustParseAddr("10.0.0.9"), Names: []string{"db", "db.local"}}}}, "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n10.0.0.9\tdb db.local\n", 0},
		{"kernel settings are guarded", container.Spec{Command: []string{"write", "/proc/sys/kernel/hostname", "x"}}, "open /proc/sys/kernel/hostname: read-only file system\n", 1},
		{"nothing of the machine is left", container.Spec{Command: []string{"ls", "/"}}, "bin data dev etc proc sys\n", 0},
		{"few capabilities", container.Spec{Command: []string{"caps"}}, "CapEff:\t00000000800405fb\n", 0},
		{"no capabilities", container.Spec{Command: []string{"caps"}, User: "ada"}, "CapEff:\t0000000000000000\n", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.spec.ImageID = image
			got, result := output(t, r, tt.spec)
			if result.ExitCode != tt.code || got != tt.want {
				t.Errorf("exit %d, output %q; want %d, %q", result.ExitCode, got, tt.code, tt.want)
			}
		})
	}
	if left, err := r.Store().Sweep(t.Context()); left != 0 || err != nil {
		t.Errorf("%d containers were left, %v", left, err)
	}
}

func TestStartErrors(t *testing.T) {
	r, image := testbed(t)
	var other containertest.Image
	other.Config.OS, other.Config.Architecture = "linux", "s390x"
	foreign := other.Add(t, r.Store())
	tests := []struct {
		name string
		spec container.Spec
		want string
	}{
		{"no image", container.Spec{ImageID: "sha256:" + strings.Repeat("0", 64), Name: "web"}, "starting web: looking for image sha256:" + strings.Repeat("0", 64) + ": no such image in the storage"},
		{"no command", container.Spec{ImageID: image, Name: "web", Entrypoint: []string{}}, "starting web: there is nothing to run: neither the image nor its user names a command"},
		{"no such command", container.Spec{ImageID: image, Name: "web", Entrypoint: []string{"nginx"}, Env: []string{"PATH=/bin:/usr/bin"}}, `starting web: the image has no command "nginx" in /bin:/usr/bin`},
		{"no such file", container.Spec{ImageID: image, Name: "web", Entrypoint: []string{"/nginx"}}, `starting web: starting "/nginx": the image has no such file, or not the loader or shell that it names: no such file or directory`},
		{"not executable", container.Spec{ImageID: image, Name: "web", Entrypoint: []string{"/bin/not-for-you"}}, `starting web: starting "/bin/not-for-you": permission denied`},
		{"no such user", container.Spec{ImageID: image, Name: "web", User: "bob"}, `starting web: looking up user "bob" in the image: unable to find user bob: no matching entries in passwd file`},
		{"isolation", container.Spec{ImageID: image, Name: "web", Isolation: "oci"}, `starting web: containers know no isolation "oci", only "chroot"`},
		{"signal", container.Spec{ImageID: image, Name: "web", StopSignal: "SIGFOO"}, `starting web: the stop signal "SIGFOO" is no signal of this machine`},
		{"no such source", container.Spec{ImageID: image, Name: "web", Mounts: []container.Mount{{Source: "/no/such", Target: "/m"}}}, "starting web: mounting /no/such at /m: stat /.slipway-old-root/no/such: no such file or directory"},
		{"platform", container.Spec{ImageID: foreign, Name: "web"}, "starting web: this machine, linux/amd64, cannot execute programs for linux/s390x: no emulator for it is registered in /proc/sys/fs/binfmt_misc"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := r.Start(t.Context(), tt.spec)
			if err == nil || err.Error() != tt.want {
				t.Errorf("err = %v\nwant  %s", err, tt.want)
			}
		})
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	r, image := testbed(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	_, err := r.Run(ctx, container.Spec{ImageID: image, Command: []string{"sleep"}, Stdout: writer(func([]byte) { cancel(enough) })})
	if !errors.Is(err, enough) {
		t.Errorf("err = %v, want %v", err, enough)
	}
}

// writer calls itself with what is written.
type writer func([]byte)

func (w writer) Write(p []byte) (int, error) { w(p); return len(p), nil }

// started starts a container and waits for its first words.
func started(t *testing.T, r *container.Runtime, spec container.Spec) (*container.Container, *bytes.Buffer) {
	t.Helper()
	spoke := make(chan struct{}, 100)
	var out bytes.Buffer
	spec.Stdout = io.MultiWriter(&out, writer(func([]byte) { spoke <- struct{}{} }))
	c, err := r.Start(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(context.WithoutCancel(t.Context()), 0); err != nil {
			t.Error(err)
		}
	})
	select {
	case <-spoke:
	case <-c.Done():
		t.Fatalf("the container ended: %+v", c.State())
	}
	return c, &out
}

func TestStop(t *testing.T) {
	r, image := testbed(t)
	t.Run("by its own means", func(t *testing.T) {
		c, out := started(t, r, container.Spec{ImageID: image, Command: []string{"serve", "80"}})
		if !c.State().Running {
			t.Error("it is not running")
		}
		if err := c.Stop(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
		if got := c.State(); got.Running || got.Result.ExitCode != 0 || got.Finished.IsZero() {
			t.Errorf("state = %+v", got)
		}
		if got := out.String(); got != "listening on :80\nstopping\n" {
			t.Errorf("output = %q", got)
		}
	})
	t.Run("by force", func(t *testing.T) {
		c, _ := started(t, r, container.Spec{ImageID: image, Command: []string{"sleep", "deaf"}})
		if err := c.Stop(t.Context(), time.Millisecond); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(container.Result{ExitCode: 137, Signal: "killed"}, c.State().Result); diff != "" {
			t.Errorf("result (-want +got):\n%s", diff)
		}
	})
	t.Run("by a signal", func(t *testing.T) {
		c, _ := started(t, r, container.Spec{ImageID: image, Command: []string{"sleep"}})
		if err := c.Signal(t.Context(), syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		got, err := c.Wait(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(container.Result{ExitCode: 143, Signal: "terminated"}, got); diff != "" {
			t.Errorf("result (-want +got):\n%s", diff)
		}
	})
}

func TestDial(t *testing.T) {
	r, image := testbed(t)
	c, _ := started(t, r, container.Spec{ImageID: image, Command: []string{"serve", "80", "ahoy"}, User: "ada"})
	conn, err := c.Dial(t.Context(), 80)
	if err != nil {
		t.Fatal(err)
	}
	if got := ask(t, conn); got != "ahoy" {
		t.Errorf("answer = %q", got)
	}
	if _, err := c.Dial(t.Context(), 81); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("dialling a closed port: %v", err)
	}
}

// ask sends a request over conn and returns the body of the answer.
func ask(t *testing.T, conn io.ReadWriteCloser) string {
	t.Helper()
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET / HTTP/1.0\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	_, body, ok := strings.Cut(string(all), "\r\n\r\n")
	if !ok || !strings.HasPrefix(string(all), "HTTP/1.0 200") {
		t.Fatalf("answer = %q", all)
	}
	return body
}

func TestExec(t *testing.T) {
	r, image := testbed(t)
	c, _ := started(t, r, container.Spec{ImageID: image, Command: []string{"sleep"}, Env: []string{"COLOUR=blue"}, WorkDir: "/data"})
	tests := []struct {
		name string
		spec container.ExecSpec
		want string
		code int
	}{
		{"inherits", container.ExecSpec{Command: []string{"program", "env", "COLOUR", "SHAPE"}}, "blue\nround\n", 0},
		{"overrides", container.ExecSpec{Command: []string{"program", "env", "COLOUR"}, Env: []string{"COLOUR=green"}}, "green\n", 0},
		{"user", container.ExecSpec{Command: []string{"program", "id"}, User: "ada"}, "1000 1000 /data\n", 0},
		{"directory", container.ExecSpec{Command: []string{"program", "id"}, WorkDir: "/"}, "0 0 /\n", 0},
		{"input", container.ExecSpec{Command: []string{"program", "cat"}, Stdin: strings.NewReader("hi")}, "hi", 0},
		{"code", container.ExecSpec{Command: []string{"program", "exit", "3"}}, "", 3},
		{"streams", container.ExecSpec{Command: []string{"program", "both"}}, "out\nerr\n", 0},
		{"same powers", container.ExecSpec{Command: []string{"program", "caps"}}, "CapEff:\t00000000800405fb\n", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			tt.spec.Stdout, tt.spec.Stderr = &out, &errs
			got, err := c.Exec(t.Context(), tt.spec)
			if err != nil {
				t.Fatal(err)
			}
			if all := out.String() + errs.String(); got.ExitCode != tt.code || all != tt.want {
				t.Errorf("exit %d, output %q; want %d, %q", got.ExitCode, all, tt.code, tt.want)
			}
		})
	}
	t.Run("no such command", func(t *testing.T) {
		_, err := c.Exec(t.Context(), container.ExecSpec{Command: []string{"/curl"}})
		want := `the image has no such file`
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("err = %v, want %q in it", err, want)
		}
	})
	t.Run("ends with its context", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := c.Exec(ctx, container.ExecSpec{Command: []string{"program", "sleep"}, Stdout: writer(func([]byte) { cancel() })})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("err = %v, want %v", err, context.Canceled)
		}
	})
}

func TestOrphansAreCollected(t *testing.T) {
	r, image := testbed(t)
	c, _ := started(t, r, container.Spec{ImageID: image, Command: []string{"sleep"}})
	var pid bytes.Buffer
	if _, err := c.Exec(t.Context(), container.ExecSpec{Command: []string{"program", "orphan"}, Stdout: &pid}); err != nil {
		t.Fatal(err)
	}
	for t.Context().Err() == nil { // until the orphan has ended and been collected
		var out bytes.Buffer
		if _, err := c.Exec(t.Context(), container.ExecSpec{Command: []string{"program", "ps"}, Stdout: &out}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains("\n"+out.String(), "\n"+pid.String()) {
			return
		}
	}
}

func TestVolumesAreFilledFromTheImage(t *testing.T) {
	r, image := testbed(t)
	volume := t.TempDir()
	if err := os.Chmod(volume, 0o755); err != nil {
		t.Fatal(err)
	}
	spec := container.Spec{
		ImageID: image, Command: []string{"ls", "/data"},
		Mounts: []container.Mount{{Source: volume, Target: "/data", CopyUp: true}},
	}
	if got, _ := output(t, r, spec); got != "in-image\n" {
		t.Errorf("first: %q", got)
	}
	if err := os.Rename(filepath.Join(volume, "in-image"), filepath.Join(volume, "kept")); err != nil {
		t.Fatal(err)
	}
	if got, _ := output(t, r, spec); got != "kept\n" {
		t.Errorf("a volume with content was filled again: %q", got)
	}
}
