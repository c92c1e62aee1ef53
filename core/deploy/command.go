package deploy

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/leash"
	"github.com/slipway-build/slipway/core/secret"
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
	Env        []string          `json:"-"` // the whole environment, "NAME=value"
	WorkDir    string            // absolute
	References map[string]string // image of the inventory → its decided reference
	Secrets    *secret.Vault     `json:"-"` // hidden in the log, and in what is kept of Down
}

// A CommandDeployment is what a command brought up.
type CommandDeployment struct {
	id   string
	dir  string
	spec CommandSpec
	log  *log
	out  *os.File // the commands' end of log
}

// RunCommand runs the command that brings a deployment up and waits for its
// end, which means that the deployment is ready. Its output goes to a log
// below dir, with secrets hidden; so does that of what it leaves running, until
// the deployment is taken down: what is to outlive that must write elsewhere.
// When the command fails, the one that takes down is run, and the error ends
// with the log's last lines.
func RunCommand(ctx context.Context, dir, name string, spec CommandSpec) (*CommandDeployment, error) {
	id := name + "-" + strings.ToLower(rand.Text()[:8])
	d := &CommandDeployment{id: id, dir: filepath.Join(dir, id), spec: spec}
	if err := d.prepare(); err != nil {
		return nil, fmt.Errorf("preparing deployment %s: %w", id, err)
	}
	if err := d.run(ctx, spec.Up); err != nil {
		return nil, errors.Join(fmt.Errorf("bringing up %s: %w", id, err), d.Down(context.WithoutCancel(ctx)))
	}
	return d, nil
}

// ID returns the deployment's name, which no other has.
func (d *CommandDeployment) ID() string { return d.id }

// Logs returns what the commands wrote, with secrets hidden: all of it up to
// 32 MiB, the end of it if it was more.
func (d *CommandDeployment) Logs() ([]byte, error) { return d.log.read() }

// Down runs the command that takes the deployment down.
func (d *CommandDeployment) Down(ctx context.Context) error {
	defer d.release()
	if len(d.spec.Down) > 0 {
		if err := d.run(ctx, d.spec.Down); err != nil {
			return fmt.Errorf("taking down %s: %w", d.id, err)
		}
	}
	return endState(d.dir)
}

// open opens the log, for one command after the other until release.
func (d *CommandDeployment) open() (err error) {
	d.log, d.out, err = openLog(filepath.Join(d.dir, "logs", "command.log"), d.spec.Secrets.Mask())
	return err
}

// release closes what open has opened.
func (d *CommandDeployment) release() {
	_ = d.out.Close()
	d.log.close()
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
		s.Command = d.spec.Secrets.Refer(d.spec)
	}
	if err := writeState(d.dir, s); err != nil {
		return err
	}
	return d.open()
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
func (d *CommandDeployment) run(ctx context.Context, argv []string) error {
	if len(argv) == 0 {
		return errors.New("the command is empty")
	}
	begin := d.log.mark()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = d.spec.WorkDir, d.out, d.out
	cmd.Env = slices.Concat(d.spec.Env, d.spec.variables(), []string{
		"SLIPWAY_DEPLOYMENT=" + d.id,
		"SLIPWAY_REFERENCES=" + filepath.Join(d.dir, "references.json"),
		"SLIPWAY_REFERENCES_ENV=" + filepath.Join(d.dir, "references.env"),
	})
	if err := leash.Run(cmd, killDelay); err != nil {
		return commandError(ctx, argv[0], err, d.log.tail(begin))
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
