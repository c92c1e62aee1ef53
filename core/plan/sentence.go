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
		return unknown(r)
	}
	return difference(r)
}

// moved is a reason of a source that is at another commit.
func moved(r buildkey.Reason) string {
	old, _ := short(r.Old)
	now, more := short(r.New)
	return "source " + r.What + ": " + old + " → " + now + more
}

// short cuts the hash at the beginning of a text to seven digits, as git does,
// and returns what follows it.
func short(state string) (hash, more string) {
	hash, more, found := strings.Cut(state, " ")
	if found {
		more = " " + more
	}
	return hash[:min(7, len(hash))], more
}

// isHash reports whether a state of a source begins with a commit.
func isHash(state string) bool {
	word, _, _ := strings.Cut(state, " ")
	return len(word) >= 40 && strings.Trim(word, "0123456789abcdef") == ""
}

// unknown is a reason of something that could not be found out. The name of a
// build by its key says nothing to a person.
func unknown(r buildkey.Reason) string {
	if strings.HasPrefix(r.New, r.What+" ") {
		return r.New // it says itself what it is about
	}
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
	case r.Kind == "source" && isHash(r.Old) && isHash(r.New):
		return moved(r)
	case r.Old == "":
		return what + " is new"
	case r.New == "":
		return what + " is gone"
	default:
		return what + " changed"
	}
}
