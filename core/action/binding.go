package action

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/slipway-build/slipway/core/deploy"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/registry/reference"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A binding is what stands for an image reference of a compose file.
type binding struct {
	image    string // of the inventory; "" for others
	imageID  string // of what is run here
	identity string // of what is meant, on whatever machine: of several platforms their index
}

// bind answers one image reference of a compose file, and brings the image
// here.
func (d *Deploy) bind(ctx context.Context, ref deploy.Reference, from string) (binding, error) {
	r, err := reference.Parse(ref.Image)
	if err != nil {
		return binding{}, diag.List{diag.Errorf("bad-reference", ref.Pos, "%v", err)}
	}
	b := binding{image: d.Match(r)}
	m, err := d.manifest(ctx, b.image, r.Tagged().Exact(), from)
	if err != nil {
		return b, err
	}
	b.imageID, err = d.Smoke.fetch(ctx, m, "")
	if b.identity = b.imageID; m.IsIndex() {
		b.identity = m.Digest
	}
	return b, err
}

// manifest is what is deployed for an image: the candidate of one of the
// inventory, else what the reference names.
func (d *Deploy) manifest(ctx context.Context, image, ref, from string) (registry.Manifest, error) {
	if image == "" {
		m, err := d.Smoke.Client.Resolve(ctx, ref)
		return m, unreachable(err)
	}
	p, err := candidate(ctx, d.Smoke.Decider, d.Smoke.Decider.Family.Node(image).Image, from)
	if err != nil {
		return registry.Manifest{}, err
	}
	return *p.Manifest, nil
}

// digestOf stands for a deployment: its description and what it runs.
func digestOf(description string, images map[string]string) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d\x00%s", len(description), description)
	for _, ref := range slices.Sorted(maps.Keys(images)) {
		fmt.Fprintf(h, "\x00%s\x00%s", ref, images[ref])
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}
