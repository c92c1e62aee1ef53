package strategy

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/sdk/diag"
)

// A PlanRequest asks what a build would depend on.
type PlanRequest struct {
	Config    json.RawMessage
	Target    Target
	Workspace string            // absolute path of the image's source tree; read-only
	Args      map[string]string // build arguments as decided by the inventory
	// Later are paths below the workspace that are filled only just before the
	// build, with files of images that may have to be built first; "." is
	// anywhere. What is not there yet is then no mistake; see [MayCome]. It counts
	// by the image that it comes from, so that it is declared as if it were there.
	Later []string
}

// MayCome reports whether something that a path or pattern below the workspace
// names, and that is not there, may be among what comes later.
func MayCome(later []string, name string) bool {
	var literal []string
	for part := range strings.SplitSeq(path.Clean(name), "/") {
		if strings.ContainsAny(part, `*?[\`) {
			break
		}
		literal = append(literal, part)
	}
	at := path.Join(literal...)
	return slices.ContainsFunc(later, func(l string) bool {
		return l == "." || at == "" || at == "." || at == l || strings.HasPrefix(at, l+"/") || strings.HasPrefix(l, at+"/")
	})
}

// A PlanResponse is what a build depends on.
type PlanResponse struct {
	Diagnostics diag.List    // Pos.File is relative to the workspace
	Images      []ImageInput // in the order of the file
	Inputs      []Input
	// Fingerprint is key material that only the strategy knows; it takes part
	// in the build key as it stands.
	Fingerprint string
	// Volatile says why a build may never be reused; empty: it may.
	Volatile string
	// Reads are what the answer was read out of, such as a Dockerfile and its
	// ignore file. Who names them promises that the answer is a function of the
	// request, of what is in these files, and of which files Inputs select: their
	// paths, kinds and where links lead, not what is in them. While all of that
	// stays the same the host may use the answer again without asking, and what
	// Describe said as well. Empty: the host always asks.
	Reads []Input
}

// A Kind says what an image input is needed for.
type Kind string

// The kinds of image inputs.
const (
	Base    Kind = "base"    // the final image stands on it
	Builder Kind = "builder" // another stage stands on it
	Copy    Kind = "copy"    // files are copied out of it
	Mount   Kind = "mount"   // it is mounted while a step runs
)

// An ImageInput is an image that a build needs.
type ImageInput struct {
	Reference string // as written, arguments expanded
	Kind      Kind
	File      string // relative to the workspace
	Line      int
	Column    int
	// Platform says for which platform the image is needed, as for a stage
	// that compiles for another machine: "linux/amd64". Empty: for that of the
	// [Target]. One reference may be needed for several platforms.
	Platform string
}

// An Input is something outside of images that goes into a build. The host
// reads and hashes it, so that no strategy can forget to.
type Input struct {
	// Path names a file or folder below the workspace, with slashes and
	// without a leading "./"; a folder counts with all below it. It may hold
	// the wildcards of [path.Match] in each of its elements. What it matches
	// is hashed by path, mode (without group and other write), link target and
	// content; that nothing matches is hashed too.
	Path string
	// Exclude holds patterns in the syntax of ignore files, in order, relative
	// to the workspace: what they match does not count.
	Exclude []string
	// URL names a remote file that counts by its ETag; Path is then empty.
	URL string
}
