package build

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/containers/buildah/imagebuildah"
	"github.com/containers/storage"

	"github.com/slipway-build/slipway/plugins/internal/dockerfile"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// carryOut builds spec in this process. An error means that the builder broke;
// what the user can mend is in the answer.
func carryOut(ctx context.Context, spec Spec, s *steps) (done strategy.Completed, err error) {
	needs, problems, err := read(spec)
	if err != nil || needs == nil {
		return failed(problems...), err
	}
	if problems := impossible(spec.Request.Isolation, needs); len(problems) > 0 {
		return failed(problems...), nil
	}
	store, err := openStore(spec.Request.Storage)
	if err != nil {
		return strategy.Completed{}, err
	}
	b := &bases{store: store, request: spec.Request, onBuild: spec.OnBuild, steps: s}
	defer func() { err = errors.Join(err, b.release()) }()
	s.open(spec, needs)
	if problem, err := b.bind(ctx, needs); problem != nil || err != nil {
		s.close(strategy.Failed)
		return failedBy(problem), err
	}
	id, cached, err := runBuildah(ctx, store, spec, needs, b, s)
	if err != nil {
		return s.fail(err), nil
	}
	if id, err = withoutAccidents(store, id); err != nil {
		return strategy.Completed{}, err
	}
	return completed(spec.Request.Storage, id, s.close(outcome(cached))), nil
}

// read parses the Dockerfile again: the plugin has checked it, but it is the
// worker who must know what is written in it now.
func read(spec Spec) (*dockerfile.Build, diag.List, error) {
	content, err := os.ReadFile(spec.File)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the Dockerfile: %w", err)
	}
	file, problems := dockerfile.Parse(spec.Name, content)
	if file == nil {
		return nil, problems, nil
	}
	needs, more := file.Resolve(dockerfile.Options{
		Target:   spec.Target,
		Args:     spec.Request.Args,
		Platform: spec.Request.Target.Platform,
	})
	return needs, append(problems, more...), nil
}

// impossible finds what the isolation cannot do: it is refused rather than
// ignored.
func impossible(isolation string, needs *dockerfile.Build) diag.List {
	var problems diag.List
	for _, step := range needs.Steps {
		if step.Network == "none" && isolation != "oci" {
			problems.Add(diag.Errorf("no-network-isolation", step.Pos, "RUN --network=none cannot be had with chroot isolation").
				WithFix("build with isolation: oci"))
		}
	}
	return problems
}

// runBuildah builds with everything bound. Storage that other processes prune
// may lose a layer between being listed and being read; what was built until
// then is cached, so the build is begun again.
func runBuildah(ctx context.Context, store storage.Store, spec Spec, needs *dockerfile.Build, b *bases, s *steps) (id string, cached bool, err error) {
	path := filepath.Join(spec.Request.Dirs.Scratch, "Dockerfile")
	if err := os.WriteFile(path, needs.Bind(b.id), 0o600); err != nil {
		return "", false, fmt.Errorf("writing the bound Dockerfile: %w", err)
	}
	if err := dropNames(store, spec.Request.ID); err != nil {
		return "", false, err
	}
	if spec.Context, err = contextFor(spec, needs); err != nil {
		return "", false, err
	}
	options, err := buildOptions(spec, b, s)
	if err != nil {
		return "", false, err
	}
	ordered := orderedStore{store, spec.Request.Dirs.Scratch}
	for range 3 {
		s.rewind()
		id, _, err = imagebuildah.BuildDockerfiles(ctx, ordered, options, path)
		if !errors.Is(err, storage.ErrLayerUnknown) && !errors.Is(err, storage.ErrImageUnknown) {
			break
		}
	}
	return id, s.allCached(), err
}

func outcome(cached bool) strategy.Outcome {
	if cached {
		return strategy.Cached
	}
	return strategy.OK
}

func completed(storage strategy.Storage, id string, how strategy.Outcome) strategy.Completed {
	return strategy.Completed{
		Outcome: how,
		Image:   &strategy.Image{Reference: storage.Reference(id), ID: "sha256:" + id},
	}
}

func failed(problems ...diag.Diagnostic) strategy.Completed {
	return strategy.Completed{Outcome: strategy.Failed, Diagnostics: problems}
}

func failedBy(problem *diag.Diagnostic) strategy.Completed {
	if problem == nil {
		return strategy.Completed{}
	}
	return failed(*problem)
}
