package ledger

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// A gist is what a journal comes to. A run that ends leaves it beside its
// journal, so that looking at all runs does not mean to read all of them.
type gist struct {
	Begun    time.Time   `json:"begun"`
	Info     Info        `json:"info"` // without the request
	Planned  bool        `json:"planned,omitempty"`
	Ended    time.Time   `json:"ended,omitzero"`
	Last     time.Time   `json:"last,omitzero"` // when it was begun, resumed or ended last
	Code     int         `json:"code"`
	Promoted bool        `json:"promoted,omitempty"` // there is a phase of a promotion in it
	Open     []Promotion `json:"open,omitempty"`     // intended here, and not closed here
	Closed   []string    `json:"closed,omitempty"`   // promotions of other runs that were closed here
}

// add takes one more entry in.
func (g *gist) add(e Entry) {
	if e.Begun != nil || e.Resumed != nil || e.Ended != nil {
		g.Last = e.Time
	}
	switch {
	case e.Begun != nil:
		g.Begun, g.Info = e.Time, *e.Begun
		g.Info.Request = nil
	case e.Planned != nil:
		g.Planned = true
	case e.Resumed != nil:
		g.Info.Process, g.Ended, g.Code = *e.Resumed, time.Time{}, 0
	case e.Ended != nil:
		g.Ended, g.Code = e.Time, e.Ended.Code
	case e.Promotion != nil:
		g.promotion(*e.Promotion)
	}
}

func (g *gist) promotion(p Promotion) {
	g.Promoted = true
	same := func(other Promotion) bool { return other.ID == p.ID }
	switch {
	case p.Phase == Intended:
		g.Open = append(g.Open, p)
	case p.Over() && slices.ContainsFunc(g.Open, same):
		g.Open = slices.DeleteFunc(g.Open, same)
	case p.Over():
		g.Closed = append(g.Closed, p.ID)
	}
}

func gistOf(entries []Entry) gist {
	var g gist
	for _, e := range entries {
		g.add(e)
	}
	return g
}

// gist returns what a run comes to, from its journal unless it has ended.
func (l *Ledger) gist(id string) (gist, error) {
	var g gist
	raw, err := os.ReadFile(gistPath(l.runDir(id)))
	if err == nil && json.Unmarshal(raw, &g) == nil {
		return g, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return g, err
	}
	entries, err := l.Read(id)
	return gistOf(entries), err
}

// gists returns what all runs come to, oldest first.
func (l *Ledger) gists() (ids []string, all []gist, err error) {
	if ids, err = l.ids(); err != nil {
		return nil, nil, err
	}
	for _, id := range ids {
		g, err := l.gist(id)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, g)
	}
	return ids, all, nil
}

// leave writes the gist of a run that ended. The journal has said so before:
// what is not written is only read again.
func (g gist) leave(dir string) error {
	raw, err := json.Marshal(g)
	if err != nil {
		return err
	}
	tmp := gistPath(dir) + ".new"
	if err := os.WriteFile(tmp, raw, 0o644); err != nil {
		return err
	}
	return os.Rename(tmp, gistPath(dir))
}

// forgetGist takes the gist of a run away that goes on.
func forgetGist(dir string) error {
	if err := os.Remove(gistPath(dir)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func gistPath(dir string) string { return filepath.Join(dir, "end.json") }
