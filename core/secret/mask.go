package secret

import (
	"cmp"
	"encoding/binary"
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

// forms are the texts to hide.
type forms struct {
	byFirst [256][]string   // by their first byte, the longest first
	begins  [1 << 10]uint64 // a bit for the hash of the first bytes of each
}

// hash is that of the first four bytes of text; every form has so many.
func hash(text []byte) uint32 {
	return binary.LittleEndian.Uint32(text) * 2654435761 >> 16 // Knuth's multiplicative hash
}

// next returns the first place from which on a form may begin.
func (f *forms) next(text []byte, from int) int {
	for i := from; i < len(text); i++ {
		if len(text)-i < minLength {
			return i // too short to tell
		}
		if h := hash(text[i:]); f.begins[h/64]&(1<<(h%64)) != 0 {
			return i
		}
	}
	return len(text)
}

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
			at := &out.byFirst[f.text[0]]
			*at = append(*at, f.text)
			h := hash([]byte(f.text))
			out.begins[h/64] |= 1 << (h % 64)
		}
	}
	for i, texts := range out.byFirst {
		slices.SortFunc(texts, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
		out.byFirst[i] = slices.Compact(texts)
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
	for i := 0; i < len(text); i++ {
		if s.cover == 0 {
			clean := s.forms.next(text, i)
			s.out = append(s.out, text[i:clean]...)
			if i = clean; i == len(text) {
				break
			}
		}
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
	for _, secret := range s.forms.byFirst[text[0]] {
		switch {
		case len(secret) > len(text):
			undecided = undecided || secret[:len(text)] == string(text)
		case secret == string(text[:len(secret)]):
			return len(secret), undecided // those that follow are shorter
		}
	}
	return 0, undecided
}
