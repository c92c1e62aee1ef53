package action

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/engine"
)

// Inspect is the action that finds out what an image is, for later tasks: from
// its registry, without its layers, or from local storage when this run built
// it and no registry has it yet. It changes nothing, in check mode as well as
// out of it.
type Inspect struct{ Inspector *Inspector }

// inspectArgs are the arguments of `inspect`.
type inspectArgs struct {
	Image string `yaml:"image" doc:"another image than the task's: one of the inventory, or a reference" example:"docker.io/library/debian:12"`
	Tag   string `yaml:"tag" default:"test" doc:"the tag under which an image of the inventory is looked for when this run neither built nor found it"`
}

// Declare declares the action.
func (*Inspect) Declare() declare.Action {
	return declare.Action{
		Name:    "inspect",
		Summary: "find out what an image is",
		About: "What there is to know without its layers is registered: for `when`, for labels, for a message. The image is the task's as this " +
			"run knows it, unless another is named. One that was built and not pushed is looked at where it was built.",
		Args: new(inspectArgs), Result: new(imageFacts),
		Check: "Looks, as otherwise. Of an image that would first have to be built or pushed nothing is known: every value is empty.",
		Examples: []string{
			"inspect:\nregister: facts",
			"name: Look at the base\ninspect:\n  image: docker.io/library/debian:12\nregister: debian",
		},
	}
}

// Run inspects the image of a step.
func (i *Inspect) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	args, err := declare.Decode[inspectArgs](step.Args)
	if err != nil {
		return engine.Result{}, err
	}
	if i.Inspector.Shelf.coming(step, args.Image) {
		return engine.Result{Verb: "is", Detail: "not there yet", Values: declare.Values(imageFacts{})}, nil
	}
	facts, err := i.facts(ctx, step, args)
	if err != nil {
		return engine.Result{}, err
	}
	return engine.Result{
		Verb: "is", Digest: cmp.Or(facts.Digest, facts.ImageID), Values: declare.Values(facts),
		Detail: fmt.Sprintf("%s, %s, %d bytes", strings.Join(facts.Platforms, " "), count(len(facts.Layers), "layer"), facts.Size),
	}, nil
}

// facts looks for the image where it is known best.
func (i *Inspect) facts(ctx context.Context, step engine.Step, args inspectArgs) (imageFacts, error) {
	shelf := i.Inspector.Shelf
	own, ref := step.Image, args.Image
	if node := shelf.Decider.Family.Node(ref); node != nil {
		own, ref = node.Image, ""
	}
	if ref == "" {
		return i.Inspector.own(ctx, own, args.Tag, true)
	}
	m, err := shelf.Client.Resolve(ctx, ref)
	if err != nil {
		return imageFacts{}, unreachable(err)
	}
	return i.Inspector.remote(ctx, ref, m, true)
}
