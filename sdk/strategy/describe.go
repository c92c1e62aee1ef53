package strategy

import (
	"encoding/json"

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

// A Requirement is something a strategy needs on the machine, checked by
// `slipway doctor` before a run.
type Requirement struct {
	Kind       string // "command", "kernel", "network"
	Name       string
	Constraint string // semantic version range; empty: any
	Optional   bool
	Hint       string // how to get it
}

// A Target is what is to be built.
type Target struct {
	Image    string // the image's name in the inventory
	Platform string // "linux/amd64"; empty: the machine's own
}

// A ValidateRequest carries a config to judge.
type ValidateRequest struct {
	Config json.RawMessage
	Target Target
}

// A ValidateResponse is the judgement; no diagnostics means good.
type ValidateResponse struct{ Diagnostics diag.List }
