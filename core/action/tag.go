package action

import (
	"context"
	"fmt"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Tag is the action that gives an image tags: before its push, those that the
// push will put; after it, at once. Names in local storage are never touched:
// there an image is its ID.
type Tag struct{ Decider *Decider }

// Check judges the arguments as written.
func (*Tag) Check(args document.Node) diag.List {
	var a pushArgs
	ds := document.Decode(args, &a)
	if ds == nil && len(a.Tags) == 0 {
		ds.Add(diag.Errorf("missing-key", args.Pos(), "tag needs at least one tag").WithFix("write tag: { tags: [test] }"))
	}
	return ds
}

// Run tags the image of a step.
func (t *Tag) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	var args pushArgs
	if err := document.Decode(step.Args, &args).Err(); err != nil {
		return engine.Result{}, err
	}
	name := step.Image.Name
	product, ok := t.Decider.Products.Get(name)
	if !ok {
		return engine.Result{}, fmt.Errorf("%s has not been built or pushed in this run, so there is nothing to tag", name)
	}
	result := engine.Result{Verb: "tagged", Digest: product.ImageID, Detail: strings.Join(args.Tags, ", ")}
	if product.Manifest == nil || step.Check {
		product.Tags = args.Tags
		t.Decider.Products.Put(name, product)
		return result, nil
	}
	moved, err := putTags(ctx, t.Decider.Registry, *product.Manifest, args.Tags)
	result.Changed, result.Digest = moved, product.Manifest.Digest
	return result, unreachable(err)
}
