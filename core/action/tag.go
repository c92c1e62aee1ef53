package action

import (
	"context"
	"fmt"
	"strings"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Tag is the action that gives an image tags: before its push, those that the
// push will put; after it, at once. Names in local storage are never touched:
// there an image is its ID.
type Tag struct {
	Decider  *decide.Decider
	Registry Registry
}

// tagArgs are the arguments of `tag`.
type tagArgs struct {
	Tags []string `yaml:"tags" doc:"the tags; at least one" example:"[test]"`
}

// Declare declares the action.
func (*Tag) Declare() declare.Action {
	return declare.Action{
		Name:    "tag",
		Summary: "give the image tags",
		Alone:   "tags",
		About: "Before the push they are those that the push will put; after it they are put at once. Names in local storage are never " +
			"touched: there an image is its ID.",
		Args: new(tagArgs), Result: new(tagResult),
		Check:    "Remembers the tags for the push, and puts none.",
		Examples: []string{"tag:\n  tags: [test]"},
		Rule: func(args document.Node) diag.List {
			if tags := args.Get("tags"); tags.IsZero() || tags.Kind() == document.Sequence && len(tags.Items()) == 0 {
				return diag.List{diag.Errorf("missing-key", args.Pos(), "tag needs at least one tag").WithFix("write tag: { tags: [test] }")}
			}
			return nil
		},
	}
}

// tagResult is what is registered of `tag`.
type tagResult struct {
	Tags []string `yaml:"tags" doc:"the tags that the image has, or gets with its push"`
}

// Run tags the image of a step.
func (t *Tag) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	args, err := declare.Decode[tagArgs](step.Args)
	if err != nil {
		return engine.Result{}, err
	}
	name := step.Image.Name
	product, ok := t.Decider.Products.Get(name)
	if !ok {
		return engine.Result{}, fmt.Errorf("%s has not been built or pushed in this run, so there is nothing to tag", name)
	}
	result := engine.Result{Verb: "tagged", Digest: product.ImageID(), Detail: strings.Join(args.Tags, ", "), Values: declare.Values(tagResult(args))}
	if product.Manifest == nil || step.Check {
		product.Tags = args.Tags
		t.Decider.Products.Put(name, product)
		return result, nil
	}
	moved, err := putTags(ctx, t.Registry, *product.Manifest, args.Tags)
	result.Changed, result.Digest = moved, product.Manifest.Digest
	return result, unreachable(err)
}
