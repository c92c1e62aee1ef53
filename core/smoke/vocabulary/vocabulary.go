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

// Definitions returns the built-in steps, topic by topic.
func Definitions() []step.Definition {
	return slices.Concat(
		about("What the image says of itself", labels(), environment(), process(), surface(), metadata(), hygiene()),
		about("Files in the image", files(), contents(), permissions(), globs(), system()),
		about("Commands in the image", commands(), exits(), streams(), outputs()),
		about("Containers that go on", starts(), limits(), readiness(), lives(), processes()),
		about("Requests and answers", requests(), responses(), bodies(), pages()),
		about("Ports, certificates and logs", ports(), certificates(), logs()),
		about("Deployments", deployments(), services()),
		about("Values that are kept", memory()),
	)
}

// about gives steps their topic.
func about(topic string, steps ...[]step.Definition) []step.Definition {
	all := slices.Concat(steps...)
	for i := range all {
		all[i].Topic = topic
	}
	return all
}
