package catalog

import (
	"context"
	"fmt"
	"os"
	"slices"
	"syscall"

	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/pluginhost"
)

// A Program is a plugin that can be opened.
type Program interface {
	// Open starts the plugin, once it is known to be what it should be. c holds
	// what every plugin gets: its name, an environment and a working directory.
	Open(ctx context.Context, c pluginhost.Command, o pluginhost.Options) (pluginhost.Plugin, error)
	// Identity tells the plugin's content from any other, in build keys. It is
	// the same on all machines, and empty when the strategy's version says all.
	Identity() (string, error)
	// Version is that which was locked; empty when only the plugin can tell.
	Version() string
	// Stamp tells the program from any other that may be started under its name on
	// this machine, so that what it said can be remembered; "" when nothing does.
	Stamp() string
}

// Fixed is a program that is started as it stands and known by its version.
type Fixed pluginhost.Command

// Open implements [Program].
func (f Fixed) Open(ctx context.Context, c pluginhost.Command, o pluginhost.Options) (pluginhost.Plugin, error) {
	return start(ctx, pluginhost.Command(f), c, o)
}

// Identity implements [Program].
func (Fixed) Identity() (string, error) { return "", nil }

// Version implements [Program].
func (Fixed) Version() string { return "" }

// Stamp implements [Program]: the file as it lies there, for who builds slipway
// anew does not always call it another version.
func (f Fixed) Stamp() string {
	info, err := os.Stat(f.Path)
	if err != nil {
		return ""
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	return fmt.Sprint(st.Dev, st.Ino, st.Size, st.Mtim, st.Ctim, f.Args)
}

// start starts what command says, with what every plugin gets.
func start(ctx context.Context, command, every pluginhost.Command, o pluginhost.Options) (pluginhost.Plugin, error) {
	every.Path, every.Args, every.ExtraFiles = command.Path, command.Args, command.ExtraFiles
	every.Env = append(slices.Clone(every.Env), command.Env...)
	if command.Dir != "" {
		every.Dir = command.Dir
	}
	p, err := pluginhost.Start(ctx, every, o)
	if err != nil {
		return nil, err // not p: a nil process is no nil plugin
	}
	return p, nil
}

// unusable is a plugin that cannot be started, and why.
type unusable struct{ problem diag.Diagnostic }

// Open implements [Program].
func (u unusable) Open(context.Context, pluginhost.Command, pluginhost.Options) (pluginhost.Plugin, error) {
	return nil, u.problem
}

// Identity implements [Program].
func (u unusable) Identity() (string, error) { return "", u.problem }

// Version implements [Program].
func (u unusable) Version() string { return "" }

// Stamp implements [Program].
func (u unusable) Stamp() string { return "" }

// openPath is a path by which a child process can execute an open file, script
// or not, as long as we keep it open. Where there is none it is the file's own.
func openPath(f *os.File) string {
	path := fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), f.Fd())
	if _, err := os.Stat(path); err != nil {
		return f.Name()
	}
	return path
}
