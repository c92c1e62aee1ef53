package plan

import (
	"fmt"
	"strings"

	"github.com/slipway-build/slipway/core/buildkey"
)

// Because says in one line why: the first reason and how many more there are;
// "" when there is none.
func (d Decision) Because() string { return because(d.Reasons) }

// Because says in one line why, as [Decision.Because] does.
func (r Ruling) Because() string { return because(r.Reasons) }

func because(reasons []buildkey.Reason) string {
	switch len(reasons) {
	case 0:
		return ""
	case 1:
		return Sentence(reasons[0])
	default:
		return fmt.Sprintf("%s and %d more", Sentence(reasons[0]), len(reasons)-1)
	}
}

// Sentence is a reason as a person says it: "index.html changed".
func Sentence(r buildkey.Reason) string {
	switch r.Kind {
	case BecauseFirst:
		return "first build"
	case BecauseMissing:
		return "its build is gone"
	case BecauseVolatile:
		return r.New
	case BecauseParent:
		return "waits for " + r.What
	case BecauseTag:
		return "tag " + r.What + " names something else"
	case BecauseUnknown:
		return "cannot tell about " + r.What + ": " + r.New
	}
	return difference(r)
}

// difference is a reason of a changed input.
func difference(r buildkey.Reason) string {
	what := strings.TrimSpace(r.Kind + " " + r.What)
	if r.Kind == "file" || r.Kind == "image" {
		what = r.What
	}
	switch {
	case r.Old == "":
		return what + " is new"
	case r.New == "":
		return what + " is gone"
	default:
		return what + " changed"
	}
}
