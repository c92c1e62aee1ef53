package ledger

import (
	"crypto/rand"
	"encoding/hex"
	"regexp"
	"time"
)

// idTime is the time of a run's id: sorted as text it is sorted by time.
const idTime = "20060102T150405.000Z"

var idPattern = regexp.MustCompile(`^\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{6}$`)

// newID returns an id for a run begun at t. The random part keeps apart runs
// of the same millisecond.
func newID(t time.Time) string {
	var b [3]byte
	rand.Read(b[:]) // never fails
	return t.UTC().Format(idTime) + "-" + hex.EncodeToString(b[:])
}

// validID keeps a user's word from naming a path outside the ledger.
func validID(id string) bool { return idPattern.MatchString(id) }
