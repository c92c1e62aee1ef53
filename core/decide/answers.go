package decide

import (
	"sync"

	"golang.org/x/sync/singleflight"
)

// answers keep what was asked about the outside, so that a run asks once and
// sticks to what it was told. Errors are not kept. The zero answers are empty.
type answers[T any] struct {
	mu     sync.Mutex
	known  map[string]T
	flight singleflight.Group
}

// get returns the answer to a question; of several that ask it at the same
// time one asks on.
func (a *answers[T]) get(question string, ask func() (T, error)) (T, error) {
	if v, ok := a.look(question); ok {
		return v, nil
	}
	v, err, _ := a.flight.Do(question, func() (any, error) {
		if v, ok := a.look(question); ok {
			return v, nil
		}
		v, err := ask()
		if err == nil {
			a.keep(question, v)
		}
		return v, err
	})
	answer, _ := v.(T)
	return answer, err
}

func (a *answers[T]) look(question string) (T, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	v, ok := a.known[question]
	return v, ok
}

func (a *answers[T]) keep(question string, v T) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.known == nil {
		a.known = map[string]T{}
	}
	a.known[question] = v
}
