package event

// An Outcome says how a step ended.
type Outcome string

// The outcomes of steps.
const (
	OK          Outcome = "ok"          // as wanted already
	Changed     Outcome = "changed"     // made so
	Skipped     Outcome = "skipped"     // its condition did not hold
	Failed      Outcome = "failed"      // could not be done
	Unreachable Outcome = "unreachable" // a registry, builder or runtime did not answer
	Refused     Outcome = "refused"     // the gate said no
	Blocked     Outcome = "blocked"     // something it stands on failed first
)

// Good reports whether the steps that wait for this one may go on.
func (o Outcome) Good() bool { return o == OK || o == Changed || o == Skipped }
