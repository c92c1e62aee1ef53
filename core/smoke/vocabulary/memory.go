package vocabulary

import (
	"context"
	"time"

	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/world"
)

func memory() []step.Definition {
	return []step.Definition{
		{
			Pattern: `I remember the response JSON path {string} as {string}`, Keyword: step.When, Run: rememberPath,
			Example: `I remember the response JSON path "id" as "order_id"`,
			Doc:     "Later arguments of the scenario may hold it: {{ .order_id }}.",
		},
		{
			Pattern: `{string} matches {regexp}`, Keyword: step.Then, Run: textMatches,
			Example: `"{{ .order_id }}" matches "^\d+$"`,
			Doc:     "The regular expression matches in the text, which is mostly a template.",
		},
		{
			Pattern: `I wait {duration}`, Keyword: step.When, Run: wait,
			Example: `I wait "2s"`,
			Doc:     "Does nothing for so long. A step that waits for what you wait for is faster and surer.",
		},
	}
}

func rememberPath(_ context.Context, w *world.World, args step.Args) error {
	text, err := body(w)
	if err != nil {
		return err
	}
	value, err := jsonPath("the response body", []byte(text), args.String(0))
	if err == nil {
		w.Remember(args.String(1), value)
	}
	return err
}

func textMatches(_ context.Context, _ *world.World, args step.Args) error {
	return matches("the text", args.String(0), args.Regexp(1))
}

func wait(ctx context.Context, _ *world.World, args step.Args) error {
	timer := time.NewTimer(args.Duration(0))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
