package gate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"time"

	"github.com/slipway-build/slipway/core/ledger"
)

// A Record is one promotion or rollback of one tag.
type Record struct {
	ID         string    `json:"id"` // of the promotion
	RunID      string    `json:"run"`
	Set        string    `json:"set"`
	Image      string    `json:"image"`
	Repository string    `json:"repository"`
	From       string    `json:"from,omitempty"`
	Tag        string    `json:"tag"`
	Digest     string    `json:"digest"`
	Old        string    `json:"old,omitempty"`
	Verdict    string    `json:"verdict"` // the key of the verdict relied on
	Actor      string    `json:"actor,omitempty"`
	Rollback   bool      `json:"rollback"`
	Reason     string    `json:"reason,omitempty"`
	Time       time.Time `json:"time"`
}

// An UnrecordedError is a promotion that stands and whose record is not
// complete: exit 4. [Gate.Recover] completes it.
type UnrecordedError struct {
	Set string
	Err error
}

// Error says that the tags have moved, what is missing and what to do.
func (e *UnrecordedError) Error() string {
	return fmt.Sprintf("%s is promoted, but the record of it is not complete: %v: run slipway resume", e.Set, e.Err)
}

// Unwrap returns what stood in the way.
func (e *UnrecordedError) Unwrap() error { return e.Err }

func recordOf(runID string, p ledger.Promotion, m ledger.Move, at time.Time) Record {
	return Record{
		ID: p.ID, RunID: runID, Set: p.Set, Image: m.Image, Repository: m.Repository, From: m.From, Tag: m.Tag,
		Digest: m.Digest, Old: m.Old, Verdict: m.Verdict, Actor: p.Actor, Rollback: p.Rollback, Reason: p.Reason, Time: at.UTC(),
	}
}

// attachRecords attaches a record of each move to its digest, once.
func (g *Gate) attachRecords(ctx context.Context, p ledger.Promotion) error {
	now := time.Now()
	for _, m := range p.Moves {
		known, err := g.records(ctx, target(m), m.Digest)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(known, func(r Record) bool { return r.ID == p.ID }) {
			continue
		}
		if err := g.attachRecord(ctx, recordOf(g.run.ID(), p, m, now)); err != nil {
			return fmt.Errorf("attaching the promotion record of %s: %w", target(m), err)
		}
	}
	return nil
}

func (g *Gate) attachRecord(ctx context.Context, r Record) error {
	subject, err := g.fetch(ctx, r.Repository, r.Digest)
	if err != nil {
		return err
	}
	blob, err := stated(subject, promotionPredicate, r)
	if err != nil {
		return err
	}
	a := Artifact{Type: PromotionType, Annotations: r.annotations(), Blob: blob, BlobType: StatementType}
	_, err = g.registry.Attach(ctx, subject, a)
	return err
}

// records returns the records attached to digest that are of t's tag, oldest
// first.
func (g *Gate) records(ctx context.Context, t Target, digest string) ([]Record, error) {
	found, err := g.registry.Referrers(ctx, t.Repository, digest, PromotionType)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the promotions of %s@%s: %w", t.Repository, digest, err)
	}
	var out []Record
	for _, m := range found {
		r, err := readRecord(m.Annotations)
		if err != nil {
			return nil, fmt.Errorf("reading the promotions of %s@%s: referrer %s: %w", t.Repository, digest, m.Digest, err)
		}
		if r.Tag == t.Tag && r.Digest == digest {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b Record) int { return a.Time.Compare(b.Time) })
	return out, nil
}

func (r Record) annotations() map[string]string {
	return map[string]string{
		prefix + "promotion": r.ID, prefix + "run": r.RunID, prefix + "set": r.Set,
		prefix + "image": r.Image, prefix + "repository": r.Repository, prefix + "from": r.From, prefix + "tag": r.Tag,
		prefix + "digest": r.Digest, prefix + "old": r.Old, prefix + "verdict": r.Verdict, prefix + "actor": r.Actor,
		prefix + "rollback": strconv.FormatBool(r.Rollback), prefix + "reason": r.Reason,
		prefix + "time": r.Time.UTC().Format(time.RFC3339Nano),
	}
}

func readRecord(a map[string]string) (Record, error) {
	r := reader{annotations: a}
	rec := Record{
		ID: r.text("promotion"), RunID: r.text("run"), Set: r.text("set"),
		Image: r.text("image"), Repository: r.text("repository"), From: r.text("from"), Tag: r.text("tag"),
		Digest: r.text("digest"), Old: r.text("old"), Verdict: r.text("verdict"), Actor: r.text("actor"),
		Rollback: r.flag("rollback"), Reason: r.text("reason"), Time: r.time("time"),
	}
	return rec, r.err
}
