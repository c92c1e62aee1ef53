// Package sdk is everything the author of a strategy needs.
//
// A strategy is a [Definition]: a name, a version, a config struct and a
// function that builds. [Serve] runs it as a plugin:
//
//	func main() {
//		sdk.Serve(sdk.Definition[Config]{Name: "hello", Version: "0.1.0", Build: build})
//	}
//
// Everything but Name, Version and Build may be left out. The defaults:
//
//   - The config is decoded into a fresh Config, over the values of its
//     `default` tags; unknown fields, wrong types and broken limits are
//     diagnostics with the path of the field. The tags are json, doc, default,
//     enum ("a,b"), min, max, pattern, secret:"true" and path:"workspace"; the
//     JSON Schema that the host checks the config with comes from them too. A
//     field without default and omitempty is required, but for a struct in
//     which nothing is.
//   - Without Plan a build counts as volatile: it is never reused, because
//     nobody knows what it depends on.
//   - An error is shown to the user as it stands. To say where in the config
//     the mistake is and what to do, return a [Problem]; to report several,
//     return errors.Join of them.
//   - When the host asks to stop, the context of Build ends; Build cleans up and
//     returns any error, and the build counts as cancelled.
//   - Secrets of four bytes or more are masked in all that a build says: those
//     it is given, and the fields of its config that are tagged so, of which
//     slipway keeps and shows nothing but their SHA-256. A value that nobody may
//     read in an image.yml belongs into the build's Secrets.
package sdk

import (
	"context"
	"encoding/json"
	"reflect"

	"github.com/slipway-build/slipway/sdk/internal/config"
	"github.com/slipway-build/slipway/sdk/rpc"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// Version is the version of this SDK, told to the host for its error reports.
const Version = "0.1.0"

// A Definition is a strategy whose config is a C, which must be a struct.
type Definition[C any] struct {
	Name    string // as in `strategy: NAME`
	Version string // semantic; raise it when equal inputs give another image
	Summary string // one line

	// Validate judges a decoded config, beyond what its tags say. It touches
	// neither files nor network. It may fill in further defaults, which Plan
	// and Build then see.
	Validate func(context.Context, *C) error

	// Plan says what a build depends on by calling methods of its argument. It
	// reads the workspace and nothing else.
	Plan func(context.Context, *Plan[C]) error

	// Build builds, and says what the result is with [Build.Result].
	Build func(context.Context, *Build[C]) error

	Requires     []strategy.Requirement // what must be on the machine
	Capabilities []string               // of the strategy.Capability constants
	Transports   []string               // what bases can be read from, such as "oci"
}

// New returns d as a strategy in this process, for tests and for hosts that
// want no process.
func New[C any](d Definition[C]) strategy.Strategy { return &defined[C]{definition: d} }

// defined is a strategy made of a definition.
type defined[C any] struct {
	strategy.Unimplemented
	definition Definition[C]
}

// Describe implements [strategy.Strategy].
func (s *defined[C]) Describe(context.Context, strategy.DescribeRequest) (strategy.DescribeResponse, error) {
	d := s.definition
	schema, err := config.Schema(reflect.TypeFor[C]())
	return strategy.DescribeResponse{
		Name:          d.Name,
		Version:       d.Version,
		Summary:       d.Summary,
		ProtocolMinor: rpc.Minor,
		Capabilities:  d.Capabilities,
		ConfigSchema:  schema,
		Requires:      d.Requires,
		Transports:    d.Transports,
		SDKVersion:    Version,
	}, err
}

// Validate implements [strategy.Strategy].
func (s *defined[C]) Validate(ctx context.Context, r strategy.ValidateRequest) (strategy.ValidateResponse, error) {
	_, err := s.decode(ctx, r.Config)
	return strategy.ValidateResponse{Diagnostics: diagnostics(err)}, nil
}

// decode decodes and judges a config.
func (s *defined[C]) decode(ctx context.Context, raw json.RawMessage) (c C, err error) {
	if err := config.Decode(raw, &c); err != nil {
		return c, err
	}
	if s.definition.Validate != nil {
		err = s.definition.Validate(ctx, &c)
	}
	return c, err
}
