package catalog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/internal/wholefile"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// Answers remember what strategies said that promise to say it again: what a
// build depends on, when the answer names what it was read out of, and what a
// strategy is. When all that is asked is remembered no process is started. It is
// a cache: losing it costs time only. Nil Answers remember nothing. They are safe
// for concurrent use.
type Answers struct {
	path string
	memo *buildkey.Memo
	now  func() time.Time

	mu      sync.Mutex
	known   map[string]remembered // by question
	changed bool                  // since it was read or written
}

// A remembered answer is one to a question, as long as the workspace looks as it
// did.
type remembered struct {
	Answer json.RawMessage
	Print  buildkey.Key `json:",omitempty"` // of what a plan was read out of
	Used   int64        // seconds; the day's, so that asking changes nothing
}

// What is not asked for in so long is forgotten, as file hashes are.
const (
	forget = 30 * 24 * time.Hour
	day    = 24 * time.Hour
)

// OpenAnswers reads answers. A file that does not exist or cannot be understood
// holds none. memo holds the hashes of files and may be nil.
func OpenAnswers(path string, memo *buildkey.Memo) (*Answers, error) {
	a := &Answers{path: path, memo: memo, now: time.Now, known: map[string]remembered{}}
	b, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return nil, fmt.Errorf("reading the answers of strategies: %w", err)
	}
	if json.Unmarshal(b, &a.known) != nil {
		a.known = map[string]remembered{}
	}
	return a, nil
}

// Save writes the answers, whole or not at all, when they have changed. Of
// several processes that save, the last one wins.
func (a *Answers) Save() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.changed {
		return nil
	}
	for question, r := range a.known {
		if a.now().Sub(time.Unix(r.Used, 0)) > forget {
			delete(a.known, question)
		}
	}
	b, err := json.Marshal(a.known)
	if err == nil {
		err = wholefile.Write(a.path, b, 0o600)
	}
	if err != nil {
		return fmt.Errorf("writing the answers of strategies: %w", err)
	}
	a.changed = false
	return nil
}

// question names what is asked of a program. Whatever the program or any part of
// what it is told, another one is another question.
func question(stamp string, parts ...any) string {
	h := sha256.New()
	e := json.NewEncoder(h)
	_ = e.Encode(stamp) // a hash takes everything, and so does JSON
	for _, p := range parts {
		_ = e.Encode(p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// recall returns what was remembered of a question; it is used today.
func (a *Answers) recall(question string) (remembered, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	r, ok := a.known[question]
	if today := a.now().Truncate(day).Unix(); ok && r.Used != today {
		r.Used = today
		a.known[question], a.changed = r, true
	}
	return r, ok
}

func (a *Answers) remember(question string, r remembered, answer any) {
	raw, err := json.Marshal(answer)
	if err != nil {
		return // then it is asked again
	}
	r.Answer, r.Used = raw, a.now().Truncate(day).Unix()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.known[question], a.changed = r, true
}

// description returns what a strategy said of itself, or has ask find out. It is
// kept by [Catalog.Plan], for strategies that promise their answers.
func (a *Answers) description(question string, ask func() (strategy.DescribeResponse, error)) (strategy.DescribeResponse, error) {
	var answer strategy.DescribeResponse
	if a == nil || question == "" {
		return ask()
	}
	if r, ok := a.recall(question); ok && json.Unmarshal(r.Answer, &answer) == nil {
		return answer, nil
	}
	return ask()
}

// plan returns what a strategy said that a build depends on, while its workspace
// looks as it did, or has ask find out. An answer is kept only when nothing can
// have changed while it was given, and when it has nothing to complain of.
func (a *Answers) plan(ctx context.Context, question, workspace string, ask func() (strategy.PlanResponse, error)) (strategy.PlanResponse, error) {
	if a == nil || question == "" {
		return ask()
	}
	if answer, ok := a.planned(ctx, question, workspace); ok {
		return answer, nil
	}
	begun := a.now()
	answer, err := ask()
	if err != nil || len(answer.Reads) == 0 || len(answer.Diagnostics) > 0 {
		return answer, err
	}
	if sight, err := buildkey.Look(ctx, workspace, answer.Reads, answer.Inputs, a.memo); err == nil && sight.Before(begun) {
		a.remember(question, remembered{Print: sight.Print}, answer)
	}
	return answer, nil
}

func (a *Answers) planned(ctx context.Context, question, workspace string) (strategy.PlanResponse, bool) {
	var answer strategy.PlanResponse
	r, ok := a.recall(question)
	if !ok || json.Unmarshal(r.Answer, &answer) != nil {
		return answer, false
	}
	sight, err := buildkey.Look(ctx, workspace, answer.Reads, answer.Inputs, a.memo)
	return answer, err == nil && sight.Print == r.Print
}
