package ledger

import "slices"

// An Event is an entry and the run it stands in.
type Event struct {
	RunID string
	Entry
}

// History returns what the ledger knows of an image, newest first: its
// verdicts, holds, and the promotions and rollbacks it had a part in.
func (l *Ledger) History(image string) ([]Event, error) {
	events, err := l.events(func(e Entry) bool { return e.concerns(image) })
	slices.Reverse(events)
	return events, err
}

// Promotions returns every journaled phase of every promotion, oldest first.
func (l *Ledger) Promotions() ([]Event, error) {
	return l.events(func(e Entry) bool { return e.Promotion != nil })
}

// events returns the entries of all runs that wanted picks, oldest first.
func (l *Ledger) events(wanted func(Entry) bool) ([]Event, error) {
	ids, err := l.ids()
	if err != nil {
		return nil, err
	}
	var events []Event
	for _, id := range ids {
		entries, err := l.Read(id)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if wanted(e) {
				events = append(events, Event{RunID: id, Entry: e})
			}
		}
	}
	slices.SortStableFunc(events, func(a, b Event) int { return a.Time.Compare(b.Time) })
	return events, nil
}

// concerns says whether e is of image.
func (e Entry) concerns(image string) bool {
	switch {
	case e.Verdict != nil:
		return e.Verdict.Image == image
	case e.Hold != nil:
		return e.Hold.Image == image
	case e.Promotion != nil:
		return slices.ContainsFunc(e.Promotion.Moves, func(m Move) bool { return m.Image == image })
	default:
		return false
	}
}
