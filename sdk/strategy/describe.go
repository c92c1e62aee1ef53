package strategy

import (
	"cmp"
	"encoding/json"
	"runtime"
	"strings"

	"github.com/slipway-build/slipway/sdk/diag"
)

// Host tells a strategy who is asking.
type Host struct {
	Version       string   // the host's version
	ProtocolMinor uint32   // the newest minor of the protocol it speaks
	Capabilities  []string // what it can do beyond that minor; sorted
}

// A DescribeRequest asks who a strategy is.
type DescribeRequest struct{ Host Host }

// A DescribeResponse is who a strategy is.
type DescribeResponse struct {
	Name          string
	Version       string // semantic version; raised when equal inputs give another image
	Summary       string // one line
	ProtocolMinor uint32
	Capabilities  []string        // see the Capability constants; sorted
	ConfigSchema  json.RawMessage // JSON Schema 2020-12 of its config
	Requires      []Requirement   // what must be there before a run
	Transports    []string        // containers/image transports it can read bases from
	SDKVersion    string
}

// A Requirement is something that a strategy needs on the machine. `slipway
// doctor` looks for it. A run tells before it begins what is not there, and
// starts no build of the strategy then; what was built before is used all the
// same. Whether a server answers only doctor asks.
type Requirement struct {
	Kind       string // "command", on the PATH; "kernel", where Name is a file system that it knows; "network", where Name is host:port
	Name       string
	Constraint string // range of semantic versions, of what `Name --version` says or of the kernel: ">=24"; empty: any
	Optional   bool   // builds go on without it
	Hint       string // how to get it
}

// A Target is what is to be built.
type Target struct {
	Image    string // the image's name in the inventory
	Platform string // "linux/amd64"; empty: the machine's own
}

// Architecture returns that of the platform, as an image's config names it:
// "arm64"; of this machine when no platform is told.
func (t Target) Architecture() string {
	_, rest, _ := strings.Cut(t.Platform, "/")
	architecture, _, _ := strings.Cut(rest, "/")
	return cmp.Or(architecture, runtime.GOARCH)
}

// A ValidateRequest carries a config to judge.
type ValidateRequest struct {
	Config json.RawMessage
	Target Target
}

// A ValidateResponse is the judgement; no diagnostics means good.
type ValidateResponse struct{ Diagnostics diag.List }
