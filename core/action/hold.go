package action

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Hold is the action that keeps a tag of the image where it is: nothing is
// promoted to it until the hold is lifted or over.
type Hold struct {
	Gate  *gate.Gate
	Actor string
}

// holdArgs are the arguments of `hold`.
type holdArgs struct {
	Tag    string        `yaml:"tag" default:"latest" doc:"the tag that is kept where it is"`
	Reason string        `yaml:"reason" doc:"why; whoever meets the hold will want to know. It must be given" example:"the board is watched over the weekend"`
	For    time.Duration `yaml:"for" doc:"how long; by default until it is lifted" example:"24h"`
}

// holdResult is what is registered of `hold` and `unhold`.
type holdResult struct {
	Tag    string `yaml:"tag" doc:"the tag"`
	Reason string `yaml:"reason" doc:"why it is held, or was; empty when it was not"`
	Actor  string `yaml:"actor" doc:"who set the hold; empty when there was none"`
	Until  string `yaml:"until" doc:"when it ends, as 2006-01-02T15:04:05Z; empty: when it is lifted"`
}

// resultOf is a hold as it is registered; nil is none.
func resultOf(tag string, h *gate.Hold) map[string]any {
	r := holdResult{Tag: tag}
	if h != nil {
		r.Reason, r.Actor = h.Reason, h.Actor
		if !h.Until.IsZero() {
			r.Until = h.Until.UTC().Format(time.RFC3339)
		}
	}
	return declare.Values(r)
}

// Declare declares the action.
func (*Hold) Declare() declare.Action {
	return declare.Action{
		Name:    "hold",
		Summary: "keep a tag where it is",
		Alone:   "reason",
		About: "The hold lies in the registry, at the digest that the tag points to, so every machine meets it: each promotion to the tag is " +
			"refused, with the reason. A hold that is there already for the same reason is left as it is, with the time it has; another " +
			"reason takes its place. The image joins the group held.",
		Args: new(holdArgs), Result: new(holdResult),
		Check:    "Says that it would hold the tag, and does not.",
		Examples: []string{"name: Nothing is released over the weekend\nhold:\n  reason: nobody watches\n  for: 60h"},
		Rule:     reasoned("a hold"),
	}
}

// reasoned is the rule of what refuses promotions from then on.
func reasoned(what string) func(document.Node) diag.List {
	return func(args document.Node) diag.List {
		if strings.TrimSpace(args.Get("reason").Text()) == "" {
			return diag.List{diag.Errorf("missing-key", args.Pos(), "%s needs a reason", what).WithFix("write reason: whoever meets the hold will want to know")}
		}
		return nil
	}
}

// Run holds a tag of the image of a step.
func (h *Hold) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	a, err := declare.Decode[holdArgs](step.Args)
	if err != nil {
		return engine.Result{}, err
	}
	target := gate.Target{Image: step.Image.Name, Repository: step.Image.Repository, Tag: a.Tag}
	result := engine.Result{Verb: "held", Detail: a.Tag + ": " + a.Reason, Groups: []string{"held"}}
	there, err := holdOn(ctx, h.Gate, target)
	if err != nil {
		return engine.Result{}, err
	}
	if there != nil && there.Reason == a.Reason {
		result.Digest, result.Values = there.Digest, resultOf(a.Tag, there)
		return result, nil
	}
	result.Changed = true
	if step.Check {
		result.Verb, result.Values = "would be held", resultOf(a.Tag, &gate.Hold{Reason: a.Reason, Actor: h.Actor})
		return result, nil
	}
	set, err := h.Gate.Hold(ctx, target, h.Actor, a.Reason, a.For)
	if errors.Is(err, fs.ErrNotExist) {
		return engine.Result{}, fmt.Errorf("holding %s: nothing stands there yet", target)
	}
	result.Digest, result.Values = set.Digest, resultOf(a.Tag, &set)
	return result, unreachable(err)
}

// holdOn returns the hold in force on a target, nil when there is none.
func holdOn(ctx context.Context, g *gate.Gate, t gate.Target) (*gate.Hold, error) {
	holds, err := g.Holds(ctx, []gate.Target{t})
	if err != nil || len(holds) == 0 {
		return nil, unreachable(err)
	}
	return &holds[0], nil
}
