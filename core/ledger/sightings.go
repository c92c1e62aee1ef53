package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// A Sighting is what a reference to somebody else's image named when a run
// looked it up.
type Sighting struct {
	Reference string    `json:"reference"`       // exact: with a tag or digest
	Platform  string    `json:"platform"`        // for which it was looked up
	Named     string    `json:"named,omitempty"` // digest that the reference named, of an index or of the image itself
	Digest    string    `json:"digest"`          // of the platform's image
	ImageID   string    `json:"imageID"`
	Time      time.Time `json:"time"` // when it was seen first
}

// Sightings is the workstation's memory of images that others push: what a
// reference named last, and since when that is known here. It is read once;
// what other processes see meanwhile is theirs.
type Sightings struct {
	ledger *Ledger
	path   string

	mu   sync.Mutex
	read bool
	all  []Sighting
}

// Sightings returns the ledger's memory of outside images.
func (l *Ledger) Sightings() *Sightings {
	s := RecallSightings(l.dir)
	s.ledger = l
	return s
}

// RecallSightings returns the memory of outside images in stateDir for reading
// alone: what is seen is kept in memory, nothing is written.
func RecallSightings(stateDir string) *Sightings {
	return &Sightings{path: filepath.Join(stateDir, "bases.jsonl")}
}

// Last returns what a reference named last for a platform. With a digest, it is
// the last time that the reference named it.
func (s *Sightings) Last(reference, platform, named string) (Sighting, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.load(); err != nil {
		return Sighting{}, false, err
	}
	for _, one := range slices.Backward(s.all) {
		if one.Platform == platform && (one.Reference == reference && named == "" || named != "" && one.Named == named) {
			return one, true, nil
		}
	}
	return Sighting{}, false, nil
}

// Saw remembers a sighting unless the reference named the same the last time.
func (s *Sightings) Saw(ctx context.Context, one Sighting) error {
	last, ok, err := s.Last(one.Reference, one.Platform, "")
	if err != nil || ok && last.Named == one.Named && last.Digest == one.Digest {
		return err
	}
	if err := s.write(ctx, one); err != nil {
		return fmt.Errorf("remembering what %s names: %w", one.Reference, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, one)
	return nil
}

func (s *Sightings) write(ctx context.Context, one Sighting) error {
	if s.ledger == nil {
		return nil
	}
	lock, err := s.ledger.Lock(ctx, "bases")
	if err != nil {
		return err
	}
	return errors.Join(appendOnce(s.path, one), lock.Release())
}

func (s *Sightings) load() error {
	if s.read {
		return nil
	}
	err := readLines(s.path, func(line []byte) error {
		var one Sighting
		err := json.Unmarshal(line, &one)
		s.all = append(s.all, one)
		return err
	})
	s.read = err == nil
	return err
}
