package build

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/containers/buildah/define"
	"github.com/containers/storage"

	"github.com/slipway-build/slipway/plugins/internal/dockerfile"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// bases are the images that a build stands on and takes files from, bound to
// what the host decided.
type bases struct {
	store   storage.Store
	request strategy.BuildRequest
	onBuild bool // the whole context counts
	steps   *steps

	ids      map[need]string // without "sha256:"
	contexts map[string]*define.AdditionalBuildContext
	held     []string // containers that hold mounted images
}

// A need is what an image is bound by: one reference may be needed for several
// platforms.
type need struct{ reference, platform string }

func needOf(image dockerfile.Image) need { return need{image.Reference, image.Platform} }

// id answers the image ID for an image that bind has seen.
func (b *bases) id(image dockerfile.Image) string { return b.ids[needOf(image)] }

// bind makes every image that is needed present in the storage.
func (b *bases) bind(ctx context.Context, needs *dockerfile.Build) (*diag.Diagnostic, error) {
	b.ids, b.contexts = map[need]string{}, map[string]*define.AdditionalBuildContext{}
	for _, image := range needs.Images {
		if b.id(image) == "" {
			id, problem := b.fetch(ctx, image)
			if problem != nil {
				return problem, nil
			}
			b.ids[needOf(image)] = id
		}
		for _, check := range []func(context.Context, dockerfile.Image) (*diag.Diagnostic, error){b.checkTriggers, b.checkAssumed} {
			if problem, err := check(ctx, image); problem != nil || err != nil {
				return problem, err
			}
		}
		if err := b.offer(image); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// fetch returns the ID of an image, after pulling it when it is not here, or
// what is wrong with the image that the file names.
func (b *bases) fetch(ctx context.Context, image dockerfile.Image) (string, *diag.Diagnostic) {
	base, ok := b.decided(needOf(image))
	if !ok {
		d := diag.Errorf("unbound-image", image.Pos, "nothing was decided for image %s", image.Reference).
			WithDetail("The build was given %d images; this is none of them.", len(b.request.Bases))
		return "", &d
	}
	want := strings.TrimPrefix(base.ImageID, "sha256:")
	if want != "" {
		if found, err := b.store.Image(want); err == nil && found.ID == want {
			return want, nil
		}
	}
	id, err := b.pull(ctx, base)
	if err != nil {
		d := diag.Errorf("pull-failed", image.Pos, "image %s cannot be fetched from %s", image.Reference, base.Location).
			WithDetail("%v", err)
		return "", &d
	}
	if want != "" && id != want {
		d := diag.Errorf("wrong-image", image.Pos, "%s holds image sha256:%s, not sha256:%s as decided", base.Location, id, want)
		return "", &d
	}
	return id, nil
}

func (b *bases) decided(wanted need) (strategy.BaseImage, bool) {
	for _, base := range b.request.Bases {
		if (need{base.Reference, base.Platform}) == wanted {
			return base, true
		}
	}
	return strategy.BaseImage{}, false
}

// offer makes an image known to buildah where it is not a FROM: to COPY as
// an image, to mounts as a folder, since buildah writes the manifest digest of
// a mounted image, which differs from storage to storage, into the history.
func (b *bases) offer(image dockerfile.Image) error {
	switch image.Kind {
	case strategy.Copy:
		if b.contexts[image.Reference] == nil {
			b.name(image, &define.AdditionalBuildContext{IsImage: true, Value: b.id(image)})
		}
	case strategy.Mount:
		folder, err := b.hold(b.id(image))
		if err != nil {
			return fmt.Errorf("mounting image %s: %w", image.Reference, err)
		}
		b.name(image, &define.AdditionalBuildContext{Value: folder})
	default: // a FROM, which buildah finds by its ID
	}
	return nil
}

// hold mounts an image in a working container of the build: buildah wants to
// be able to write where it mounts from, though a step may not.
func (b *bases) hold(id string) (string, error) {
	names := []string{fmt.Sprintf("mount%d-%s", len(b.held), suffix(b.request.ID))}
	c, err := b.store.CreateContainer("", names, id, "", "", &storage.ContainerOptions{Volatile: true})
	if err != nil {
		return "", err
	}
	b.held = append(b.held, c.ID)
	return b.store.Mount(c.ID, "")
}

// name makes a context known as the file spells it and as that expands:
// buildah looks for either.
func (b *bases) name(image dockerfile.Image, context *define.AdditionalBuildContext) {
	b.contexts[image.Reference] = context
	b.contexts[image.Written] = context
}

// release takes the mounts down.
func (b *bases) release() error {
	var problems []error
	for _, id := range b.held {
		if _, err := b.store.Unmount(id, true); err != nil {
			problems = append(problems, fmt.Errorf("unmounting an image: %w", err))
		}
		if err := b.store.DeleteContainer(id); err != nil {
			problems = append(problems, fmt.Errorf("removing working container %s: %w", id, err))
		}
	}
	return errors.Join(problems...)
}
