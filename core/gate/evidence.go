package gate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/slipway-build/slipway/core/ledger"
)

// Record attaches v to its digest as evidence and journals it. Of an index each
// platform has verdicts of its own: Platform says which it is. A verdict that
// contradicts itself, or is of another digest than subject, is an error and
// nothing is attached.
func (g *Gate) Record(ctx context.Context, subject Manifest, v Verdict) error {
	if err := v.check(subject); err != nil {
		return err
	}
	blob, err := stated(subject, testResult, v.predicate())
	if err != nil {
		return fmt.Errorf("recording a verdict of %s: %w", v.Image, err)
	}
	notes, err := v.annotations()
	if err != nil {
		return fmt.Errorf("recording a verdict of %s: %w", v.Image, err)
	}
	a := Artifact{Type: VerdictType, Annotations: notes, Blob: blob, BlobType: StatementType}
	if _, err := g.registry.Attach(ctx, subject, a); err != nil {
		return fmt.Errorf("attaching the verdict of %s to %s@%s: %w", v.Image, v.Repository, v.Digest, err)
	}
	return g.run.Record(ledger.Entry{Verdict: &ledger.Verdict{
		Image: v.Image, Repository: v.Repository, Digest: v.Digest,
		Platform: v.Platform, State: string(v.State), Planned: v.Planned, Passed: v.Passed, Reasons: v.Reasons,
	}})
}

// Find returns the newest conclusive verdict of subject's digest, without its
// scenarios; of an index that of each platform, and what they amount to, so that
// it does not matter which machine proved which. Of two that finished at one instant the one that does not pass
// counts. The error is fs.ErrNotExist when there is none. Evidence that cannot
// be read is an error, since it might be what overrides an earlier pass.
func (g *Gate) Find(ctx context.Context, subject Manifest) (Verdict, error) {
	ref := subject.Repository + "@" + subject.Digest
	found, err := g.registry.Referrers(ctx, subject.Repository, subject.Digest, VerdictType)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Verdict{}, fmt.Errorf("reading the evidence of %s: %w", ref, err)
	}
	best := map[string]Verdict{}
	for _, m := range found {
		v, err := readEvidence(m, subject)
		if err != nil {
			return Verdict{}, fmt.Errorf("reading the evidence of %s: %w", ref, err)
		}
		if !slices.Contains(subject.platforms(), v.Platform) {
			return Verdict{}, fmt.Errorf("reading the evidence of %s: referrer %s is of platform %q, which it does not have", ref, m.Digest, v.Platform)
		}
		if v.State.Conclusive() && v.overrides(best[v.Platform]) {
			best[v.Platform] = v
		}
	}
	if len(best) == 0 {
		return Verdict{}, fmt.Errorf("reading the evidence of %s: %w", ref, fs.ErrNotExist)
	}
	return together(subject, best), nil
}

func readEvidence(m, subject Manifest) (Verdict, error) {
	v, err := readVerdict(m.Annotations)
	if err == nil && v.Digest != subject.Digest {
		err = fmt.Errorf("it is of %s", v.Digest)
	}
	if err != nil {
		return v, fmt.Errorf("referrer %s cannot be relied on (delete it if it is not yours): %w", m.Digest, err)
	}
	return v, nil
}

// overrides says whether v counts rather than old.
func (v Verdict) overrides(old Verdict) bool {
	if old.State == "" || !v.Finished.Equal(old.Finished) {
		return old.State == "" || v.Finished.After(old.Finished)
	}
	return len(v.Faults()) > 0
}
