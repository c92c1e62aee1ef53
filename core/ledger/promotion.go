package ledger

// The phases of a [Promotion], in the order in which they are journaled.
const (
	Intended = "intended" // nothing has moved; Moves tells what will
	Applied  = "applied"  // the one move in Moves was made and verified
	Undone   = "undone"   // every tag in Moves stands where it stood; over
	Finished = "finished" // every tag in Moves stands where it was to go; over
	// Stuck means that the moves in Moves could be neither kept nor taken
	// back. The promotion is not over: a later recovery tries again.
	Stuck = "stuck"
)

// A Promotion is one phase of moving a set of tags. A promotion with neither
// an Undone nor a Finished phase is open.
type Promotion struct {
	ID       string `json:"id"` // one per promotion, the same in every phase
	Set      string `json:"set,omitempty"`
	Phase    string `json:"phase"`
	Actor    string `json:"actor,omitempty"`
	Rollback bool   `json:"rollback,omitempty"`
	Reason   string `json:"reason,omitempty"`
	Step     string `json:"step,omitempty"` // of a run, that asked for a rollback
	Moves    []Move `json:"moves,omitempty"`
}

// Over says whether p's phase closes the promotion.
func (p Promotion) Over() bool { return p.Phase == Undone || p.Phase == Finished }

// A Move is one tag going from one digest to another.
type Move struct {
	Image      string `json:"image"`
	Repository string `json:"repository"`
	From       string `json:"from,omitempty"` // the candidate's tag
	Tag        string `json:"tag"`
	Digest     string `json:"digest"`
	Old        string `json:"old,omitempty"`     // the digest that stood there; empty: none did
	Verdict    string `json:"verdict,omitempty"` // the key of the verdict relied on
}

// An OpenPromotion is a promotion that was intended and never closed.
type OpenPromotion struct {
	RunID string
	Promotion
}

// OpenPromotions returns the promotions, oldest first, that no run has
// closed. A promotion may be closed by another run than the one that began
// it. One that is under way just now is among them: who wants to close a
// promotion locks its tags first, and then asks again.
func (l *Ledger) OpenPromotions() ([]OpenPromotion, error) {
	ids, gists, err := l.gists()
	if err != nil {
		return nil, err
	}
	closed := map[string]bool{}
	for _, g := range gists {
		for _, id := range g.Closed {
			closed[id] = true
		}
	}
	var open []OpenPromotion
	for i, g := range gists {
		for _, p := range g.Open {
			if !closed[p.ID] {
				open = append(open, OpenPromotion{RunID: ids[i], Promotion: p})
			}
		}
	}
	return open, nil
}
