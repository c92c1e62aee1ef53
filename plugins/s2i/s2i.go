// Package s2i is the strategy "s2i": it makes an image out of source code and a
// builder image that knows how to compile it, as OpenShift's source-to-image
// does, with buildah.
//
// The builder holds two scripts: assemble, which turns source into something
// that runs, and run, which runs it. The source is laid below /tmp/src, assemble
// runs once as the builder's user, and what it leaves is the image, whose
// command is run. The rules are those of
// https://github.com/openshift/source-to-image/blob/master/docs/builder_image.md,
// and each build is carried out as the Dockerfile that `s2i build
// --as-dockerfile` would write, so that it is cached, cancelled and reproducible as
// every build here is; the package comment of plugins/internal/build tells how.
//
// Defaults, and why:
//
//   - The whole workspace is source, but for image.yml, features/, .git and what
//     .s2iignore names: a test or a comment is no reason to build.
//   - Scripts are taken from `scripts`, else from .s2i/bin in the source, else
//     from where the builder's label io.openshift.s2i.scripts-url says. None is
//     fetched from the network: it would go into the image without going into
//     the build key.
//   - Build arguments are in the environment of assemble and not in the image;
//     `env` and .s2i/environment are in both. Secrets are files below
//     /run/secrets while assemble runs.
//   - With `incremental`, what save-artifacts of the builder saves is there again
//     at the next build on this machine. It is a cache, as that of
//     RUN --mount=type=cache: the build key knows nothing of it.
package s2i

import (
	"context"
	"path"

	"github.com/slipway-build/slipway/plugins/internal/build"
	"github.com/slipway-build/slipway/sdk"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// Name is what playbooks and inventories call the strategy.
const Name = "s2i"

// Version is part of every build key. It is raised when equal inputs give
// another image than before; the golden test says when.
const Version = "1.0.0"

// Strategy returns the strategy "s2i".
func Strategy() strategy.Strategy {
	return sdk.New(sdk.Definition[Config]{
		Name: Name, Version: Version,
		Summary:      "Builds source code with a builder image's assemble script",
		Validate:     validate,
		Plan:         plan,
		Build:        buildImage,
		Capabilities: []string{strategy.CapabilityResources, strategy.CapabilityStop, strategy.CapabilityStorage},
		Requires:     build.Requires(),
		Transports:   build.Transports(),
	})
}

// plan says that the builder and every file of the source go into the image.
func plan(_ context.Context, p *sdk.Plan[Config]) error {
	s, err := readSource(p.Workspace, p.Config.Context, p.Later)
	if err != nil {
		return err
	}
	p.Image(strategy.ImageInput{Reference: p.Config.Builder, Kind: strategy.Base})
	p.Input(path.Join(p.Config.Context, ignoreFile))
	p.Input(p.Config.Context, s.excluded(p.Config.Context)...)
	return nil
}

// buildImage writes the Dockerfile of the build, and has it built.
func buildImage(ctx context.Context, b *sdk.Build[Config]) error {
	s, err := readSource(b.Dirs.Workspace, b.Config.Context, nil)
	if err != nil {
		return err
	}
	config, err := build.Config(ctx, b.BuildRequest, b.Config.Builder)
	if err != nil {
		return err
	}
	where, err := findScripts(b.Config, s, config)
	if err != nil {
		return err
	}
	r := recipe{request: b.BuildRequest, config: b.Config, builder: *config, source: s, scripts: where}
	spec, err := r.write()
	if err != nil {
		return err
	}
	done, err := build.Run(ctx, spec, b)
	if err != nil {
		return err
	}
	for i := range done.Diagnostics {
		done.Diagnostics[i].Pos = diag.Pos{} // nobody can look at the Dockerfile
	}
	b.Complete(done)
	return nil
}
