package ledger

// The phases of a [Promotion], in the order in which they are journaled.
const (
	Intended = "intended" // nothing has moved; Moves tells what will
	Applied  = "applied"  // the one move in Moves was made and verified
	Undone   = "undone"   // every tag stands where it stood; over
	Finished = "finished" // every tag stands where it was to go; over
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
// closed, without those of runs that are still at work. A promotion may be
// closed by another run than the one that began it.
func (l *Ledger) OpenPromotions() ([]OpenPromotion, error) {
	ids, err := l.ids()
	if err != nil {
		return nil, err
	}
	var open []OpenPromotion
	closed := map[string]bool{}
	for _, id := range ids {
		entries, err := l.Read(id)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if p := e.Promotion; p != nil && p.Phase == Intended {
				open = append(open, OpenPromotion{RunID: id, Promotion: *p})
			} else if p != nil && p.Over() {
				closed[p.ID] = true
			}
		}
	}
	return l.abandoned(open, closed)
}

func (l *Ledger) abandoned(open []OpenPromotion, closed map[string]bool) ([]OpenPromotion, error) {
	var left []OpenPromotion
	for _, p := range open {
		if closed[p.ID] {
			continue
		}
		busy, err := l.busyElsewhere(p.RunID)
		if err != nil {
			return nil, err
		}
		if !busy {
			left = append(left, p)
		}
	}
	return left, nil
}
