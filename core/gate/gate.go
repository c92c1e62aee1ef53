// Package gate decides which digest may stand under which tag, and puts it
// there: verdicts, the evidence of them, promotion sets, rollbacks and holds.
//
// Defaults, and why:
//   - It fails closed. A digest without evidence, with evidence that cannot be
//     read, or with a verdict whose numbers contradict its state is refused.
//   - What is promoted is the digest that was tested, by putting the same
//     manifest bytes under the tag; the bytes are hashed before they are put.
//   - A registry has no compare-and-swap. A tag is read right before it is
//     put and right after, and one promoter at a time per tag works on one
//     state directory. Against a promoter on another machine this narrows the
//     window; it cannot close it.
//   - What this run has read before is good enough to find that nothing has to
//     move, since then nothing is done. Where something has to, or anything is
//     in the way, all of it is read anew.
//   - A set is finished or undone. The intent is on disk before the first tag
//     moves, so that after a crash [Gate.Recover] finishes or undoes it.
//   - Evidence is trusted as far as the registry's write permission goes.
//     Trust in keys is refused as unsupported, never passed over.
package gate

import (
	"strings"

	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Journal is the run whose work the gate does. [ledger.Run] is one.
type Journal interface {
	// ID returns the run's id.
	ID() string
	// Record returns once e would survive a crash.
	Record(e ledger.Entry) error
}

// A Trust says whose evidence counts. The zero Trust is that of whoever may
// write to the repository.
type Trust struct {
	Keys []string // accept only what these signed: not supported, see [New]
}

// A Gate judges and promotes for one run. Its methods may be called by many
// goroutines.
type Gate struct {
	registry Registry
	ledger   *ledger.Ledger
	run      Journal
}

// New returns a gate. It returns a [diag.Diagnostic] when trust names keys:
// signed evidence is not supported, and to accept unsigned evidence where
// keys were asked for would be worse than to stop.
func New(registry Registry, l *ledger.Ledger, run Journal, trust Trust) (*Gate, error) {
	if len(trust.Keys) > 0 {
		return nil, diag.Errorf("unsupported-trust", diag.Pos{},
			"gate.trust names keys (%s), and signed evidence is not supported", strings.Join(trust.Keys, ", ")).
			WithFix("set gate.trust to registry, and limit who may write to the repository")
	}
	return &Gate{registry: registry, ledger: l, run: run}, nil
}

// recalling returns the gate as it reads what it has read before, for questions
// whose answer moves nothing.
func (g *Gate) recalling() *Gate {
	r, ok := g.registry.(Recaller)
	if !ok {
		return g
	}
	quick := *g
	quick.registry = r.Recall()
	return &quick
}
