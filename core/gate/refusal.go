package gate

import (
	"errors"
	"fmt"
	"strings"
)

// A Refusal is the gate's no to one image: exit 3.
type Refusal struct {
	Set     string // what is held back with it
	Image   string
	Digest  string
	Reasons []string // each says what was found, what was wanted and what to do
}

// Error returns "IMAGE (DIGEST) is refused: REASON; REASON"; without a digest
// the image itself is innocent, and held back.
func (r *Refusal) Error() string {
	if r.Digest == "" {
		return fmt.Sprintf("%s is held back: %s", r.Image, strings.Join(r.Reasons, "; "))
	}
	return fmt.Sprintf("%s (%s) is refused: %s", r.Image, r.Digest, strings.Join(r.Reasons, "; "))
}

// Refusals are the guilty members of a set that was refused as a whole.
type Refusals []*Refusal

// Error names the set and every guilty member, one per line.
func (r Refusals) Error() string {
	lines := make([]string, 0, len(r)+1)
	if len(r) > 0 && r[0].Set != r[0].Image {
		lines = append(lines, fmt.Sprintf("the promotion set %s is refused as a whole", r[0].Set))
	}
	for _, one := range r {
		lines = append(lines, one.Error())
	}
	return strings.Join(lines, "\n")
}

// For returns what the no means for one image of the set: its own refusal, or
// whose refusal holds it back.
func (r Refusals) For(image string) error {
	var guilty []string
	for _, one := range r {
		if one.Image == image {
			return one
		}
		guilty = append(guilty, one.Image)
	}
	return &Refusal{Set: r[0].Set, Image: image, Reasons: []string{fmt.Sprintf(
		"it goes with the set %s or not at all, and the gate refuses %s", r[0].Set, strings.Join(guilty, ", "))}}
}

// Unwrap returns each refusal.
func (r Refusals) Unwrap() []error {
	out := make([]error, len(r))
	for i, one := range r {
		out[i] = one
	}
	return out
}

// A Conflict is a tag that somebody else moved while a set was on its way.
type Conflict struct {
	Target Target
	Want   string // what was to stand there still; empty: nothing
	Got    string // what does; empty: nothing
}

// Error says what was found, what was expected and what to do.
func (c *Conflict) Error() string {
	return fmt.Sprintf("%s is not as it was left: it points to %s, expected %s: look who else promotes there, then promote again",
		c.Target, orNone(c.Got), orNone(c.Want))
}

// An UndoneError is a promotion that failed after it had begun. When Stuck is
// empty every tag stands where it stood.
type UndoneError struct {
	Set   string
	Cause error
	Stuck []Stuck
}

// A Stuck is a tag that could not be put back.
type Stuck struct {
	Target Target
	Digest string // what was put there
	Old    string // what belongs there; empty: nothing
	Err    error  // why it could not
}

// Error names the cause and every tag that could not be put back.
func (e *UndoneError) Error() string {
	if len(e.Stuck) == 0 {
		return fmt.Sprintf("the promotion of %s was undone: %v", e.Set, e.Cause)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "the promotion of %s failed and could not be undone: %v", e.Set, e.Cause)
	for _, s := range e.Stuck {
		fmt.Fprintf(&b, "\n%s may point to %s, belongs to %s: %v", s.Target, s.Digest, orNone(s.Old), s.Err)
	}
	b.WriteString("\nrun slipway resume when the registry answers again")
	return b.String()
}

// Unwrap returns the cause and what stood in the way of undoing it.
func (e *UndoneError) Unwrap() []error {
	out := []error{e.Cause}
	for _, s := range e.Stuck {
		out = append(out, s.Err)
	}
	return out
}

// Refused says whether err is the gate's own no (exit 3) and nothing worse.
func Refused(err error) bool {
	_, ok := errors.AsType[*Refusal](err)
	if undone, worse := errors.AsType[*UndoneError](err); worse && len(undone.Stuck) > 0 {
		return false
	}
	return ok
}
