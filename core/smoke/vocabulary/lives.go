package vocabulary

import (
	"context"
	"errors"
	"path"
	"strings"

	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/world"
)

// What a container cannot tell.
var (
	errNoHealth    = errors.New("the image has no health check that this runtime runs, so its health is not known")
	errNoReadiness = errors.New("the image has no health check and exposes no TCP port, so its readiness is not known")
	errNoProcesses = errors.New("this runtime cannot tell the processes of a container")
)

func lives() []step.Definition {
	return []step.Definition{
		{
			Pattern: `I execute {command} in the container`, Keyword: step.When, Run: execute,
			Example: `I execute "ls /deployments" in the container`,
			Doc:     "Runs the words in the running container, without a shell; the exit code and output steps look at its result.",
		},
		{
			Pattern: `I stop the container with a grace period of {duration}`, Keyword: step.When, Run: stopContainer,
			Example: `I stop the container with a grace period of "10s"`,
			Doc:     "Sends the image's stop signal, and kills the container after the grace period.",
		},
		{
			Pattern: `the container is running`, Keyword: step.Then, Run: isRunning,
			Example: `the container is running`,
			Doc:     "The container has not exited.",
		},
		{
			Pattern: `the container keeps running for {duration}`, Keyword: step.Then, Run: keepsRunning,
			Example: `the container keeps running for "10s"`,
			Doc:     "The container does not exit in this time, counted from now.",
		},
		{
			Pattern: `the container exits with code {count} within {duration}`, Keyword: step.Then, Run: exitsWith,
			Example: `the container exits with code 0 within "30s"`,
			Doc:     "Waits for the container to exit, and compares its code.",
		},
		{
			Pattern: `the container runs the image under test`, Keyword: step.Then, Run: runsSubject,
			Example: `the container runs the image under test`,
			Doc:     "The container was made from the configuration of the pushed digest.",
		},
	}
}

func execute(ctx context.Context, w *world.World, args step.Args) error {
	c, err := w.Container("")
	if err != nil {
		return err
	}
	if err := w.Alive(ctx, ""); err != nil {
		return err
	}
	result, err := c.Exec(ctx, args.Words(0))
	if err != nil {
		return err
	}
	w.SetResult(&result)
	return found(&result)
}

func stopContainer(ctx context.Context, w *world.World, args step.Args) error {
	c, err := w.Container("")
	if err != nil {
		return err
	}
	return c.Stop(ctx, args.Duration(0))
}

func isRunning(ctx context.Context, w *world.World, _ step.Args) error { return w.Alive(ctx, "") }

func keepsRunning(ctx context.Context, w *world.World, args step.Args) error {
	return w.Throughout(ctx, args.Duration(0), func(ctx context.Context) error { return w.Alive(ctx, "") })
}

func exitsWith(ctx context.Context, w *world.World, args step.Args) error {
	return w.Eventually(ctx, args.Duration(1), func(ctx context.Context) error {
		state, err := w.State(ctx, "")
		switch {
		case err != nil:
			return err
		case state.Running:
			return world.Mismatchf("the container is running")
		case state.ExitCode != args.Int(0):
			return world.Finalf("the container exited with code %d, want %d", state.ExitCode, args.Int(0))
		default:
			return nil
		}
	})
}

func runsSubject(ctx context.Context, w *world.World, _ step.Args) error {
	state, err := w.State(ctx, "")
	if err != nil {
		return err
	}
	return equal("the image ID of the container", state.ImageID, w.Subject().ImageID)
}

func processes() []step.Definition {
	return []step.Definition{
		{
			Pattern: `the process {string} is running in the container`, Keyword: step.Then, Run: processRunning,
			Example: `the process "java" is running in the container`,
			Doc:     "A process of the container has this program name. It is an error where the runtime cannot tell processes.",
		},
		{
			Pattern: `the first process in the container is {string}`, Keyword: step.Then, Run: firstProcessIs,
			Example: `the first process in the container is "tini"`,
			Doc:     "The container's first process has this program name.",
		},
		{
			Pattern: `the container runs as uid {count}`, Keyword: step.Then, Run: runsAsUID,
			Example: `the container runs as uid 185`,
			Doc:     "Every process of the container belongs to this user, as the container sees it.",
		},
	}
}

func processesOf(ctx context.Context, w *world.World) ([]world.Process, error) {
	if err := w.Alive(ctx, ""); err != nil {
		return nil, err
	}
	state, err := w.State(ctx, "")
	if err == nil && len(state.Processes) == 0 {
		return nil, errNoProcesses
	}
	return state.Processes, err
}

func program(p world.Process) string {
	if len(p.Command) == 0 {
		return ""
	}
	return path.Base(p.Command[0])
}

func processRunning(ctx context.Context, w *world.World, args step.Args) error {
	all, err := processesOf(ctx, w)
	if err != nil {
		return err
	}
	var names []string
	for _, p := range all {
		if program(p) == args.String(0) {
			return nil
		}
		names = append(names, program(p))
	}
	return world.Mismatchf("no process is %q: there are %s", args.String(0), strings.Join(names, ", "))
}

func firstProcessIs(ctx context.Context, w *world.World, args step.Args) error {
	all, err := processesOf(ctx, w)
	if err != nil {
		return err
	}
	return equal("the first process", program(all[0]), path.Base(args.String(0)))
}

func runsAsUID(ctx context.Context, w *world.World, args step.Args) error {
	all, err := processesOf(ctx, w)
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.UID != args.Int(0) {
			return world.Mismatchf("the process %q runs as uid %d, want %d", program(p), p.UID, args.Int(0))
		}
	}
	return nil
}
