package pluginhost

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"

	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/rpc"
)

// errSilent is why a start was given up.
var errSilent = errors.New("the plugin did not say that it was ready")

// socketName is the longest name that a socket gets below SocketDir, and
// socketPath the longest path that the kernel takes.
const (
	socketName = "/plugin-dir0123456789/plugin0123456789"
	socketPath = 107
)

// Start starts a plugin and waits until it is ready. ctx bounds the start only;
// end the plugin with [Process.Close]. A plugin that ends before it is ready
// is a [*CrashError]; one that speaks another major version of the protocol, a
// [diag.Diagnostic].
func Start(ctx context.Context, c Command, o Options) (*Process, error) {
	o = o.withDefaults()
	if n := len(o.SocketDir + socketName); n > socketPath {
		return nil, fmt.Errorf("starting plugin %s: the socket's path would have %d bytes, more than %d; choose a folder shorter than %s",
			c.name(), n, socketPath, o.SocketDir)
	}
	p := &Process{command: c, options: o, output: newOutput(o.Log)}
	ctx, cancel := context.WithTimeoutCause(ctx, o.StartTimeout, errSilent)
	defer cancel()
	if err := p.start(ctx); err != nil {
		return nil, p.startError(ctx, err)
	}
	return p, nil
}

// newOutput returns an output that logs to log. Printing to standard output is
// an oversight of the plugin's author, hence a warning.
func newOutput(log func(slog.Level, string)) *output {
	return &output{log: func(from stream, line string) {
		if from == stdout {
			log(slog.LevelWarn, line)
			return
		}
		log(parseLine(line))
	}}
}

// start starts the process and connects to it; when it fails nothing is left.
func (p *Process) start(ctx context.Context) error {
	p.plugin = goplugin.NewClient(p.clientConfig())
	unkill := context.AfterFunc(ctx, func() { p.kill() })
	client, err := p.connect()
	if !unkill() {
		err = context.Cause(ctx)
	}
	if err != nil {
		p.abandon(ctx)
		return err
	}
	p.client = client.With(rpc.Options{
		StopGrace: p.options.StopGrace, Silence: p.options.Silence, Silent: p.silent, StallTimeout: p.options.StallTimeout,
	})
	return nil
}

// silent warns of a build that may hang.
func (p *Process) silent() {
	p.options.Log(slog.LevelWarn, fmt.Sprintf("plugin %s has given no sign of life for %s; it may hang", p.command.name(), p.options.Silence))
}

// abandon ends a process that could not be started, and notes whether it had
// ended by itself. One that speaks another protocol waits to be ended.
func (p *Process) abandon(ctx context.Context) {
	if p.child != nil {
		p.died = ctx.Err() == nil && !p.output.foreign() && p.child.exitedWithin(exitPatience) && p.child.died()
		p.kill()
		<-p.child.exited
	}
	p.release()
}

func (p *Process) connect() (*rpc.Client, error) {
	protocol, err := p.plugin.Client()
	if err != nil {
		return nil, err
	}
	raw, err := protocol.Dispense(rpc.PluginName)
	if err != nil {
		return nil, err
	}
	client, ok := raw.(*rpc.Client)
	if !ok {
		return nil, fmt.Errorf("bug: the plugin library dispensed a %T", raw)
	}
	return client, nil
}

func (p *Process) clientConfig() *goplugin.ClientConfig {
	return &goplugin.ClientConfig{
		HandshakeConfig:  rpc.Handshake(),
		VersionedPlugins: rpc.Plugins(nil),
		AllowedProtocols: []goplugin.Protocol{goplugin.ProtocolGRPC},
		Logger:           hclog.NewNullLogger(),
		SkipHostEnv:      true,
		StartTimeout:     p.options.StartTimeout + time.Minute, // ours comes first, and says more
		UnixSocketConfig: &goplugin.UnixSocketConfig{TempDir: p.options.SocketDir},
		SyncStdout:       &lineWriter{add: p.output.addStray},
		SyncStderr:       &lineWriter{add: p.output.addStderr},
		RunnerFunc:       p.newRunner,
	}
}

// newRunner is called by go-plugin with the environment of the handshake.
func (p *Process) newRunner(_ hclog.Logger, cmd *exec.Cmd, socketDir string) (runner.Runner, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.socketDir = socketDir
	if p.doomed {
		return nil, errEnded
	}
	c, err := newChild(p.command, cmd.Env, p.output)
	if err != nil {
		return nil, err
	}
	c.guard, c.socketDir, c.warn = p.options.Guard, socketDir, p.unguarded
	p.child = c
	return c, nil
}

// unguarded warns of a plugin that a hostile author could have live on.
func (p *Process) unguarded(err error) {
	p.options.Log(slog.LevelWarn, fmt.Sprintf("plugin %s would outlive a host that is killed, if it ignores the end of its input: starting the guard: %v",
		p.command.name(), err))
}

// kill kills the group; if there is none yet, none will come.
func (p *Process) kill() {
	p.mu.Lock()
	p.doomed = true
	c := p.child
	p.mu.Unlock()
	if c != nil {
		c.signal(syscall.SIGKILL)
	}
}

// release gives back what go-plugin holds. The process must have ended, else
// go-plugin would wait for it without end.
func (p *Process) release() {
	p.plugin.Kill()
	if p.socketDir != "" {
		_ = os.RemoveAll(p.socketDir)
	}
}

// startError says why a plugin could not be started.
func (p *Process) startError(ctx context.Context, err error) error {
	tail, stray, major := p.output.snapshot()
	name := p.command.name()
	printed := said("it printed", strings.Join(stray, "\n")) + said("it said last", tail)
	switch {
	case errors.Is(err, errSilent):
		return fmt.Errorf("starting plugin %s: it did not say within %s that it was ready%s", name, p.options.StartTimeout, printed)
	case ctx.Err() != nil:
		return fmt.Errorf("starting plugin %s: %w", name, context.Cause(ctx))
	case p.output.foreign():
		return diag.Errorf("plugin.version", diag.Pos{}, "plugin %s speaks protocol %s, and slipway speaks %d", name, major, rpc.Major).
			WithFix("install a version of %s for protocol %d, or another slipway", name, rpc.Major)
	case p.child == nil || p.child.state == nil:
		return fmt.Errorf("starting plugin %s: %w", name, explainExec(p.command.Path, err))
	case p.died:
		crash := p.crash()
		crash.Starting = true
		crash.Stderr = strings.Join(append(stray, tail), "\n")
		return crash
	case major == "":
		return fmt.Errorf("starting plugin %s: it closed its standard output without the handshake%s", name, printed)
	default:
		return fmt.Errorf("connecting to plugin %s: %w%s", name, err, printed)
	}
}
