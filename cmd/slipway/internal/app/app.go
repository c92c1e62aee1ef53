// Package app is one invocation of slipway: its streams, flags and settings, how
// it answers and ends, and the parts that it opens. It is the only place that joins
// the built-in strategies with the engine.
//
// An [App] is made once per invocation. What is cheap is a field; what opens
// something (a registry, the container storage, the ledger) is a method that
// opens it once and is closed by [App.Close]. State is kept below .slipway/ of the
// project, which is the folder of the nearest slipway.yml upward, else the working
// directory.
package app

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/slipway-build/slipway/cmd/slipway/internal/term"
	"github.com/slipway-build/slipway/core/config"
	"github.com/slipway-build/slipway/core/secret"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Version is this slipway's version.
const Version = "0.1.0"

// An App is one invocation of slipway.
type App struct {
	Streams term.Streams
	Flags   Flags

	environ []string
	mask    secret.Mask // hides what was read of secrets, in everything that is shown or kept
	mu      sync.Mutex
	closers []func() error
	parts   parts
	warning sync.Mutex // one warning at a time
	told    diag.List  // every warning so far
	later   diag.List  // warnings about the settings, not told yet

	answered bool // the answer was written
}

// New returns an App that reads the given environment.
func New(environ []string, streams term.Streams) *App {
	a := &App{environ: environ, Streams: streams}
	a.Streams.Out, a.Streams.Err = a.mask.Writer(streams.Out), a.mask.Writer(streams.Err)
	return a
}

// Flush shows what is still held back because it might have been the beginning
// of a secret: nothing more is to be shown.
func (a *App) Flush() error {
	var errs []error
	for _, w := range []io.Writer{a.Streams.Out, a.Streams.Err} {
		if held, ok := w.(*secret.Writer); ok {
			errs = append(errs, held.Flush())
		}
	}
	return errors.Join(errs...)
}

// Getenv returns the value of an environment variable, or "".
func (a *App) Getenv(name string) string {
	for _, e := range slices.Backward(a.environ) {
		if value, ok := strings.CutPrefix(e, name+"="); ok {
			return value
		}
	}
	return ""
}

// Environ returns the whole environment, "KEY=VALUE".
func (a *App) Environ() []string { return a.environ }

// Variables is the environment as compose files see it.
func (a *App) Variables() map[string]string {
	out := map[string]string{}
	for _, e := range a.environ {
		name, value, _ := strings.Cut(e, "=")
		out[name] = value
	}
	return out
}

// Actor is who runs slipway: in CI the name that CI gives, else the user.
func (a *App) Actor() string {
	for _, name := range []string{"SLIPWAY_ACTOR", "GITHUB_ACTOR", "GITLAB_USER_LOGIN", "USER", "LOGNAME"} {
		if v := a.Getenv(name); v != "" {
			return v
		}
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "unknown"
}

// Close closes what was opened, the last first, and keeps the state that was made
// out of version control.
func (a *App) Close() error {
	a.Warn(a.takeLater()...)
	a.mu.Lock()
	defer a.mu.Unlock()
	var errs []error
	for _, closer := range slices.Backward(a.closers) {
		errs = append(errs, closer())
	}
	a.closers = nil
	return errors.Join(append(errs, a.unversioned())...)
}

// Mask returns what hides the secrets that were read.
func (a *App) Mask() *secret.Mask { return &a.mask }

// CloseLater has closer called by Close.
func (a *App) CloseLater(closer func() error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closers = append(a.closers, closer)
}

// Root returns the project's root: the folder of the nearest slipway.yml upward,
// else the working directory.
func (a *App) Root() (string, error) {
	dir, err := workingDir()
	if err != nil {
		return "", err
	}
	if file, _ := config.Project(dir); file != "" {
		return filepath.Dir(file), nil
	}
	return dir, nil
}

func workingDir() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the working directory: %w", err)
	}
	return dir, nil
}

// State returns the folder of the project's state, below a path that need not
// exist yet: runs, caches, the embedded registry.
func (a *App) State(below ...string) (string, error) {
	root, err := a.Root()
	if err != nil {
		return "", err
	}
	return filepath.Join(append([]string{root, ".slipway"}, below...)...), nil
}

// dataHome is $XDG_DATA_HOME/slipway, by default ~/.local/share/slipway.
func (a *App) dataHome() (string, error) {
	if dir := a.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "slipway"), nil
	}
	home := a.Getenv("HOME")
	if home == "" {
		return "", errors.New("neither HOME nor XDG_DATA_HOME is set: say with --root where the container storage is")
	}
	return filepath.Join(home, ".local", "share", "slipway"), nil
}
