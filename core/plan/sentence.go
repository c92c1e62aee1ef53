package plan

import (
	"fmt"
	"strings"

	"github.com/slipway-build/slipway/core/buildkey"
)

// Because says in one line why: the first reason and how many more there are;
// "" when there is none.
func (d Decision) Because() string {
	switch len(d.Reasons) {
	case 0:
		return ""
	case 1:
		return Sentence(d.Reasons[0])
	default:
		return fmt.Sprintf("%s and %d more", Sentence(d.Reasons[0]), len(d.Reasons)-1)
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
		return unknown(r)
	}
	return difference(r)
}

// unknown is a reason of something that could not be found out. The name of a
// build by its key says nothing to a person.
func unknown(r buildkey.Reason) string {
	if strings.Contains(r.What, ":sw-") {
		return "cannot tell whether it was built: " + r.New
	}
	return "cannot tell about " + r.What + ": " + r.New
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
