package deploy

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/leash"
)

// killDelay is how long a command may take to stop when it is asked to.
const killDelay = 10 * time.Second

// A CommandSpec says how to deploy by a command of the user's own. Both
// commands run in WorkDir and find, in the environment,
//
//	SLIPWAY_DEPLOYMENT       the deployment's name
//	SLIPWAY_REFERENCES       a file: {"image": "registry/name@sha256:…", …}
//	SLIPWAY_REFERENCES_ENV   a file with the same as NAME=reference lines
//	SLIPWAY_IMAGE_<NAME>     one reference; NAME in capitals, what is no letter or digit as _
type CommandSpec struct {
	Up         []string          // program and arguments
	Down       []string          // empty: there is nothing to take down
	Env        []string          // the whole environment, "NAME=value"
	WorkDir    string            // absolute
	References map[string]string // image of the inventory → its decided reference
}

// A CommandDeployment is what a command brought up.
type CommandDeployment struct {
	id   string
	dir  string
	spec CommandSpec
}

// RunCommand runs the command that brings a deployment up and waits for its
// end, which means that the deployment is ready. Its output goes to a log
// below dir. When the command fails, the one that takes down is run, and the
// error ends with the log's last lines.
func RunCommand(ctx context.Context, dir, name string, spec CommandSpec) (*CommandDeployment, error) {
	id := name + "-" + strings.ToLower(rand.Text()[:8])
	d := &CommandDeployment{id: id, dir: filepath.Join(dir, id), spec: spec}
	if err := d.prepare(); err != nil {
		return nil, fmt.Errorf("preparing deployment %s: %w", id, err)
	}
	if err := spec.run(ctx, d.dir, id, spec.Up); err != nil {
		return nil, errors.Join(fmt.Errorf("bringing up %s: %w", id, err), d.Down(context.WithoutCancel(ctx)))
	}
	return d, nil
}

// ID returns the deployment's name, which no other has.
func (d *CommandDeployment) ID() string { return d.id }

// Logs returns what the commands wrote.
func (d *CommandDeployment) Logs() ([]byte, error) {
	return os.ReadFile(filepath.Join(d.dir, "logs", "command.log"))
}

// Down runs the command that takes the deployment down.
func (d *CommandDeployment) Down(ctx context.Context) error {
	if len(d.spec.Down) > 0 {
		if err := d.spec.run(ctx, d.dir, d.id, d.spec.Down); err != nil {
			return fmt.Errorf("taking down %s: %w", d.id, err)
		}
	}
	return endState(d.dir)
}

// prepare writes everything down before anything is started.
func (d *CommandDeployment) prepare() error {
	if err := os.MkdirAll(filepath.Join(d.dir, "logs"), 0o755); err != nil {
		return err
	}
	references, err := json.MarshalIndent(d.spec.References, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(d.dir, "references.json"), references, 0o644); err != nil {
		return err
	}
	lines := strings.Join(append(d.spec.variables(), ""), "\n")
	if err := os.WriteFile(filepath.Join(d.dir, "references.env"), []byte(lines), 0o644); err != nil {
		return err
	}
	s := state{Name: d.id}
	if len(d.spec.Down) > 0 {
		s.Command = &d.spec
	}
	return writeState(d.dir, s)
}

// variables returns the references as environment variables, by name.
func (s CommandSpec) variables() []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(s.References)) {
		out = append(out, "SLIPWAY_IMAGE_"+variable(name)+"="+s.References[name])
	}
	return out
}

// variable turns a name into what may stand in a variable's.
func variable(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, strings.ToUpper(name))
}

// run runs a command to its end. It is asked to stop when ctx ends, or slipway
// does, and killed after killDelay with all that it started.
func (s CommandSpec) run(ctx context.Context, dir, id string, argv []string) error {
	if len(argv) == 0 {
		return errors.New("the command is empty")
	}
	log, err := os.OpenFile(filepath.Join(dir, "logs", "command.log"), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	begin, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.WorkDir, log, log
	cmd.Env = slices.Concat(s.Env, s.variables(), []string{
		"SLIPWAY_DEPLOYMENT=" + id,
		"SLIPWAY_REFERENCES=" + filepath.Join(dir, "references.json"),
		"SLIPWAY_REFERENCES_ENV=" + filepath.Join(dir, "references.env"),
	})
	if err := leash.Run(cmd, killDelay); err != nil {
		return commandError(ctx, argv[0], err, tailFrom(log, begin))
	}
	return nil
}

func commandError(ctx context.Context, name string, err error, tail string) error {
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if tail == "" {
		return fmt.Errorf("running %s: %w", name, err)
	}
	return fmt.Errorf("running %s: %w; the end of its output:\n%s", name, err, tail)
}

// tailFrom returns the last lines of log after begin.
func tailFrom(log *os.File, begin int64) string {
	all, err := io.ReadAll(io.NewSectionReader(log, begin, 1<<20))
	if err != nil {
		return ""
	}
	lines := strings.Split(strings.TrimRight(string(all), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-tailLines):], "\n")
}
