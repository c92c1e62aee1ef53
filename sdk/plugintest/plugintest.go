// Package plugintest tells whether a strategy plugin keeps the contract.
//
// [Check] drives a real process, in any language, as slipway would, and as a
// hostile or unlucky slipway would: it hangs up, reads slowly, sends what a
// newer version would send, asks twice at once. [Run] does the same under go
// test, one subtest for each check; `slipway plugin test` does it on the
// command line. The defaults, and why:
//
//   - Every check has its own process, folders and temporary directory, so
//     that none depends on another, and a minute. One that goes by the clock is
//     made up to three times: the machine may be busy with other things.
//   - The plugin sees the environment that slipway gives to plugins, and
//     nothing else; a plugin that needs more says so in its manifest.
//   - The secret "token" that every build gets is a word that occurs nowhere
//     else: wherever it turns up it has leaked.
//   - A check that cannot be made, because an option is missing or the image
//     lies where only slipway can look, is skipped and says why.
//
// For tests of an author's own, [InProcess] serves a definition without a
// process, so that coverage and breakpoints work, and a [Host] stands in for
// slipway.
package plugintest

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"time"

	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// Options say what to test. Command and GoodConfig are needed.
type Options struct {
	Command []string // the plugin: a path and arguments
	Env     []string // KEY=VALUE; nil: what slipway would pass on of this process's

	GoodConfig string // JSON that is valid and builds
	SlowConfig string // JSON whose build takes 5 s or more; empty: what stops builds is not checked
	LoudConfig string // JSON whose build prints much; empty: GoodConfig is read slowly

	Workspace string               // a folder that every build gets a copy of; empty: one with a single file
	Args      map[string]string    // build arguments
	Bases     []strategy.BaseImage // what the references of the good config stand for
	Storage   strategy.Storage     // for plugins that leave their result there; zero: none
	Isolation string               // empty: "chroot"

	Limit time.Duration // of each check; 0: 1 min
}

func (o Options) withDefaults() (Options, error) {
	if len(o.Command) == 0 {
		return o, errors.New("checking a plugin: no command was given")
	}
	for _, config := range []*string{&o.GoodConfig, &o.SlowConfig, &o.LoudConfig} {
		if *config != "" && !json.Valid([]byte(*config)) {
			return o, errors.New("checking a plugin: a config is no JSON: " + *config)
		}
	}
	if o.GoodConfig == "" {
		o.GoodConfig = "{}"
	}
	if o.Env == nil {
		o.Env = pluginhost.Environment(os.Environ())
	}
	if o.Isolation == "" {
		o.Isolation = "chroot"
	}
	if o.Limit == 0 {
		o.Limit = time.Minute
	}
	return o, nil
}

// A Result is the outcome of one check.
type Result struct {
	ID      string // "P01": stable
	Title   string
	Err     error  // nil: the plugin passed, or the check was skipped
	Skipped string // why the check was not made; empty: it was
	Took    time.Duration
}

// Passed reports whether the check was made and found nothing.
func (r Result) Passed() bool { return r.Err == nil && r.Skipped == "" }

// Check makes all checks, one after the other, and returns a result for each.
// The error means that they could not be made. When ctx ends the remaining
// checks fail with its cause.
func Check(ctx context.Context, o Options) ([]Result, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	var out []Result
	for _, c := range checks() {
		out = append(out, c.result(ctx, o))
	}
	return out, nil
}
