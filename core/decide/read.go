package decide

import (
	"cmp"
	"context"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
)

// read returns the facts about an image for a platform, but for its images, as
// they are now, and why its build may never be used again. versions keeps those
// of URLs; nil has every server asked.
func (d *Decider) read(ctx context.Context, image *inventory.Image, answer plan.Answer, versions *answers[string]) (buildkey.Facts, string, error) {
	about, err := d.Describe(ctx, image.Strategy)
	if err != nil {
		return buildkey.Facts{}, "", err
	}
	plugin, err := d.Identity(image.Strategy)
	if err != nil {
		return buildkey.Facts{}, "", err
	}
	space, err := d.ground(ctx, image)
	if err != nil {
		return buildkey.Facts{}, "", err
	}
	files, err := buildkey.Read(ctx, space.Dir, answer.Inputs, d.Memo)
	if err != nil {
		return buildkey.Facts{}, "", err
	}
	config, err := buildkey.Conceal(about.ConfigSchema, image.Config)
	if err != nil {
		return buildkey.Facts{}, "", err
	}
	facts := buildkey.Facts{
		Strategy: about.Name, Version: about.Version, Plugin: plugin, Config: config,
		Args: image.Args, Labels: image.Labels, Platform: answer.Platform, Epoch: image.Epoch,
		Sources: space.Sources, Fingerprint: answer.Fingerprint, Files: files,
	}
	urls, volatile, err := d.urls(ctx, image, answer, versions)
	facts.URLs = urls
	return facts, cmp.Or(answer.Volatile, volatile), err
}

// Changed reads what goes into an image for the platform of a ruling again, its
// images excepted, and tells what is not as it was then. Every server is asked
// again; a build that was begun on the ruling counts only when nothing is.
func (d *Decider) Changed(ctx context.Context, image *inventory.Image, r Ruling) ([]buildkey.Reason, error) {
	answer := d.Family.Node(image.Name).Answer(r.Platform)
	after, _, err := d.read(ctx, image, answer, nil)
	if err != nil {
		return nil, err
	}
	after.Images = r.Facts.Images
	return buildkey.Diff(r.Facts, after), nil
}
