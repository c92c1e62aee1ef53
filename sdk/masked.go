package sdk

import (
	"bytes"
	"slices"
	"strings"
	"sync"

	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// mask is what stands for a secret.
const mask = "***"

// shortest is how many bytes a secret has at least that is masked: a shorter one
// would be found in the midst of words that have nothing to do with it.
const shortest = 4

// masked is events with the values of secrets replaced. A secret may arrive in
// two writes, so the end of what a step has written is held back as long as it
// could be the beginning of a secret.
type masked struct {
	events   strategy.Events
	secrets  [][]byte // longest first, so that none hides a part of another
	replacer *strings.Replacer

	mu   sync.Mutex
	held map[source][]byte
}

// A source is one stream of one step.
type source struct {
	step   string
	stderr bool
}

func newMasked(events strategy.Events, secrets [][]byte) *masked {
	m := &masked{events: events, held: map[source][]byte{}}
	for _, value := range secrets {
		if len(value) >= shortest {
			m.secrets = append(m.secrets, value)
		}
	}
	slices.SortFunc(m.secrets, func(a, b []byte) int { return len(b) - len(a) })
	pairs := make([]string, 0, 2*len(m.secrets))
	for _, value := range m.secrets {
		pairs = append(pairs, string(value), mask)
	}
	m.replacer = strings.NewReplacer(pairs...)
	return m
}

// Send passes e on, masked.
func (m *masked) Send(e strategy.Event) error {
	if len(m.secrets) == 0 {
		return m.events.Send(e)
	}
	switch v := e.(type) {
	case strategy.Log:
		return m.log(v)
	case strategy.StepStarted:
		v.Title = m.replacer.Replace(v.Title)
		e = v
	case strategy.StepFinished:
		m.release(source{v.ID, false}, source{v.ID, true})
		v.Detail = m.replacer.Replace(v.Detail)
		e = v
	case strategy.Diagnostic:
		e = strategy.Diagnostic{Diagnostic: m.diagnostic(v.Diagnostic)}
	case strategy.Completed:
		v.Diagnostics = slices.Clone(v.Diagnostics)
		for i, d := range v.Diagnostics {
			v.Diagnostics[i] = m.diagnostic(d)
		}
		e = v
	}
	return m.events.Send(e)
}

func (m *masked) diagnostic(d diag.Diagnostic) diag.Diagnostic {
	d.Summary = m.replacer.Replace(d.Summary)
	d.Detail = m.replacer.Replace(d.Detail)
	d.Fix = m.replacer.Replace(d.Fix)
	return d
}

// log sends what can be no part of a secret any more, and holds the rest.
func (m *masked) log(l strategy.Log) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	from := source{l.Step, l.Stderr}
	data := slices.Concat(m.held[from], l.Data)
	data = []byte(m.replacer.Replace(string(data)))
	hold := m.unfinished(data)
	m.held[from] = data[len(data)-hold:]
	l.Data = data[:len(data)-hold]
	if len(l.Data) == 0 && l.Dropped == 0 {
		return nil
	}
	return m.events.Send(l)
}

// unfinished is the length of the longest end of data with which a secret
// begins.
func (m *masked) unfinished(data []byte) int {
	longest := 0
	for _, secret := range m.secrets {
		for n := min(len(secret)-1, len(data)); n > longest; n-- {
			if bytes.HasSuffix(data, secret[:n]) {
				longest = n
			}
		}
	}
	return longest
}

// flush sends all that is held: nothing more will come.
func (m *masked) flush() {
	m.mu.Lock()
	sources := make([]source, 0, len(m.held))
	for s := range m.held {
		sources = append(sources, s)
	}
	m.mu.Unlock()
	slices.SortFunc(sources, func(a, b source) int { return strings.Compare(a.step, b.step) })
	m.release(sources...)
}

func (m *masked) release(sources ...source) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range sources {
		if data := m.held[s]; len(data) > 0 {
			_ = m.events.Send(strategy.Log{Step: s.step, Stderr: s.stderr, Data: data})
		}
		delete(m.held, s)
	}
}
