package vocabulary

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/world"
)

func logs() []step.Definition {
	return []step.Definition{
		{
			Pattern: `the log contains {string} within {duration}`, Keyword: step.Then, Run: logContains,
			Example: `the log contains "Started in" within "60s"`,
			Doc:     "Waits until the container's log has this text in it.",
		},
		{
			Pattern: `the log matches {regexp} within {duration}`, Keyword: step.Then, Run: logMatches,
			Example: `the log matches "(?m)^INFO .* listening" within "60s"`,
			Doc:     "Waits until the regular expression matches in the container's log.",
		},
		{
			Pattern: `the log contains {string} exactly {count} times`, Keyword: step.Then, Run: logCounts,
			Example: `the log contains "retry" exactly 3 times`,
			Doc:     "The container's log has this text in it so many times now.",
		},
		{
			Pattern: `the log does not contain {string} for {duration}`, Keyword: step.Then, Run: logLacks,
			Example: `the log does not contain "ERROR" for "5s"`,
			Doc:     "The container's log, from its beginning, does not have this text in it now nor until the time is over; the container must keep running.",
		},
		{
			Pattern: `the log does not match {regexp}`, Keyword: step.Then, Run: logMatchesNot,
			Example: `the log does not match "(?i)password=\S+"`,
			Doc:     "The regular expression matches nowhere in what the container has written until now.",
		},
		{
			Pattern: `the log lines are valid JSON`, Keyword: step.Then, Run: logIsJSON,
			Example: `the log lines are valid JSON`,
			Doc:     "Every line that the container has written until now is a JSON value; an empty log fails.",
		},
	}
}

func logOf(w *world.World) (string, error) {
	c, err := w.Container("")
	if err != nil {
		return "", err
	}
	return string(c.Logs()), nil
}

// awaitLog waits for check to be pleased with the log. A container that has
// exited writes no more, so that its log is looked at once.
func awaitLog(ctx context.Context, w *world.World, args step.Args, check func(log string) error) error {
	return w.Eventually(ctx, args.Duration(1), func(ctx context.Context) error {
		dead := w.Alive(ctx, "")
		log, err := logOf(w)
		if err != nil {
			return err
		}
		if err = check(log); err != nil && dead != nil {
			return dead
		}
		return err
	})
}

func logContains(ctx context.Context, w *world.World, args step.Args) error {
	return awaitLog(ctx, w, args, func(log string) error {
		if !strings.Contains(log, args.String(0)) {
			return world.Mismatchf("the log does not contain %q", args.String(0))
		}
		return nil
	})
}

func logMatches(ctx context.Context, w *world.World, args step.Args) error {
	return awaitLog(ctx, w, args, func(log string) error {
		if !args.Regexp(0).MatchString(log) {
			return world.Mismatchf("the log does not match %q", args.Regexp(0))
		}
		return nil
	})
}

func logCounts(_ context.Context, w *world.World, args step.Args) error {
	log, err := logOf(w)
	if err != nil {
		return err
	}
	if got := strings.Count(log, args.String(0)); got != args.Int(1) {
		return world.Mismatchf("the log contains %q %d times, want %d", args.String(0), got, args.Int(1))
	}
	return nil
}

func logLacks(ctx context.Context, w *world.World, args step.Args) error {
	return w.Throughout(ctx, args.Duration(1), func(ctx context.Context) error {
		log, err := logOf(w)
		if err != nil {
			return err
		}
		if err := lacks("the log", log, args.String(0)); err != nil {
			return err
		}
		return w.Alive(ctx, "")
	})
}

func logMatchesNot(_ context.Context, w *world.World, args step.Args) error {
	log, err := logOf(w)
	if err != nil {
		return err
	}
	if found := args.Regexp(0).FindStringIndex(log); found != nil {
		return world.Mismatchf("the log matches %q in line %d", args.Regexp(0), 1+strings.Count(log[:found[0]], "\n"))
	}
	return nil
}

func logIsJSON(_ context.Context, w *world.World, _ step.Args) error {
	log, err := logOf(w)
	if err != nil {
		return err
	}
	if strings.TrimSpace(log) == "" {
		return world.Mismatchf("the log is empty")
	}
	for line := range strings.Lines(log) {
		if !json.Valid([]byte(line)) {
			return world.Mismatchf("a line of the log is not JSON: %s", shown(strings.TrimSpace(line)))
		}
	}
	return nil
}
