package secret

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Masked is what stands for a secret wherever text is shown.
const Masked = "********"

// A Mask knows which texts must not be shown. It may be used concurrently, and
// learns of more while it is in use. The zero Mask hides nothing yet.
type Mask struct {
	mu     sync.Mutex
	values []string
	forms  atomic.Pointer[forms]
}

// forms are the texts to hide by their first byte, the longest first.
type forms [256][]string

// Hide hides a value from now on. One that is too short to be hidden is left
// alone and reported as such.
func (m *Mask) Hide(value string) bool {
	value = strings.Trim(value, "\r\n")
	if !hideable(value) {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if slices.Contains(m.values, value) {
		return true
	}
	m.values = append(m.values, value)
	m.forms.Store(index(m.values))
	return true
}

// hideable reports whether a value, or of several lines one, is long enough.
func hideable(value string) bool {
	return slices.ContainsFunc(strings.Split(value, "\n"), func(line string) bool {
		return len(strings.TrimSpace(line)) >= minLength
	})
}

func index(values []string) *forms {
	out := new(forms)
	for _, value := range values {
		for _, f := range formsOf(value) {
			at := &out[f.text[0]]
			*at = append(*at, f.text)
		}
	}
	for i := range out {
		slices.SortFunc(out[i], func(a, b string) int { return len(b) - len(a) })
		out[i] = slices.Compact(out[i])
	}
	return out
}

// Text returns text with every secret hidden.
func (m *Mask) Text(text string) string {
	f := m.forms.Load()
	if f == nil {
		return text
	}
	s := scan{forms: f}
	s.run([]byte(text), true)
	if !s.hit {
		return text
	}
	return string(s.out)
}

// A scan hides secrets in text that may come in pieces. Where occurrences
// overlap, all that any of them covers is hidden.
type scan struct {
	forms *forms
	cover int // bytes at the beginning of what comes next that are covered already
	hit   bool
	out   []byte
}

// run goes over text and returns how much of it was decided: all of it at the
// end of the text, else what comes before the first place where a secret may
// have begun that is not yet whole.
func (s *scan) run(text []byte, end bool) int {
	for i := range text {
		length, undecided := s.at(text[i:])
		if undecided && !end {
			return i
		}
		if length > 0 && s.cover == 0 {
			s.out, s.hit = append(s.out, Masked...), true
		}
		if s.cover = max(s.cover, length); s.cover > 0 {
			s.cover--
			continue
		}
		s.out = append(s.out, text[i])
	}
	return len(text)
}

// at returns the length of the longest secret at the beginning of text, and
// whether text may be the beginning of a longer one.
func (s *scan) at(text []byte) (length int, undecided bool) {
	for _, secret := range s.forms[text[0]] {
		switch {
		case len(secret) > len(text):
			undecided = undecided || secret[:len(text)] == string(text)
		case secret == string(text[:len(secret)]):
			return len(secret), undecided // those that follow are shorter
		}
	}
	return 0, undecided
}
