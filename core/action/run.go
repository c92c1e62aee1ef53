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

	"github.com/slipway-build/slipway/core/action/declare"
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
	Platform   string            `yaml:"platform" doc:"of an image for several platforms, the one that is run; by default this machine's. Another needs an emulator" example:"linux/arm64"`
	Entrypoint []string          `yaml:"entrypoint,program" doc:"instead of the image's; the image's command is dropped as well"`
	Command    []string          `yaml:"command,program" doc:"instead of the image's; no shell reads it" example:"[/app/migrate, --check]"`
	Env        map[string]string `yaml:"environment" doc:"variables on top of the image's and of the task's keyword environment" example:"{LANG: C}"`
	WorkDir    string            `yaml:"workdir" doc:"the folder to run in; by default the image's"`
	User       string            `yaml:"user" doc:"by default the image's" example:"'1000:1000'"`
	Mounts     []runMount        `yaml:"mounts" doc:"files and folders of this machine" example:"[{source: data, target: /data}]"`
	ReadOnly   bool              `yaml:"read_only" default:"false" doc:"that nothing but mounts may be written"`
	Network    string            `yaml:"network" default:"none" choices:"none,deployment" doc:"none: nothing but the container itself; deployment: the services of the deployment that runs the image of the step, by their names"`
	Stdin      string            `yaml:"stdin" doc:"a text that the container can read from its input, which is empty otherwise"`
	Timeout    time.Duration     `yaml:"timeout" doc:"after which the container is killed, and the step has failed; by default never" example:"5m"`
	Memory     document.Node     `yaml:"memory" doc:"a limit: refused, because nothing here could hold the container to it"`
	CPUs       document.Node     `yaml:"cpus" doc:"refused, as memory"`
	PIDs       document.Node     `yaml:"pids" doc:"refused, as memory"`
}

// A runMount is a file or folder of this machine in a container.
type runMount struct {
	Source   string `yaml:"source,required" doc:"what there must be on this machine; a relative one starts in the project's root"`
	Target   string `yaml:"target,required" doc:"where it is in the container: an absolute path"`
	ReadOnly bool   `yaml:"read_only" default:"false" doc:"that the container may not write to it"`
}

// runResult is what is registered of `run`.
type runResult struct {
	Stdout string `yaml:"stdout" doc:"what the container wrote to standard output, without the line end at its end"`
	Stderr string `yaml:"stderr" doc:"what it wrote to standard error"`
	RC     int    `yaml:"rc" doc:"its exit code; 128 and the signal's number when a signal ended it"`
}

// Declare declares the action.
func (*Run) Declare() declare.Action {
	return declare.Action{
		Name:    "run",
		Summary: "run a container once, to its end",
		About: "The container is made from the task's image as this run knows it, pushed or not, unless another image is named. Its output is " +
			"shown line by line and kept. Any exit code but 0 is a failure. What it writes goes with it, except in mounts, and it is removed " +
			"however it ends.",
		Args: new(runArgs), Result: new(runResult),
		Check: "Is skipped: nobody knows what a program does.",
		Examples: []string{
			"run:\n  command: [/app/migrate, --check]\n  network: deployment\n  timeout: 5m",
			"name: Make the manual\nrun:\n  image: docs-builder\n  command: [make, manual]\n  mounts:\n    - { source: manual, target: /out }",
		},
		Rule: noLimits,
	}
}

// noLimits refuses limits, which nothing here could hold a container to.
func noLimits(args document.Node) (found diag.List) {
	for _, limit := range []string{"memory", "cpus", "pids"} {
		if n := args.Get(limit); n.Kind() != document.Absent {
			found.Add(diag.Errorf("no-limits", n.Pos(), "%v", errUnsupported).WithFix("take the limit away"))
		}
	}
	return found
}

// Run runs the container of a step.
func (r *Run) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	args, err := declare.Decode[runArgs](step.Args)
	if err != nil {
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
	return declare.Values(runResult{Stdout: text(stdout), Stderr: text(stderr), RC: end.ExitCode})
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
	id, err := r.Shelf.take(ctx, step.Image, args.Image, args.Platform)
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
		source := within(r.Dir, m.Source)
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
