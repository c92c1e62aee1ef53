package pluginhost_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/slipway-build/slipway/sdk/pluginhost"
)

// socketDirKey tells runHost where sockets go.
const socketDirKey = "SLIPWAY_TEST_SOCKETS"

// guestKey tells runHost in which mode its plugin is.
const guestKey = "SLIPWAY_TEST_GUEST"

// runHost starts a plugin that inherits file 3, begins a build, says so, and
// waits to be killed.
func runHost() {
	c := command(os.Getenv(guestKey))
	c.ExtraFiles = []*os.File{os.NewFile(3, "witness")}
	p, err := pluginhost.Start(context.Background(), c, pluginhost.Options{SocketDir: os.Getenv(socketDirKey)})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	build(context.Background(), p)
	fmt.Println("building")
	select {}
}

// When the host is killed its plugin stops the build, removes its socket and
// ends: also one whose build does not stop, and one that does not watch its
// input. The witness is a pipe that host and plugin hold open: it ends when
// both are gone.
func TestHostKilled(t *testing.T) {
	for _, mode := range []string{"good", "hangBuild", "deaf"} {
		t.Run(mode, func(t *testing.T) {
			witness, kill := hosted(t, mode)
			killed := time.Now()
			kill()
			if _, err := io.ReadAll(witness); err != nil { // else the test's own limit ends it
				t.Error(err)
			}
			t.Logf("gone %s after its host", time.Since(killed).Round(time.Millisecond))
		})
	}
}

// hosted starts a host with a plugin that builds, and returns how to kill it.
func hosted(t *testing.T, mode string) (witness io.Reader, kill func()) {
	t.Helper()
	dir := t.TempDir()
	if mode != "deaf" { // that one is not there to remove its socket
		dir = options(t).SocketDir
	}
	witness, held, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	self, _ := filepath.EvalSymlinks("/proc/self/exe")
	host := exec.CommandContext(t.Context(), self)
	host.Env = append(os.Environ(), modeKey+"=host", guestKey+"="+mode, socketDirKey+"="+dir)
	host.ExtraFiles = []*os.File{held}
	out, err := host.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	held.Close()
	said := make([]byte, len("building"))
	if _, err := io.ReadFull(out, said); err != nil || string(said) != "building" {
		t.Errorf("the host said %q, %v", said, err)
	}
	return witness, func() {
		_ = host.Process.Kill()
		_ = host.Wait()
	}
}
