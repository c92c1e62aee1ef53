package vocabulary

import (
	"context"
	"strconv"
	"strings"

	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/world"
)

func starts() []step.Definition {
	return []step.Definition{
		{
			Pattern: `a running container`, Keyword: step.Given, Run: startPlain,
			Example: `a running container`,
			Doc:     "Starts the image under test as it wants to be run. The container is stopped when the scenario is over.",
		},
		{
			Pattern: `a running container {string} from {string}`, Keyword: step.Given, Run: startOther,
			Example: `a running container "db" from "docker.io/library/postgres:16"`,
			Doc:     "Starts another image under a name that requests can use as a host.",
		},
		{
			Pattern: `a running container with environment:`, Keyword: step.Given, Run: startWithEnvironment,
			Argument: step.Table, Columns: []string{"name", "value"},
			Example: "a running container with environment:\n  | name  | value |\n  | DEBUG | 1     |",
			Doc:     "Starts the image under test with these variables added to its environment.",
		},
		{
			Pattern: `a running container with arguments {command}`, Keyword: step.Given, Run: startWithArguments,
			Example: `a running container with arguments "--debug"`,
			Doc:     "Starts the image under test with the words in the place of its command.",
		},
		{
			Pattern: `a running container as user {string}`, Keyword: step.Given, Run: startAsUser,
			Example: `a running container as user "12345"`,
			Doc:     "Starts the image under test as this user: a name, a uid, or uid:gid.",
		},
	}
}

func limits() []step.Definition {
	return []step.Definition{
		{
			Pattern: `a running container with a read-only root filesystem`, Keyword: step.Given, Run: startReadOnly,
			Example: `a running container with a read-only root filesystem`,
			Doc:     "Starts the image under test so that it cannot write to its own files. It is an error where the runtime cannot do that.",
		},
		{
			Pattern: `a running container without network`, Keyword: step.Given, Run: startIsolated,
			Example: `a running container without network`,
			Doc:     "Starts the image under test with its own loopback and nothing else. It is an error where the runtime cannot do that.",
		},
		{
			Pattern: `a running container with all capabilities dropped`, Keyword: step.Given, Run: startDropped,
			Example: `a running container with all capabilities dropped`,
			Doc:     "Starts the image under test without any privilege. It is an error where the runtime cannot do that.",
		},
		{
			Pattern: `a running container with the memory limit {size}`, Keyword: step.Given, Run: startLimited,
			Example: `a running container with the memory limit "256MiB"`,
			Doc:     "Starts the image under test with so much memory. It is an error where the runtime cannot do that.",
		},
	}
}

func start(ctx context.Context, w *world.World, spec world.RunSpec) error {
	_, err := w.Start(ctx, "", spec)
	return err
}

func startPlain(ctx context.Context, w *world.World, _ step.Args) error {
	return start(ctx, w, world.RunSpec{})
}

func startOther(ctx context.Context, w *world.World, args step.Args) error {
	_, err := w.Start(ctx, args.String(0), world.RunSpec{Image: args.String(1)})
	return err
}

func startWithEnvironment(ctx context.Context, w *world.World, args step.Args) error {
	return start(ctx, w, world.RunSpec{Env: assignments(args.Rows)})
}

func startWithArguments(ctx context.Context, w *world.World, args step.Args) error {
	return start(ctx, w, world.RunSpec{Command: args.Words(0)})
}

func startAsUser(ctx context.Context, w *world.World, args step.Args) error {
	return start(ctx, w, world.RunSpec{User: args.String(0)})
}

func startReadOnly(ctx context.Context, w *world.World, _ step.Args) error {
	return start(ctx, w, world.RunSpec{ReadOnly: true})
}

func startIsolated(ctx context.Context, w *world.World, _ step.Args) error {
	return start(ctx, w, world.RunSpec{Isolated: true})
}

func startDropped(ctx context.Context, w *world.World, _ step.Args) error {
	return start(ctx, w, world.RunSpec{DropAll: true})
}

func startLimited(ctx context.Context, w *world.World, args step.Args) error {
	return start(ctx, w, world.RunSpec{Memory: args.Size(0)})
}

func readiness() []step.Definition {
	return []step.Definition{
		{
			Pattern: `the container is healthy within {duration}`, Keyword: step.When, Run: healthyWithin,
			Example: `the container is healthy within "60s"`,
			Doc:     "Waits for the image's health check to pass. A container that exits fails at once; one without a health check is an error.",
		},
		{
			Pattern: `the container is ready within {duration}`, Keyword: step.When, Run: readyWithin,
			Example: `the container is ready within "60s"`,
			Doc:     "Waits for the health check, or without one until every TCP port that the image exposes is open. An image with neither is an error.",
		},
	}
}

func healthyWithin(ctx context.Context, w *world.World, args step.Args) error {
	return w.Eventually(ctx, args.Duration(0), func(ctx context.Context) error {
		if err := w.Alive(ctx, ""); err != nil {
			return err
		}
		state, err := w.State(ctx, "")
		return healthOf(state, err)
	})
}

func healthOf(state world.ContainerState, err error) error {
	switch {
	case err != nil:
		return err
	case state.Health == "":
		return errNoHealth
	case state.Health != world.Healthy:
		return world.Mismatchf("the container is %s", state.Health)
	default:
		return nil
	}
}

func readyWithin(ctx context.Context, w *world.World, args step.Args) error {
	state, err := w.State(ctx, "")
	if err != nil {
		return err
	}
	if state.Health != "" {
		return healthyWithin(ctx, w, args)
	}
	ports := exposedPorts(w)
	if len(ports) == 0 {
		return errNoReadiness
	}
	return w.Eventually(ctx, args.Duration(0), func(ctx context.Context) error {
		for _, port := range ports {
			if err := portOpen(ctx, w, "", port); err != nil {
				return err
			}
		}
		return nil
	})
}

// exposedPorts returns the TCP ports that the image declares.
func exposedPorts(w *world.World) []int {
	var out []int
	for declared := range w.Subject().Config.Config.ExposedPorts {
		port, protocol, _ := strings.Cut(declared, "/")
		if n, err := strconv.Atoi(port); err == nil && protocol != "udp" && protocol != "sctp" {
			out = append(out, n)
		}
	}
	return out
}
