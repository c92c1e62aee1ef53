package catalog_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/slipway-build/slipway/core/catalog"
)

// identity is what stands in build keys for the project's plugin.
func (p *project) identity(t *testing.T) string {
	t.Helper()
	programs, _ := p.plugins.Programs()
	id, err := p.catalog(programs).Identity("acme/hello")
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// Two plugins that claim one name and version are told apart: by what is locked
// for all platforms, so that machines of different kinds agree, or by what
// stands for it.
func TestIdentity(t *testing.T) {
	p := newProject(t, "bin/hello")
	path := write(t, p.plugins.Root, "bin/hello", script(t))
	p.lock(t)
	locked := p.identity(t)
	if !strings.HasPrefix(locked, "locked sha256:") {
		t.Errorf("got %q", locked)
	}
	here := p.plugins.Lock.Plugins[0].SHA256[platform]
	p.plugins.Lock.Plugins[0].SHA256 = map[string]string{platform: here, "linux/arm64": here}
	everywhere := p.identity(t)
	p.plugins.Platform = "linux/arm64"
	if got := p.identity(t); got != everywhere || got == locked {
		t.Errorf("%q on one platform, %q on the other, %q for one alone", everywhere, got, locked)
	}
	p.plugins.Overrides = map[string]string{"acme/hello": path}
	dev := p.identity(t)
	write(t, p.plugins.Root, "bin/hello", script(t)+"# edited\n")
	if edited := p.identity(t); edited == dev || !strings.HasPrefix(edited, "dev sha256:") {
		t.Errorf("%q before, %q after the edit", dev, edited)
	}
}

func TestIdentityOfBuiltin(t *testing.T) {
	c, started := newCatalog(t, catalog.Options{})
	if id, err := c.Identity("archive"); id != "" || err != nil || started() != 0 {
		t.Errorf("got %q, %v, %d processes", id, err, started())
	}
}

// Nothing that is installed can take the place of a built-in strategy.
func TestBuiltinIsNotShadowed(t *testing.T) {
	c, _ := newCatalog(t, catalog.Options{Installed: map[string]catalog.Program{"archive": catalog.Fixed{Path: "/no/such/program"}}})
	if d, err := c.Describe(t.Context(), "archive"); err != nil || d.Name != "archive" {
		t.Errorf("got %+v, %v", d, err)
	}
}

// A program that is built anew while a run uses it builds nothing more in that
// run: the run's keys are those of the old one.
func TestOverrideChanges(t *testing.T) {
	p := newProject(t, "bin/hello")
	path := write(t, p.plugins.Root, "bin/hello", script(t))
	p.plugins.Overrides = map[string]string{"acme/hello": path}
	programs, _ := p.plugins.Programs()
	c := p.catalog(programs)
	if _, err := c.Describe(t.Context(), "acme/hello"); err != nil {
		t.Fatal(err)
	}
	write(t, p.plugins.Root, "bin/hello", script(t)+"# edited\n")
	_, err := c.Open(t.Context(), "acme/hello")
	want := "error[plugin.override]: " + path + " has changed while plugin acme/hello was being used (run again: what was built before is kept)"
	if fmt.Sprint(err) != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// A plugin in a debugger stands for the locked one, and is known by its
// process: another process may be another program.
func TestOverrideBySocket(t *testing.T) {
	p := newProject(t, "bin/hello")
	socket := filepath.Join(p.plugins.Root, "hello.sock")
	p.plugins.Overrides = map[string]string{"acme/hello": socket}
	p.fails(t, "error[plugin.override]: plugin acme/hello is overridden by ROOT/hello.sock, which is not there (build it or start it, or run slipway plugin dev --remove acme/hello)")
	kill := debugged(t, socket)
	p.works(t)
	first := p.identity(t)
	if again := p.identity(t); again != first {
		t.Errorf("%q, then %q", first, again)
	}
	kill()
	p.fails(t, "error[plugin.override]: plugin acme/hello is overridden by ROOT/hello.sock, which is a socket that nobody serves (build it or start it, or run slipway plugin dev --remove acme/hello)")
	debugged(t, socket)
	p.works(t)
	if second := p.identity(t); second == first {
		t.Errorf("two processes are both %q", first)
	}
}

// debugged starts this program as somebody does who debugs it, and returns how
// to kill it.
func debugged(t *testing.T, socket string) (kill func()) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Skip(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "--debug", socket)
	cmd.WaitDelay = 1 // of nanoseconds: nothing that it still says matters
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(said).ReadString('\n'); err != nil || !strings.HasPrefix(line, "hello 1.0.0, process ") {
		t.Fatalf("it said %q, %v", line, err)
	}
	return func() {
		_ = cmd.Process.Signal(syscall.SIGKILL)
		_, _ = io.Copy(io.Discard, said)
		_ = cmd.Wait()
	}
}
