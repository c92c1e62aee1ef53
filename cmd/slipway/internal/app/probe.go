package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/container/namespace"
)

// probeWord is the first argument of a process that looks about where
// containers would run: `slipway __probe ROOT RUNROOT DRIVER`. It is a process
// of its own because a process cannot leave a namespace again, nor go on when
// it may not enter.
const probeWord = "__probe"

// A Probe is what was found where containers would run.
type Probe struct {
	Driver   string              // of the container storage
	Findings []namespace.Finding // as they are inside
}

// Probe enters the namespace in another process, begins or opens the container
// storage there, and answers what that process found.
func (a *App) Probe(ctx context.Context) (Probe, error) {
	o, err := a.storeOptions()
	if err != nil {
		return Probe{}, err
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, "/proc/self/exe", probeWord, o.Root, o.RunRoot, o.Driver)
	cmd.Env, cmd.Stderr = a.environ, &said
	out, err := cmd.Output()
	if err != nil {
		return Probe{}, errors.Join(errors.New(strings.TrimSpace(said.String())), ctx.Err())
	}
	var p Probe
	if err := json.Unmarshal(out, &p); err != nil {
		return Probe{}, fmt.Errorf("reading what the probe found: %w", err)
	}
	return p, nil
}

// probe is the other process.
func probe(root, runRoot, driver string) int {
	found, err := lookAbout(container.Options{Root: root, RunRoot: runRoot, Driver: driver})
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(found)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func lookAbout(o container.Options) (Probe, error) {
	if err := namespace.Enter(); err != nil {
		return Probe{}, err
	}
	store, err := container.Open(o)
	if err != nil {
		return Probe{}, err
	}
	found := Probe{Driver: store.Storage().Driver, Findings: namespace.Check(context.Background())}
	return found, store.Close()
}

// StorageRoot returns the folder of the container storage.
func (a *App) StorageRoot() (string, error) {
	o, err := a.storeOptions()
	return o.Root, err
}
