package smoke

import (
	"fmt"
	"slices"

	"github.com/slipway-build/slipway/core/smoke/feature"
)

// A State is what a run concludes about its subject. Only a passed subject may
// be promoted.
type State string

// The states.
const (
	StatePassed     State = "passed"
	StateIncomplete State = "incomplete" // something was not tested: nothing planned, not run, undefined, pending, skipped
	StateFailed     State = "failed"     // something is not as wanted
	StateError      State = "error"      // something could not be tested; another run may find it well
)

// A Policy is what a gate asks for beyond that every scenario passes.
type Policy struct {
	RequireTags  []string // each must be on a scenario that passed
	MinScenarios int      // at least so many must have passed; 1 when it is less
}

// A Verdict is what a record amounts to under a policy.
type Verdict struct {
	State   State    `json:"state"`
	Reasons []string `json:"reasons,omitempty"` // why it is not passed, each a phrase
	Passed  int      `json:"passed"`            // scenarios
	Planned int      `json:"planned"`
}

// Conclude judges a record, and fails closed: what is not known to be good is
// not passed, and every reason is told. Of several states the verdict has the
// one that decides what to do next: failed, since running again is no help,
// before error, before incomplete.
func Conclude(r Record, policy Policy) Verdict {
	v := Verdict{State: StatePassed, Planned: r.Planned}
	if r.Refusal != nil {
		v.block(refusalState(*r.Refusal), "%s", r.Refusal.Reason)
		if r.Executed == 0 {
			return v
		}
	}
	used := false
	for _, s := range r.Scenarios {
		v.count(s)
		used = used || s.UsedSubject
	}
	v.checkCounts(r, policy)
	if v.Planned > 0 && !used {
		v.block(StateIncomplete, "no scenario used the image under test")
	}
	for _, tag := range policy.RequireTags {
		if !passedWithTag(r.Scenarios, tag) {
			v.block(StateIncomplete, "no scenario tagged %s passed", tag)
		}
	}
	return v
}

func refusalState(r Refusal) State {
	if r.Failed {
		return StateFailed
	}
	return StateError
}

func (v *Verdict) count(s ScenarioRecord) {
	switch s.Status {
	case Passed:
		v.Passed++
	case Failed, Ambiguous:
		v.block(StateFailed, "%s: %s", s.describe(), s.Status)
	case Undefined, Pending, Skipped, NotRun:
		v.block(StateIncomplete, "%s: %s", s.describe(), s.Status)
	default:
		v.block(StateError, "%s: could not be tested", s.describe())
	}
}

func (v *Verdict) checkCounts(r Record, policy Policy) {
	switch {
	case r.Planned == 0:
		v.block(StateIncomplete, "no scenario was planned")
	case r.Executed != r.Planned || len(r.Scenarios) != r.Planned:
		v.block(StateIncomplete, "%d of %d scenarios were run", r.Executed, r.Planned)
	}
	if v.Passed < policy.MinScenarios {
		v.block(StateIncomplete, "%d scenarios passed, %d are wanted", v.Passed, policy.MinScenarios)
	}
}

func passedWithTag(scenarios []ScenarioRecord, tag string) bool {
	return slices.ContainsFunc(scenarios, func(s ScenarioRecord) bool {
		return s.Status == Passed && slices.Contains(s.Tags, tag)
	})
}

// block adds a reason, and worsens the state when it weighs more.
func (v *Verdict) block(state State, format string, args ...any) {
	v.Reasons = append(v.Reasons, fmt.Sprintf(format, args...))
	weight := []State{StatePassed, StateIncomplete, StateError, StateFailed}
	if slices.Index(weight, state) > slices.Index(weight, v.State) {
		v.State = state
	}
}

func (s *ScenarioRecord) describe() string { return fmt.Sprintf("%s %q", s.ID, s.Name) }

// Lacks says, in a phrase each, what the policy asks for that no run of these
// scenarios can give: a gate that can never open is told before anything is
// built.
func (p Policy) Lacks(scenarios []feature.Scenario) []string {
	var out []string
	for _, tag := range p.RequireTags {
		if !slices.ContainsFunc(scenarios, func(s feature.Scenario) bool { return slices.Contains(s.Tags, tag) }) {
			out = append(out, "no scenario is tagged "+tag)
		}
	}
	if len(scenarios) < p.MinScenarios {
		out = append(out, fmt.Sprintf("there are %d scenarios, %d are wanted", len(scenarios), p.MinScenarios))
	}
	return out
}
