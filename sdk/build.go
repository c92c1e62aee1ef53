package sdk

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/internal/config"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A Build is one build: what it may use, and where it says what it does. What
// is asked of it stands in the embedded request.
type Build[C any] struct {
	strategy.BuildRequest
	Config C // decoded; hides the raw config of the request

	events *masked
	image  *strategy.Image
	cached bool
	done   *strategy.Completed
}

// Step opens a step. The id must be unique within the build. Close it with
// [Step.Done].
func (b *Build[C]) Step(id, title string) *Step {
	_ = b.events.Send(strategy.StepStarted{ID: id, Title: title})
	return &Step{id: id, events: b.events}
}

// Result says what the build made. Without it a build that returns no error
// has failed.
func (b *Build[C]) Result(i strategy.Image) { b.image = &i }

// CachedResult says that the image was there already.
func (b *Build[C]) CachedResult(i strategy.Image) { b.image, b.cached = &i, true }

// Send passes an event on, for a strategy that has the work done by a builder
// which tells of its steps itself; [strategy.Events] is what such a builder is
// given. Its last event is for [Build.Complete].
func (b *Build[C]) Send(e strategy.Event) error { return b.events.Send(e) }

// Complete makes the answer of such a builder that of this build.
func (b *Build[C]) Complete(done strategy.Completed) { b.done = &done }

// Warn tells the user of something that does not end the build.
func (b *Build[C]) Warn(p *Problem) {
	d := p.diagnostic()
	d.Severity = diag.Warning
	_ = b.events.Send(strategy.Diagnostic{Diagnostic: d})
}

// Artifact declares a file of the result; path is relative to Dirs.Output. Its
// size and digest are taken here.
func (b *Build[C]) Artifact(kind, path string) error {
	if !filepath.IsLocal(path) {
		return fmt.Errorf("declaring artifact %q: the path must be inside of the output folder", path)
	}
	f, err := os.Open(filepath.Join(b.Dirs.Output, path))
	if err != nil {
		return fmt.Errorf("declaring an artifact: %w", err)
	}
	defer f.Close()
	hash := sha256.New()
	size, err := io.Copy(hash, f)
	if err != nil {
		return fmt.Errorf("hashing artifact %s: %w", path, err)
	}
	return b.events.Send(strategy.Artifact{
		Kind: kind, Path: path, Digest: fmt.Sprintf("sha256:%x", hash.Sum(nil)), Size: size, Platform: b.Target.Platform,
	})
}

// Build implements [strategy.Strategy].
func (s *defined[C]) Build(ctx context.Context, r strategy.BuildRequest, events strategy.Events) error {
	if s.definition.Build == nil {
		return strategy.ErrUnimplemented
	}
	c, err := s.decode(ctx, r.Config)
	secrets := slices.Collect(maps.Values(r.Secrets))
	for _, text := range config.Secrets(c) {
		secrets = append(secrets, []byte(text))
	}
	out := newMasked(events, secrets)
	b := &Build[C]{BuildRequest: r, Config: c, events: out}
	if err == nil {
		err = s.definition.Build(ctx, b)
	}
	out.flush()
	return out.Send(b.completed(ctx, err))
}

// completed says how a build ended that returned err.
func (b *Build[C]) completed(ctx context.Context, err error) strategy.Completed {
	stopped := errors.Is(context.Cause(ctx), strategy.ErrStopped)
	switch {
	case err != nil && stopped:
		return strategy.Completed{Outcome: strategy.Cancelled}
	case err != nil:
		return strategy.Completed{Outcome: strategy.Failed, Diagnostics: diagnostics(err)}
	case b.done != nil:
		return *b.done
	case b.image == nil:
		return strategy.Completed{Outcome: strategy.Failed, Diagnostics: diag.List{
			diag.Errorf("plugin.result", diag.Pos{}, "the build ended without a result").
				WithFix("call Result in the strategy's Build"),
		}}
	case b.cached:
		return strategy.Completed{Outcome: strategy.Cached, Image: b.image}
	default:
		return strategy.Completed{Outcome: strategy.OK, Image: b.image}
	}
}
