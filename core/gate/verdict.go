package gate

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A State is what a verdict says.
type State string

// The states. Only Passed promotes. Stale, Superseded and Held are what the
// gate makes of a verdict; they are never attached as evidence.
const (
	Passed     State = "passed"
	Flaky      State = "flaky"      // passed only when tried again
	Failed     State = "failed"     // a scenario failed
	Incomplete State = "incomplete" // not every planned scenario was executed
	Errored    State = "error"      // the test could not be made: says nothing about the image
	Stale      State = "stale"      // too old, or for other features
	Superseded State = "superseded" // a newer candidate took its place
	Held       State = "held"       // a hold stands on the target
	Waived     State = "waived"     // of a platform that gate.platforms does not ask for: it was not tested
)

// Conclusive says whether s tells something about the digest. An inconclusive
// verdict does not override an earlier one.
func (s State) Conclusive() bool {
	return s == Passed || s == Flaky || s == Failed || s == Incomplete || s == Waived
}

// A Scenario is how one scenario went.
type Scenario struct {
	ID    string `json:"id"` // "uri:line", with the example's row
	Name  string `json:"name"`
	State State  `json:"state"`
}

// A Verdict is what a smoke run concluded about one digest.
type Verdict struct {
	Image      string     `json:"image"`
	Repository string     `json:"repository"`
	Digest     string     `json:"digest"`
	ImageID    string     `json:"imageID,omitempty"`
	Platform   string     `json:"platform,omitempty"`  // which image of the index; "" when the digest is an image
	Platforms  []Verdict  `json:"platforms,omitempty"` // what Find puts together: those of an index, by platform
	State      State      `json:"state"`
	Planned    int        `json:"planned"`
	Executed   int        `json:"executed"`
	Passed     int        `json:"passed"`
	Scenarios  []Scenario `json:"scenarios,omitempty"` // in the blob only
	Binding
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished"`
	RunID    string    `json:"run"`
	Actor    string    `json:"actor,omitempty"`
	Reasons  []string  `json:"reasons,omitempty"` // why it is not passed
}

// Key returns what the verdict is of and by: a hash of the digest and of
// everything in the binding. Two verdicts of one key answered one question.
func (v Verdict) Key() string { return hash(v.Digest, v.Binding.Key()) }

// Faults returns why v does not promote, or nothing when it does. The numbers
// count as well as the state: a runner that says "passed" of no scenario at
// all is refused.
func (v Verdict) Faults() []string {
	switch {
	case v.Platforms != nil:
		return v.each(Verdict.Faults)
	case v.State == "":
		return []string{"there is no verdict of it, wanted passed: smoke-test it on a machine that can run it"}
	case v.State != Passed:
		return []string{v.stateFault()}
	case v.Planned == 0:
		return []string{"its verdict says passed of no scenario, wanted at least one: write a scenario for it"}
	case v.Executed != v.Planned || v.Passed != v.Planned:
		return []string{fmt.Sprintf("its verdict says passed, but %d scenarios were planned, %d executed and %d passed: smoke-test it again",
			v.Planned, v.Executed, v.Passed)}
	}
	return nil
}

func (v Verdict) stateFault() string {
	text := fmt.Sprintf("its verdict is %s (%d of %d scenarios passed), wanted passed", v.State, v.Passed, v.Planned)
	if len(v.Reasons) > 0 {
		text += ": " + strings.Join(v.Reasons, "; ")
	}
	return text + ": mend it and smoke-test it again"
}

// check keeps a verdict that contradicts itself out of the registry.
func (v Verdict) check(subject Manifest) error {
	if v.Digest != subject.Digest || v.Repository != subject.Repository {
		return fmt.Errorf("recording a verdict: it is of %s@%s, not of %s@%s",
			v.Repository, v.Digest, subject.Repository, subject.Digest)
	}
	if !slices.Contains(subject.platforms(), v.Platform) {
		return fmt.Errorf("recording a verdict: it is of platform %q, and %s has %q", v.Platform, v.Digest, subject.platforms())
	}
	if !v.State.Conclusive() && v.State != Errored {
		return fmt.Errorf("recording a verdict: %q is no outcome of a smoke run", v.State)
	}
	if v.Finished.IsZero() {
		return fmt.Errorf("recording a verdict: it does not say when it was finished")
	}
	if v.State == Passed && len(v.Faults()) > 0 {
		return fmt.Errorf("recording a verdict of %s: %s", v.Image, v.Faults()[0])
	}
	return nil
}
