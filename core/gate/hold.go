package gate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"time"

	"github.com/slipway-build/slipway/core/ledger"
)

// A Hold keeps a tag where it is. It is attached to the digest that stands
// there, so that every machine meets it in the way of the tag's next move:
// see docs/decisions/0020.
type Hold struct {
	Target
	Digest string    // what the tag is kept at
	Reason string    // for whoever meets it
	Actor  string    // who set or lifted it
	Set    time.Time // when it was set or lifted
	Until  time.Time // zero: until it is lifted
	Lifted bool
}

// refusal says what was found, what was wanted and what to do.
func (h Hold) refusal() string {
	until := "until it is lifted"
	if !h.Until.IsZero() {
		until = "until " + h.Until.UTC().Format(time.RFC3339)
	}
	return fmt.Sprintf("%s is held at %s by %s %s (%s): lift the hold, or wait", h.Target, h.Digest, h.Actor, until, h.Reason)
}

// Hold keeps t where it is for a time, or until it is lifted when the time is
// zero. The error is fs.ErrNotExist when nothing stands there.
func (g *Gate) Hold(ctx context.Context, t Target, actor, reason string, lasts time.Duration) (Hold, error) {
	if err := needsReason("a hold", reason); err != nil {
		return Hold{}, err
	}
	digest, err := g.standing(ctx, t)
	if err != nil {
		return Hold{}, err
	}
	h := newHold(t, digest, actor, reason, lasts)
	return h, g.attachHold(ctx, h)
}

func newHold(t Target, digest, actor, reason string, lasts time.Duration) Hold {
	h := Hold{Target: t, Digest: digest, Reason: reason, Actor: actor, Set: time.Now().UTC()}
	if lasts > 0 {
		h.Until = h.Set.Add(lasts)
	}
	return h
}

// Release lifts the hold on t and returns what was lifted. The error is
// fs.ErrNotExist when there is none.
func (g *Gate) Release(ctx context.Context, t Target, actor string) (Hold, error) {
	h, err := g.holdAt(ctx, t)
	if err != nil {
		return Hold{}, err
	}
	if h == nil {
		return Hold{}, fmt.Errorf("lifting the hold on %s: %w", t, fs.ErrNotExist)
	}
	return *h, g.lift(ctx, *h, actor)
}

func (g *Gate) lift(ctx context.Context, h Hold, actor string) error {
	lifted := h
	lifted.Lifted, lifted.Actor = true, actor
	lifted.Set = time.Now().UTC()
	if !lifted.Set.After(h.Set) {
		lifted.Set = h.Set.Add(1) // another machine's clock is ahead of ours
	}
	return g.attachHold(ctx, lifted)
}

// Holds returns the holds in force on targets, in their order.
func (g *Gate) Holds(ctx context.Context, targets []Target) ([]Hold, error) {
	var out []Hold
	for _, t := range targets {
		h, err := g.holdAt(ctx, t)
		if err != nil {
			return nil, err
		}
		if h != nil {
			out = append(out, *h)
		}
	}
	return out, nil
}

// holdAt returns the hold in force on t, or nil.
func (g *Gate) holdAt(ctx context.Context, t Target) (*Hold, error) {
	digest, err := g.at(ctx, t)
	if err != nil || digest == "" {
		return nil, err
	}
	found, err := g.registry.Referrers(ctx, t.Repository, digest, HoldType)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the holds on %s: %w", t, err)
	}
	var last *Hold
	for _, m := range found {
		h, err := readHold(m.Annotations)
		if err != nil {
			return nil, fmt.Errorf("reading the holds on %s: referrer %s: %w", t, m.Digest, err)
		}
		if h.Tag == t.Tag && h.Digest == digest && h.overrides(last) {
			h.Image = t.Image
			last = &h
		}
	}
	if last == nil || last.Lifted || last.expired() {
		return nil, nil
	}
	return last, nil
}

// overrides says whether h counts rather than old. Of two that were written
// at one instant the one that holds counts.
func (h Hold) overrides(old *Hold) bool {
	return old == nil || h.Set.After(old.Set) || h.Set.Equal(old.Set) && !h.Lifted
}

func (h Hold) expired() bool { return !h.Until.IsZero() && !time.Now().Before(h.Until) }

// attachHold attaches h to its digest and journals it.
func (g *Gate) attachHold(ctx context.Context, h Hold) error {
	subject, err := g.fetch(ctx, h.Repository, h.Digest)
	if err != nil {
		return err
	}
	notes := h.annotations()
	blob, err := stated(subject, holdPredicate, notes)
	if err != nil {
		return err
	}
	a := Artifact{Type: HoldType, Annotations: notes, Blob: blob, BlobType: StatementType}
	if _, err := g.registry.Attach(ctx, subject, a); err != nil {
		return fmt.Errorf("attaching a hold to %s: %w", h.Target, err)
	}
	return g.run.Record(ledger.Entry{Hold: &ledger.Hold{
		Image: h.Image, Repository: h.Repository, Tag: h.Tag, Digest: h.Digest,
		Reason: h.Reason, Actor: h.Actor, Until: h.Until, Lifted: h.Lifted,
	}})
}

func (h Hold) annotations() map[string]string {
	return map[string]string{
		prefix + "repository": h.Repository, prefix + "tag": h.Tag, prefix + "digest": h.Digest,
		prefix + "reason": h.Reason, prefix + "actor": h.Actor, prefix + "lifted": strconv.FormatBool(h.Lifted),
		prefix + "time":  h.Set.UTC().Format(time.RFC3339Nano),
		prefix + "until": h.Until.UTC().Format(time.RFC3339Nano),
	}
}

func readHold(a map[string]string) (Hold, error) {
	r := reader{annotations: a}
	h := Hold{
		Target: Target{Repository: r.text("repository"), Tag: r.text("tag")},
		Digest: r.text("digest"), Reason: r.text("reason"), Actor: r.text("actor"),
		Lifted: r.flag("lifted"), Set: r.time("time"), Until: r.time("until"),
	}
	return h, r.err
}

// standing returns what stands under t; that nothing does is an error.
func (g *Gate) standing(ctx context.Context, t Target) (string, error) {
	digest, err := g.at(ctx, t)
	if err == nil && digest == "" {
		err = fmt.Errorf("reading %s: %w", t, fs.ErrNotExist)
	}
	return digest, err
}
