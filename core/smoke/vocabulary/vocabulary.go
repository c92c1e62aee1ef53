// Package vocabulary is the table of built-in steps: what features can say
// about an image without a line of code.
//
// The rules: a sentence means one step; free text stands in double quotes and
// numbers are bare; waiting is explicit, within "30s", and a negative check
// looks once or for "5s" on end; a check that could not look is an error, and
// never lets a negative pass. Steps about metadata and files need no container
// and work for any platform and for images without a shell. Arguments may hold
// templates, expanded when the step runs.
package vocabulary

import (
	"slices"

	"github.com/slipway-build/slipway/core/smoke/step"
)

// New returns the built-in vocabulary.
func New() (*step.Vocabulary, error) { return step.New(Definitions()) }

// Definitions returns the built-in steps, grouped by what they are about.
func Definitions() []step.Definition {
	return slices.Concat(
		labels(), environment(), process(), surface(), metadata(), hygiene(),
		files(), contents(), permissions(), globs(), system(),
		commands(), exits(), streams(), outputs(),
		starts(), limits(), readiness(), lives(), processes(),
		requests(), responses(), bodies(), pages(),
		ports(), certificates(), logs(),
		deployments(), services(), memory(),
	)
}
