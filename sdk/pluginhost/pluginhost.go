// Package pluginhost starts a plugin, speaks to it, and ends it, so that
// whatever the plugin does the host gets one clear error in bounded time and
// nothing is left behind: no process, no socket, no folder.
//
// go-plugin does handshake and transport; the process is ours, because with
// go-plugin's own runner one strange line on standard error ends the host, a
// hung plugin is waited for without end, and a killed host leaves its plugins
// running. It needs Linux, as slipway does. The defaults, and why:
//
//   - A plugin leads a process group, so that its children end with it and
//     Ctrl-C reaches only the host.
//   - Its standard input is a pipe that the host holds open, the lifeline: its
//     end means that the host is gone or wants the plugin to go. That works
//     in every language, and when the host is killed. A plugin that does not
//     listen there gets SIGTERM when the host dies, and 0.8 s later the
//     [Guard] kills what is left of it. Where there is no /bin/sh there is no
//     guard, which is a warning.
//   - It sees no environment but what the caller gives it; see [Environment].
//   - No TLS: the socket lives in a folder that only this user can enter.
//   - What it prints on standard output before the handshake is no error, but
//     kept ([Process.Stray]); the last 64 KiB of its standard error are kept
//     for the error that tells of a crash.
//   - A program that was written a moment ago may be held open for writing by a
//     process that is just starting; the start is then tried again.
//   - A build that gives no sign of life for a minute is warned of, and goes on.
//   - It is ended in steps, each with a grace: the Stop call (10 s), the end of
//     the lifeline (2 s), SIGTERM to the group (2 s), SIGKILL to the group
//     and to what the plugin has started in other groups.
package pluginhost

import (
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

// A Command says what to run.
type Command struct {
	Name       string // of the plugin, for messages; empty: the base of Path
	Path       string
	Args       []string // without the program's name
	Env        []string // KEY=VALUE; nothing else is inherited but the handshake
	Dir        string   // empty: the host's
	ExtraFiles []*os.File
}

func (c Command) name() string {
	if c.Name != "" {
		return c.Name
	}
	return filepath.Base(c.Path)
}

// Options change how a plugin is treated; the zero Options are the defaults.
type Options struct {
	StartTimeout  time.Duration // from the start to the handshake; 0: 10 s
	CallTimeout   time.Duration // of Describe, Validate and Plan; 0: 1 min
	StopGrace     time.Duration // from the Stop call to the end of the builds; 0: 10 s
	LifelineGrace time.Duration // from the end of the lifeline to the exit; 0: 2 s
	TermGrace     time.Duration // from SIGTERM to the exit; 0: 2 s
	Silence       time.Duration // of a build, until a warning is logged; 0: 1 min
	StallTimeout  time.Duration // of a build's silence, until it fails; 0: never

	// SocketDir is where a private folder for the socket is made; empty: /tmp.
	// Short, because a socket's path has at most 107 bytes.
	SocketDir string

	// Guard ends the plugin if this process dies without ending it. Share one
	// among plugins that run at the same time; nil: one of the plugin's own.
	Guard *Guard

	// Log receives each line that the plugin logs or prints, without newline.
	// It is called from several goroutines. Nil: nobody listens.
	Log func(level slog.Level, line string)
}

func (o Options) withDefaults() Options {
	for d, standard := range map[*time.Duration]time.Duration{
		&o.StartTimeout:  10 * time.Second,
		&o.CallTimeout:   time.Minute,
		&o.StopGrace:     10 * time.Second,
		&o.LifelineGrace: 2 * time.Second,
		&o.TermGrace:     2 * time.Second,
		&o.Silence:       time.Minute,
	} {
		if *d == 0 {
			*d = standard
		}
	}
	if o.SocketDir == "" {
		o.SocketDir = "/tmp"
	}
	if o.Guard == nil {
		o.Guard = new(Guard)
	}
	if o.Log == nil {
		o.Log = func(slog.Level, string) {}
	}
	return o
}
