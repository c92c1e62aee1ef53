package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// A Withheld is what a step left to those after it that is for nobody's eyes. It
// stands beside the journal, in a file that only its user may read, and is
// removed when the run has ended well: until then the run may be resumed.
type Withheld struct {
	Image string          `json:"image"`
	At    Place           `json:"at"` // Item is -1 for the step itself
	Kept  json.RawMessage `json:"kept"`
}

// Withhold keeps w and returns when it is on disk. The entry of the step, which
// is to be recorded after it, does not hold it.
func (r *Run) Withhold(w Withheld) error {
	j, err := r.withholding()
	if err == nil {
		err = j.append(w)
	}
	if err != nil {
		return fmt.Errorf("keeping what run %s withholds: %w", r.id, err)
	}
	return nil
}

// withholding opens the file when something is withheld for the first time.
func (r *Run) withholding() (*journal, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.journal == nil {
		return nil, os.ErrClosed
	}
	if r.withheld != nil {
		return r.withheld, nil
	}
	j, err := openJournal(withheldPath(r.dir), 0o600)
	if err == nil {
		r.withheld = j
	}
	return j, err
}

// Withheld returns what the steps of a run withheld, in the order in which they
// did. It is empty for a run that has ended well.
func (l *Ledger) Withheld(id string) ([]Withheld, error) {
	var all []Withheld
	err := readLines(withheldPath(l.runDir(id)), func(line []byte) error {
		var w Withheld
		err := json.Unmarshal(line, &w)
		all = append(all, w)
		return err
	})
	return all, err
}

// forgetWithheld removes what a run withheld that nobody will resume.
func forgetWithheld(dir string) error {
	if err := os.Remove(withheldPath(dir)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func withheldPath(dir string) string { return filepath.Join(dir, "withheld.jsonl") }
