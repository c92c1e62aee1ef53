package deploy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/secret"
)

// stateFile is what a deployment leaves word in.
const stateFile = "deployment.json"

// A state is what a later run needs to know to end a deployment.
type state struct {
	Name    string
	Owner   string // the process that brought it up
	Command any    `json:",omitempty"` // how to take it down, for one made of commands: a CommandSpec, referred
	Ended   bool
}

func writeState(dir string, s state) error {
	if s.Owner == "" {
		me, err := container.Self()
		if err != nil {
			return fmt.Errorf("recording deployment %s: %w", s.Name, err)
		}
		s.Owner = me.String()
	}
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("recording deployment %s: %w", s.Name, err)
	}
	file := filepath.Join(dir, stateFile)
	if err := os.WriteFile(file+".new", data, 0o600); err != nil {
		return fmt.Errorf("recording deployment %s: %w", s.Name, err)
	}
	return os.Rename(file+".new", file)
}

func readState(dir string) (state, error) {
	var s state
	data, err := os.ReadFile(filepath.Join(dir, stateFile))
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return s, fmt.Errorf("reading %s: %w", filepath.Join(dir, stateFile), err)
	}
	return s, nil
}

// endState records that a deployment is over, and forgets how it was made.
func endState(dir string) error {
	s, err := readState(dir)
	if err != nil {
		return err
	}
	s.Ended, s.Command = true, nil
	return writeState(dir, s)
}

// Sweep ends the deployments below dir whose process died without taking them
// down, and returns their names: volumes are removed, and commands that take
// something down are run, in the given environment and with their secrets read
// anew. Containers need no sweeping here: they died with
// their process, and [container.Store.Sweep] removes their files. Deployments
// of living processes are left alone, and so are logs.
func Sweep(ctx context.Context, dir string, environ []string, secrets *secret.Vault) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*", stateFile))
	if err != nil {
		return nil, err
	}
	var ended []string
	var all error
	for _, file := range files {
		s, err := readState(filepath.Dir(file))
		if err != nil {
			all = errors.Join(all, err)
			continue
		}
		if s.Ended || !s.abandoned() {
			continue
		}
		if err := s.end(ctx, filepath.Dir(file), environ, secrets); err != nil {
			all = errors.Join(all, fmt.Errorf("ending what is left of %s: %w", s.Name, err))
			continue
		}
		ended = append(ended, s.Name)
	}
	return ended, all
}

func (s state) abandoned() bool {
	owner, ok := container.ParseOwner(s.Owner)
	return ok && owner.Dead()
}

func (s state) end(ctx context.Context, dir string, environ []string, secrets *secret.Vault) error {
	if s.Command != nil {
		spec, err := s.spec(ctx, secrets)
		if err != nil {
			return err
		}
		spec.Env, spec.Secrets = environ, secrets
		d := &CommandDeployment{id: s.Name, dir: dir, spec: spec}
		if err := d.open(); err != nil {
			return err
		}
		defer d.release()
		if err := d.run(ctx, spec.Down); err != nil {
			return err
		}
	}
	return errors.Join(os.RemoveAll(filepath.Join(dir, "volumes")), endState(dir))
}

// spec returns the commands of a deployment, with its secrets.
func (s state) spec(ctx context.Context, secrets *secret.Vault) (CommandSpec, error) {
	var spec CommandSpec
	restored, err := secrets.Restore(ctx, s.Command)
	if err != nil {
		return spec, err
	}
	data, err := json.Marshal(restored)
	if err != nil {
		return spec, err
	}
	return spec, json.Unmarshal(data, &spec)
}
