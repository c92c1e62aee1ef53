package pluginhost_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/slipway-build/slipway/sdk/pluginhost"
)

// socketDirKey tells runHost where sockets go.
const socketDirKey = "SLIPWAY_TEST_SOCKETS"

// runHost starts a plugin that inherits file 3, begins a build, says so, and
// waits to be killed.
func runHost() {
	c := command("good")
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
// ends. The witness is a pipe that host and plugin hold open: it ends when
// both are gone.
func TestHostKilled(t *testing.T) {
	o := options(t)
	witness, held, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	self, _ := filepath.EvalSymlinks("/proc/self/exe")
	host := exec.Command(self)
	host.Env = append(os.Environ(), modeKey+"=host", socketDirKey+"="+o.SocketDir)
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
	if err := host.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = host.Wait()
	if _, err := io.ReadAll(witness); err != nil { // else the test's own limit ends it
		t.Error(err)
	}
}
