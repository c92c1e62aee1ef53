package gate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/slipway-build/slipway/core/ledger"
)

// maxTag is how long a tag may be by the distribution specification.
const maxTag = 128

// anchor gives the digest that is about to lose its tag another one, so that
// no garbage collector takes away what a rollback needs. The name tells when
// it lost the tag, and which; it is put before anything moves, and does no
// harm when the promotion is undone.
func (g *Gate) anchor(ctx context.Context, m ledger.Move) error {
	if m.Old == "" {
		return nil
	}
	old, err := g.fetch(ctx, m.Repository, m.Old)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("anchoring what %s points to: %w", target(m), err)
	}
	if err != nil {
		return err
	}
	name := anchorTag(m.Tag, time.Now())
	if err := g.registry.Tag(ctx, old, name); err != nil {
		return fmt.Errorf("anchoring %s@%s as %s: %w", m.Repository, m.Old, name, err)
	}
	return nil
}

// anchorTag returns "promoted-<tag>-<utc>".
func anchorTag(tag string, now time.Time) string {
	at := now.UTC().Format("-20060102T150405.000Z")
	const head = "promoted-"
	return head + tag[:min(len(tag), maxTag-len(head)-len(at))] + at
}
