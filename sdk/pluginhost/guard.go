package pluginhost

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

//go:embed guard.sh
var guardScript string

// tellTime bounds how long a guard that does not listen can hold up a plugin.
const tellTime = time.Second

// A Guard ends plugins whose host has died without ending them: a process that
// outlives the host by a second at most. It runs as long as there is something
// to guard, and plugins that share one share its process. The zero Guard is
// ready for use, and may be used concurrently.
//
// The process is /bin/sh, because the host's main need not know of this
// package, and leads a session of its own, so that what is sent to the host's
// terminal or group does not reach it.
type Guard struct {
	mu     sync.Mutex
	inside int           // plugins that have entered and not left
	host   *os.File      // while there are any: its end tells the process of the host's
	kill   func()        // ends the process before it has done anything
	ended  chan struct{} // closed when the process has ended
}

// enter has the guard run, for one that is about to be started, until leave. Of
// env only PATH is used. warn hears of a guard that cannot be started: plugins
// work without one.
func (g *Guard) enter(env []string, warn func(error)) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.inside == 0 {
		input, host, err := os.Pipe()
		if err != nil {
			return fmt.Errorf("making a pipe for the guard: %w", err)
		}
		ctx, kill := context.WithCancel(context.Background())
		g.host, g.kill, g.ended = host, kill, make(chan struct{})
		go runGuard(ctx, input, env, g.ended, warn)
	}
	g.inside++
	return nil
}

// watch has the guard end a group, and remove the folder of its socket, if
// the host dies.
func (g *Guard) watch(group int, socketDir string) { g.tell("+ %d %s\n", group, socketDir) }

// forget takes a group off the guard. It must come before the group's
// number can be another's.
func (g *Guard) forget(group int) { g.tell("- %d\n", group) }

// leave undoes enter. When it returns, a guard that nobody needs has ended.
func (g *Guard) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.inside--; g.inside == 0 {
		g.kill()
		<-g.ended
		_ = g.host.Close()
	}
}

// tell writes a line, whole or not at all: it is shorter than what a pipe takes
// at once.
func (g *Guard) tell(format string, args ...any) {
	g.mu.Lock()
	defer g.mu.Unlock()
	_ = g.host.SetWriteDeadline(time.Now().Add(tellTime))
	_, _ = fmt.Fprintf(g.host, format, args...)
}

// runGuard runs the process until ctx ends.
func runGuard(ctx context.Context, input *os.File, env []string, ended chan<- struct{}, warn func(error)) {
	defer close(ended)
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", guardScript, "slipway-guard")
	cmd.Dir, cmd.Stdin, cmd.Env = "/", input, []string{}
	for _, entry := range env {
		if strings.HasPrefix(entry, "PATH=") {
			cmd.Env = append(cmd.Env, entry)
		}
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	err := cmd.Start()
	_ = input.Close()
	if err == nil {
		_ = cmd.Wait() // of its work nobody is there to hear
	} else if ctx.Err() == nil {
		warn(err)
	}
}
