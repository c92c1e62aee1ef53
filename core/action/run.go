package action

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Run is the action that runs one container to its end: from the image of the
// step, as this run knows it, unless another is named. Any exit code but 0 is a
// failure. It counts as changed, as a command does; what the container writes
// goes with it, except in mounts. The container is removed however the run
// ends: its first process ends when slipway does, and what kill -9 leaves on
// disk is swept by the next run.
type Run struct {
	Shelf       *Shelf
	Runtime     *container.Runtime
	Deployments *Deployments
	Dir         string // relative sources of mounts start here
}

// runArgs are the arguments of `run`.
type runArgs struct {
	Image      string            `yaml:"image" doc:"another image: one of the inventory, or a reference" example:"docker.io/library/busybox:1.36"`
	Entrypoint []string          `yaml:"entrypoint,orone" doc:"instead of the image's; the image's command is dropped as well"`
	Command    []string          `yaml:"command,orone" doc:"instead of the image's; no shell reads it" example:"[/app/migrate, --check]"`
	Env        map[string]string `yaml:"environment" doc:"variables on top of the image's and of the task's keyword environment" example:"{LANG: C}"`
	WorkDir    string            `yaml:"workdir" doc:"the folder to run in; by default the image's"`
	User       string            `yaml:"user" doc:"by default the image's" example:"'1000:1000'"`
	Mounts     []runMount        `yaml:"mounts" doc:"files and folders of this machine" example:"[{source: data, target: /data}]"`
	ReadOnly   bool              `yaml:"read_only" default:"false" doc:"that nothing but mounts may be written"`
	Network    string            `yaml:"network" default:"none" choices:"none,deployment" doc:"none: nothing but the container itself; deployment: the services of the deployment that runs the image of the step, by their names"`
	Stdin      string            `yaml:"stdin" doc:"a text that the container can read from its input, which is empty otherwise"`
	Timeout    time.Duration     `yaml:"timeout" doc:"after which the container is killed, and the step has failed; by default never" example:"5m"`
	Memory     document.Node     `yaml:"memory" doc:"refused: see limits in the guide"`
	CPUs       document.Node     `yaml:"cpus" doc:"refused, as memory"`
	PIDs       document.Node     `yaml:"pids" doc:"refused, as memory"`
}

// A runMount is a file or folder of this machine in a container.
type runMount struct {
	Source   string `yaml:"source,required" doc:"what there must be on this machine; a relative one starts in the project's root"`
	Target   string `yaml:"target,required" doc:"where it is in the container: an absolute path"`
	ReadOnly bool   `yaml:"read_only" default:"false" doc:"that the container may not write to it"`
}

// Check judges the arguments as written.
func (*Run) Check(args document.Node) diag.List {
	var a runArgs
	ds := document.Decode(args, &a)
	if ds != nil {
		return ds
	}
	for _, limit := range []document.Node{a.Memory, a.CPUs, a.PIDs} {
		if limit.Kind() != document.Absent {
			ds.Add(diag.Errorf("no-limits", limit.Pos(), "%v", errUnsupported).WithFix("take the limit away"))
		}
	}
	if n := args.Get("network"); !slices.Contains([]string{"", "none", "deployment"}, a.Network) && !strings.Contains(a.Network, "{{") {
		ds.Add(diag.Errorf("bad-value", n.Pos(), "network cannot be %q", a.Network).WithFix("it is one of none, deployment"))
	}
	return ds
}

// Run runs the container of a step.
func (r *Run) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	var args runArgs
	if err := document.Decode(step.Args, &args).Err(); err != nil {
		return engine.Result{}, err
	}
	if step.Check {
		return engine.Result{Skipped: true, Values: ran(container.Result{}, new(output), new(output))}, nil
	}
	spec, err := r.spec(ctx, step, args)
	if err != nil {
		return engine.Result{}, err
	}
	if args.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, args.Timeout, fmt.Errorf("it took longer than %s", args.Timeout))
		defer cancel()
	}
	var stdout, stderr output
	spec.Stdout, spec.Stderr = io.MultiWriter(&stdout, step.Log), io.MultiWriter(&stderr, step.Log)
	end, err := r.Runtime.Run(ctx, spec)
	result := engine.Result{Changed: true, Verb: "ran", Detail: strings.Join(args.Command, " "), Values: ran(end, &stdout, &stderr)}
	if err != nil {
		return result, fmt.Errorf("running a container: %w", err)
	}
	return result, exitError(end)
}

// ran is what is registered of a container.
func ran(end container.Result, stdout, stderr *output) map[string]any {
	text := func(o *output) string { return strings.TrimRight(string(o.bytes()), "\n") }
	return map[string]any{"stdout": text(stdout), "stderr": text(stderr), "rc": end.ExitCode}
}

// exitError is an exit code other than 0 as an error.
func exitError(end container.Result) error {
	switch {
	case end.ExitCode == 0:
		return nil
	case end.Signal != "":
		return fmt.Errorf("running a container: it was %s", end.Signal)
	default:
		return fmt.Errorf("running a container: it ended with exit code %d", end.ExitCode)
	}
}

// spec says what the container is.
func (r *Run) spec(ctx context.Context, step engine.Step, args runArgs) (container.Spec, error) {
	id, err := r.Shelf.take(ctx, step.Image, args.Image)
	if err != nil {
		return container.Spec{}, err
	}
	spec := container.Spec{
		ImageID: id, Name: step.Image.Name, Entrypoint: args.Entrypoint, Command: args.Command, Env: slices.Clone(step.Env),
		User: args.User, WorkDir: args.WorkDir, ReadOnly: args.ReadOnly, Stdin: strings.NewReader(args.Stdin),
	}
	for name, value := range args.Env {
		spec.Env = append(spec.Env, name+"="+value)
	}
	for _, m := range args.Mounts {
		source := inDir(r.Dir, m.Source)
		if _, err := os.Stat(source); err != nil {
			return spec, fmt.Errorf("mounting %s: %w", m.Source, err)
		}
		spec.Mounts = append(spec.Mounts, container.Mount{Source: source, Target: m.Target, ReadOnly: m.ReadOnly})
	}
	if args.Network != "deployment" {
		return spec, nil
	}
	return r.join(ctx, step, spec)
}

// join has the container reach the services of a deployment.
func (r *Run) join(ctx context.Context, step engine.Step, spec container.Spec) (container.Spec, error) {
	deployed := r.Deployments.Of(step.Image.Name)
	if deployed == nil {
		return spec, fmt.Errorf("no deployment runs %s, whose network the container is to join; deploy it first", step.Image.Name)
	}
	live, err := deployed.Start(ctx)
	if err != nil {
		return spec, err
	}
	services, ok := live.(composed)
	if !ok {
		return spec, errors.New("the deployment was made by a command, and has no network that a container could join")
	}
	return services.Join(spec), nil
}
