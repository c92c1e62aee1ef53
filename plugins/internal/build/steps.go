package build

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/slipway-build/slipway/plugins/internal/dockerfile"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// whole is the step that holds all others.
const whole = "build"

// steps tells how a build goes, step by step. buildah announces a step by the
// text of its instruction, and builds one at a time, in the order of the file.
type steps struct {
	teller *teller
	tail   *tail // output of the step that is open

	mu      sync.Mutex
	known   []dockerfile.Step
	target  string // the platform of the build; "": the machine's own
	memory  int64  // bytes that a step may use; 0: what there is
	next    int    // index into known
	current int    // index of the open step; -1: one that the file does not have
	extra   int    // steps that the file does not have
	id      string
	cached  bool // the open step
	worked  bool // some step that makes a layer was not cached
	layers  bool // the open step makes a layer
}

func newSteps(t *teller) *steps { return &steps{teller: t, tail: &tail{size: 20}, current: -1} }

// open begins the build.
func (s *steps) open(spec Spec, needs *dockerfile.Build) {
	s.known, s.target, s.memory = needs.Steps, spec.Request.Target.Platform, spec.Request.Resources.Memory
	s.teller.tell(message{Started: &strategy.StepStarted{ID: whole, Title: "build " + spec.Name}})
}

// rewind forgets what was built, for another attempt.
func (s *steps) rewind() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finish(strategy.Failed, "")
	s.next, s.current, s.worked = 0, -1, false
}

// close ends the build and returns its outcome.
func (s *steps) close(how strategy.Outcome) strategy.Outcome {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := strategy.OK
	if how == strategy.Failed {
		last = strategy.Failed
	}
	s.finish(last, "")
	s.teller.tell(message{Finished: &strategy.StepFinished{ID: whole, Outcome: how}})
	return how
}

// log is called by buildah at the beginning of every step.
func (s *steps) log(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if strings.HasPrefix(text, "COMMIT") {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finish(strategy.OK, "")
	s.begin(text)
}

func (s *steps) begin(text string) {
	s.current = s.match(text)
	title := text
	if s.current >= 0 {
		s.next = s.current + 1
		title = s.known[s.current].Text
		s.id = "step-" + strconv.Itoa(s.current+1)
	} else {
		s.extra++
		s.id = "extra-" + strconv.Itoa(s.extra)
	}
	s.tail.reset()
	s.cached, s.layers = false, makesLayer(title)
	s.teller.tell(message{Started: &strategy.StepStarted{ID: s.id, Parent: whole, Title: title}})
	s.teller.tell(message{Progress: &strategy.StepProgress{ID: whole, Current: int64(s.next), Total: int64(len(s.known)), Unit: "steps"}})
}

// match finds the step of the file that text announces: the next one, or for
// a FROM, which shows the bound image, the next FROM. Triggers of a base and
// labels of the build are steps that the file does not have.
func (s *steps) match(text string) int {
	for i := s.next; i < len(s.known); i++ {
		if word(s.known[i].Text) != "FROM" {
			if i == s.next && same(text, s.known[i].Text) {
				return i
			}
			continue
		}
		if word(text) == "FROM" {
			return i
		}
	}
	return -1
}

func word(text string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	return strings.ToUpper(first)
}

// same reports whether buildah's announcement is that of a step of the file.
func same(announced, step string) bool {
	return strings.HasPrefix(flat(dockerfile.Unbound(announced)), flat(dockerfile.Unbound(step)))
}

func flat(text string) string { return strings.Join(strings.Fields(text), " ") }

func makesLayer(text string) bool {
	switch word(text) {
	case "RUN", "COPY", "ADD":
		return true
	}
	return false
}

// finish ends the open step, if there is one.
func (s *steps) finish(how strategy.Outcome, detail string) {
	if s.id == "" {
		return
	}
	if how == strategy.OK && s.cached {
		how = strategy.Cached
	}
	if s.layers && !s.cached {
		s.worked = true
	}
	s.teller.tell(message{Finished: &strategy.StepFinished{ID: s.id, Outcome: how, Detail: detail}})
	s.id = ""
}

// allCached reports whether no layer had to be made.
func (s *steps) allCached() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.worked && (!s.layers || s.cached)
}

// writer takes the output of buildah and of what it runs.
func (s *steps) writer(stderr bool) io.Writer { return &output{steps: s, stderr: stderr} }

// An output is one stream of a build.
type output struct {
	steps  *steps
	stderr bool
}

// What buildah itself says about a step, each in one write.
var (
	usingCache = regexp.MustCompile(`^--> Using cache [0-9a-f]{64}\n$`)
	madeImage  = regexp.MustCompile(`^(--> )?[0-9a-f]{12,64}\n$`)
)

// Write passes p on as output of the open step, but for the remarks that have
// become events.
func (o *output) Write(p []byte) (int, error) {
	s := o.steps
	s.mu.Lock()
	defer s.mu.Unlock()
	if !o.stderr && usingCache.Match(p) {
		s.cached = true
		return len(p), nil
	}
	if !o.stderr && madeImage.Match(p) {
		return len(p), nil
	}
	id := s.id
	if id == "" {
		id = whole
	}
	_, _ = s.tail.Write(p)
	s.teller.tell(message{Log: &strategy.Log{Step: id, Stderr: o.stderr, Data: p}})
	return len(p), nil
}
