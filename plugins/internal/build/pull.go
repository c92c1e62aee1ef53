package build

import (
	"context"
	"errors"
	"fmt"
	"strings"

	imagecopy "github.com/containers/image/v5/copy"
	"github.com/containers/image/v5/signature"
	istorage "github.com/containers/image/v5/storage"
	"github.com/containers/image/v5/transports/alltransports"
	"github.com/containers/image/v5/types"

	"github.com/slipway-build/slipway/sdk/platform"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// pull copies a base into the storage, where it gets no name, and returns its
// ID. A registry is asked by digest, whatever tag the location has. An image
// that is not the one decided on is not copied.
func (b *bases) pull(ctx context.Context, base strategy.BaseImage) (id string, err error) {
	if base.Location == "" {
		return "", errors.New("it is not in the storage and has no location")
	}
	system := systemContext(b.request)
	if base.Platform != "" {
		choose(system, base.Platform)
	}
	from, err := alltransports.ParseImageName(byDigest(base))
	if err != nil {
		return "", err
	}
	id, err = imageID(ctx, from, system)
	if err != nil || base.ImageID != "" && base.ImageID != "sha256:"+id {
		return id, err
	}
	to, err := istorage.Transport.ParseStoreReference(b.store, "@"+id)
	if err != nil {
		return "", fmt.Errorf("naming the copy: %w", err)
	}
	policy, err := trust(system)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, policy.Destroy()) }()
	_, err = imagecopy.Image(ctx, policy, to, from, &imagecopy.Options{ReportWriter: b.steps.writer(false), SourceCtx: system, DestinationCtx: system})
	return id, err
}

// imageID is the digest of the config of an image, for the platform of the
// build, without the "sha256:".
func imageID(ctx context.Context, from types.ImageReference, system *types.SystemContext) (string, error) {
	image, err := from.NewImage(ctx, system)
	if err != nil {
		return "", err
	}
	defer image.Close()
	digest := image.ConfigInfo().Digest
	if digest == "" {
		return "", errors.New("its manifest is of a kind that has no config")
	}
	return digest.Encoded(), nil
}

// trust is the signature policy as code.
func trust(system *types.SystemContext) (*signature.PolicyContext, error) {
	policy, err := signature.DefaultPolicy(system)
	if err != nil {
		return nil, fmt.Errorf("reading the signature policy: %w", err)
	}
	return signature.NewPolicyContext(policy)
}

// byDigest is the location with the decided digest in place of a tag.
func byDigest(base strategy.BaseImage) string {
	if !strings.HasPrefix(base.Location, "docker://") || base.Digest == "" {
		return base.Location
	}
	name, _, _ := strings.Cut(base.Location, "@")
	if colon := strings.LastIndexByte(name, ':'); colon > strings.LastIndexByte(name, '/') {
		name = name[:colon]
	}
	return name + "@" + base.Digest
}

// systemContext says how images are found and checked.
func systemContext(req strategy.BuildRequest) *types.SystemContext {
	system := &types.SystemContext{
		SignaturePolicyPath:         policyPath(req.Dirs.Scratch),
		BigFilesTemporaryDir:        req.Dirs.Scratch,
		BlobInfoCacheDir:            req.Dirs.Cache,
		DockerRegistryUserAgent:     "slipway",
		OCIAcceptUncompressedLayers: true,
	}
	choose(system, req.Target.Platform)
	return system
}

// choose has an index answer with the image for a platform.
func choose(system *types.SystemContext, wanted string) {
	system.OSChoice, system.ArchitectureChoice, system.VariantChoice = platform.Parts(wanted)
}
