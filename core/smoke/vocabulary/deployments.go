package vocabulary

import (
	"context"
	"fmt"
	"net/http"

	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/world"
)

func deployments() []step.Definition {
	return []step.Definition{
		{
			Pattern: `the deployment under test`, Keyword: step.Given, Run: deploymentKnown,
			Example: `the deployment under test`,
			Doc:     "Says what the scenario is about. It is an error when nothing was deployed.",
		},
		{
			Pattern: `the deployment under test runs the image under test`, Keyword: step.Then, Run: deploymentRunsSubject,
			Example: `the deployment under test runs the image under test`,
			Doc:     "At least one replica of some service runs the image by its ID, and no replica of the image runs another.",
		},
		{
			Pattern: `the deployment is available within {duration}`, Keyword: step.Then, Run: deploymentAvailable,
			Example: `the deployment is available within "120s"`,
			Doc:     "Waits until every replica of every service is running and healthy.",
		},
		{
			Pattern: `{count} replicas of {string} are ready within {duration}`, Keyword: step.Then, Run: replicasReady,
			Example: `2 replicas of "web" are ready within "120s"`,
			Doc:     "Waits until exactly so many replicas of the service are running and healthy.",
		},
		{
			Pattern: `no container of the deployment restarts for {duration}`, Keyword: step.Then, Run: noRestarts,
			Example: `no container of the deployment restarts for "30s"`,
			Doc:     "No replica is restarted in this time, counted from now, and all keep running.",
		},
	}
}

func deploymentKnown(ctx context.Context, w *world.World, _ step.Args) error {
	_, err := w.Services(ctx, "")
	return err
}

func deploymentRunsSubject(ctx context.Context, w *world.World, _ step.Args) error {
	all, err := w.Services(ctx, "")
	if err != nil {
		return err
	}
	subject, runs := w.Subject(), false
	for _, s := range all {
		if s.Image == subject.Image && s.ImageID != subject.ImageID {
			return world.Mismatchf("the service %q runs %s, the image under test is %s", s.Name, or(s.ImageID, "nothing"), subject.ImageID)
		}
		runs = runs || s.ImageID == subject.ImageID
	}
	if !runs {
		return world.Mismatchf("no service runs the image under test")
	}
	return nil
}

func deploymentAvailable(ctx context.Context, w *world.World, args step.Args) error {
	return w.Eventually(ctx, args.Duration(0), func(ctx context.Context) error {
		all, err := w.Services(ctx, "")
		if err != nil {
			return err
		}
		for _, s := range all {
			if !s.Running || !s.Healthy {
				return world.Mismatchf("the service %q is %s", s.Name, condition(s))
			}
		}
		return nil
	})
}

func condition(s world.ServiceState) string {
	if !s.Running {
		return "not running"
	}
	return "not healthy"
}

func replicasReady(ctx context.Context, w *world.World, args step.Args) error {
	return w.Eventually(ctx, args.Duration(2), func(ctx context.Context) error {
		replicas, err := w.Services(ctx, args.String(1))
		if err != nil {
			return err
		}
		ready := 0
		for _, s := range replicas {
			if s.Running && s.Healthy {
				ready++
			}
		}
		if ready != args.Int(0) {
			return world.Mismatchf("%d replicas of %q are ready, want %d", ready, args.String(1), args.Int(0))
		}
		return nil
	})
}

func noRestarts(ctx context.Context, w *world.World, args step.Args) error {
	before, err := w.Services(ctx, "")
	if err != nil {
		return err
	}
	return w.Throughout(ctx, args.Duration(0), func(ctx context.Context) error {
		now, err := w.Services(ctx, "")
		if err != nil {
			return err
		}
		if len(now) != len(before) {
			return world.Mismatchf("there are %d replicas, there were %d", len(now), len(before))
		}
		return sameLives(before, now)
	})
}

func sameLives(before, now []world.ServiceState) error {
	for i, s := range now {
		switch {
		case !s.Running:
			return world.Mismatchf("the service %q is not running", s.Name)
		case s.Restarts != before[i].Restarts:
			return world.Mismatchf("the service %q restarted %d times", s.Name, s.Restarts-before[i].Restarts)
		}
	}
	return nil
}

func services() []step.Definition {
	return []step.Definition{
		{
			Pattern: `the service {string} answers {path} on port {port} with {status} within {duration}`, Keyword: step.Then, Run: serviceAnswers,
			Example: `the service "web" answers "/health" on port 8080 with 200 within "60s"`,
			Doc:     "Gets the page of a service of the deployment again until the status is this.",
		},
		{
			Pattern: `the log of the service {string} contains {string} within {duration}`, Keyword: step.Then, Run: serviceLogContains,
			Example: `the log of the service "web" contains "listening" within "30s"`,
			Doc:     "Waits until the log of a service of the deployment has this text in it.",
		},
		{
			Pattern: `the log of the service {string} does not contain {string}`, Keyword: step.Then, Run: serviceLogLacks,
			Example: `the log of the service "web" does not contain "ERROR"`,
			Doc:     "What the service has written until now does not have this text in it.",
		},
	}
}

func serviceAnswers(ctx context.Context, w *world.World, args step.Args) error {
	url := fmt.Sprintf("http://%s:%d%s", args.String(0), args.Int(2), args.String(1))
	return w.Eventually(ctx, args.Duration(4), func(ctx context.Context) error {
		e, err := send(ctx, w, call{method: http.MethodGet, url: url})
		if err != nil {
			return err
		}
		return statusIs(e, args.Int(3))
	})
}

func serviceLog(ctx context.Context, w *world.World, name string) (string, error) {
	if _, err := w.Services(ctx, name); err != nil {
		return "", err
	}
	d, err := w.Deployment()
	if err != nil {
		return "", err
	}
	log, err := d.Logs(name)
	if err != nil {
		return "", fmt.Errorf("reading the log of the service %q: %w", name, err)
	}
	return string(log), nil
}

func serviceLogContains(ctx context.Context, w *world.World, args step.Args) error {
	return w.Eventually(ctx, args.Duration(2), func(ctx context.Context) error {
		log, err := serviceLog(ctx, w, args.String(0))
		if err != nil {
			return err
		}
		return contains(fmt.Sprintf("the log of the service %q", args.String(0)), log, args.String(1))
	})
}

func serviceLogLacks(ctx context.Context, w *world.World, args step.Args) error {
	log, err := serviceLog(ctx, w, args.String(0))
	if err != nil {
		return err
	}
	return lacks(fmt.Sprintf("the log of the service %q", args.String(0)), log, args.String(1))
}
