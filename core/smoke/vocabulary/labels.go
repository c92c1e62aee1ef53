package vocabulary

import (
	"context"

	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/world"
)

func labels() []step.Definition {
	return []step.Definition{
		{
			Pattern: `the image has the label {string}`, Keyword: step.Then, Run: hasLabel,
			Example: `the image has the label "maintainer"`,
			Doc:     "The label is set, be it to nothing.",
		},
		{
			Pattern: `the image does not have the label {string}`, Keyword: step.Then, Run: hasNoLabel,
			Example: `the image does not have the label "debug"`,
			Doc:     "The label is not set.",
		},
		{
			Pattern: `the image label {string} equals {string}`, Keyword: step.Then, Run: labelEquals,
			Example: `the image label "version" equals "1.10"`,
			Doc:     "The label is set to exactly this.",
		},
		{
			Pattern: `the image label {string} matches {regexp}`, Keyword: step.Then, Run: labelMatches,
			Example: `the image label "org.opencontainers.image.revision" matches "^[0-9a-f]{40}$"`,
			Doc:     "The label is set, and the regular expression matches somewhere in it.",
		},
		{
			Pattern: `the image labels include:`, Keyword: step.Then, Run: labelsInclude,
			Argument: step.Table, Columns: []string{"key", "value"},
			Example: "the image labels include:\n  | key    | value |\n  | vendor | ACME  |",
			Doc:     "Every label of the table is set to its value; there may be others.",
		},
	}
}

func label(w *world.World, name string) (string, error) {
	value, ok := w.Subject().Config.Config.Labels[name]
	if !ok {
		return "", world.Mismatchf("the image has no label %q", name)
	}
	return value, nil
}

func hasLabel(_ context.Context, w *world.World, args step.Args) error {
	_, err := label(w, args.String(0))
	return err
}

func hasNoLabel(_ context.Context, w *world.World, args step.Args) error {
	if value, err := label(w, args.String(0)); err == nil {
		return world.Mismatchf("the image has the label %q: %q", args.String(0), value)
	}
	return nil
}

func labelEquals(_ context.Context, w *world.World, args step.Args) error {
	value, err := label(w, args.String(0))
	if err != nil {
		return err
	}
	return equal("the image label "+args.String(0), value, args.String(1))
}

func labelMatches(_ context.Context, w *world.World, args step.Args) error {
	value, err := label(w, args.String(0))
	if err != nil {
		return err
	}
	return matches("the image label "+args.String(0), value, args.Regexp(1))
}

func labelsInclude(_ context.Context, w *world.World, args step.Args) error {
	for _, row := range args.Rows[1:] {
		value, err := label(w, row[0])
		if err != nil {
			return err
		}
		if err := equal("the image label "+row[0], value, row[1]); err != nil {
			return err
		}
	}
	return nil
}
