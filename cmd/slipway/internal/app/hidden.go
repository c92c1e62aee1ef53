package app

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/leash"
	"github.com/slipway-build/slipway/plugins/dockerfile"
	"github.com/slipway-build/slipway/plugins/s2i"
	"github.com/slipway-build/slipway/sdk"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// pluginWord is the first argument of a process that serves a built-in
// strategy: `slipway __plugin dockerfile`.
const pluginWord = "__plugin"

// builtins are the strategies that are part of this binary. They are served
// over the same wire as anybody else's.
func builtins() map[string]strategy.Strategy {
	return map[string]strategy.Strategy{dockerfile.Name: dockerfile.Strategy{}, s2i.Name: s2i.Strategy()}
}

// Builtins returns the names of the built-in strategies, sorted.
func Builtins() []string { return slices.Sorted(maps.Keys(builtins())) }

// BuiltinVersion returns the version of a built-in strategy; it starts nothing.
func BuiltinVersion(ctx context.Context, name string) (string, error) {
	d, err := builtins()[name].Describe(ctx, strategy.DescribeRequest{})
	return d.Version, err
}

// Hidden carries out what this process was started for when slipway started
// itself: a keeper of a program, a container, a build's worker, a probe, a
// built-in strategy. It must come before anything else in main.
func Hidden(args []string) (code int, handled bool) {
	if dockerfile.Reexec() {
		return 0, true
	}
	if code, handled := leash.Main(args); handled {
		return code, true
	}
	if code, handled := container.Main(args); handled {
		return code, true
	}
	if len(args) == 5 && args[1] == probeWord {
		return probe(args[2], args[3], args[4]), true
	}
	if len(args) != 3 || args[1] != pluginWord {
		return 0, false
	}
	s, ok := builtins()[args[2]]
	if !ok {
		fmt.Fprintf(os.Stderr, "there is no built-in strategy %q\n", args[2])
		return 1, true
	}
	sdk.ServeStrategy(s)
	return 0, true
}
