package outdated

import (
	"context"
	"slices"
	"time"

	"github.com/slipway-build/slipway/cmd/slipway/internal/preview"
	"github.com/slipway-build/slipway/core/bases"
	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/registry/reference"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A comparison holds images against what their bases are now.
type comparison struct {
	*preview.Preview
	client *registry.Client
	pins   bases.Lock
}

// behind returns the bases of others that have moved since they were pinned, or
// else since an image's last build. One that the Dockerfile has changed is not
// behind: it was told to.
func (c *comparison) behind(ctx context.Context, d decide.Decision) ([]Image, error) {
	if d.Fate == plan.Blocked {
		return nil, nil // told on its own
	}
	node := c.Family.Node(d.Image)
	affected := c.Family.Descendants(d.Image, -1)
	if affected == nil {
		affected = []string{}
	}
	var out []Image
	for _, r := range d.Rulings {
		answer := node.Answer(r.Platform)
		for _, in := range answer.Images {
			if node.Parent(in.Reference) != "" {
				continue
			}
			image, err := c.compare(ctx, in, answer.For(in), r)
			if err != nil {
				return nil, err
			}
			image.Name = d.Image
			if image.Old != "" && image.Old != image.New && !slices.ContainsFunc(out, image.same) {
				image.Affected = affected
				out = append(out, image)
			}
		}
	}
	return out, nil
}

// same reports whether another platform told the same.
func (i Image) same(other Image) bool {
	return i.Name == other.Name && i.Base == other.Base && i.Old == other.Old && i.New == other.New
}

// compare holds one base against what it was; Old is "" when nobody knows.
func (c *comparison) compare(ctx context.Context, in strategy.ImageInput, platform string, ruling decide.Ruling) (Image, error) {
	image := Image{Base: plan.IdentityOf(in).String()}
	r, err := reference.Parse(in.Reference)
	if err != nil {
		return image, err
	}
	ref := r.Tagged().Exact()
	m, err := c.Decider.Outside(ctx, ref, platform)
	if err != nil {
		return image, err
	}
	seen, _, err := c.Decider.Bases.Seen.Last(ref, platform, "")
	if err != nil {
		return image, err
	}
	if pin, ok := c.pins.Find(ref); ok {
		image.Old, image.New = pin.Digest, seen.Named
	} else {
		image.Old, image.New = changed(ruling.Reasons, image.Base)
	}
	if image.Old != "" && image.Old != image.New {
		image.Since, image.SinceBy = c.since(ctx, m, seen.Time)
	}
	return image, nil
}

// changed returns what a base was and is, when it is a reason to build.
func changed(reasons []buildkey.Reason, base string) (old, now string) {
	for _, r := range reasons {
		if r.Kind == "image" && r.What == base && r.New != "" {
			return r.Old, r.New
		}
	}
	return "", ""
}

// since tells when an image came to be. One that says 1970 was built to say
// nothing, and one that cannot be read says nothing either.
func (c *comparison) since(ctx context.Context, m registry.Manifest, seen time.Time) (at, by string) {
	config, _, err := c.client.Config(ctx, m)
	if err == nil && config.Created != nil && config.Created.Unix() > 0 {
		return config.Created.UTC().Format(time.RFC3339), "created"
	}
	return seen.Format(time.RFC3339), "seen"
}
