package action

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/sdk/platform"
)

// Promote is the action that moves tags to proved digests. It asks the gate
// itself; nothing in a playbook gets round that. Without `set`, an image and
// those of its parents that are not promoted yet move together; with it, all
// images of the play are one set, which waits for all and is refused as one.
type Promote struct {
	Decider *decide.Decider
	Gate    *gate.Gate
	Actor   string
}

// promoteArgs are the arguments of `promote`.
type promoteArgs struct {
	From        string        `yaml:"from" default:"test" doc:"the tag under which candidates stand"`
	To          []string      `yaml:"to" default:"[latest]" doc:"the tags that are moved" example:"[latest, '1.4']"`
	Set         string        `yaml:"set" doc:"a name: all images of the play move together or not at all" example:"release"`
	MaxAge      time.Duration `yaml:"max_age" doc:"how old a verdict may be; by default any age" example:"24h"`
	RequireHead bool          `yaml:"require_head" default:"true" doc:"that the candidate's tag still points to what was tested"`
}

// promoteResult is what is registered of `promote`.
type promoteResult struct {
	Promoted bool   `yaml:"promoted" doc:"whether a tag of the image was moved"`
	Moved    []move `yaml:"moved" doc:"every tag that was moved, or would be, of all images of the set"`
}

// A move is a tag that the gate moved, as templates see it.
type move struct {
	Image  string `yaml:"image" doc:"whose tag it is"`
	Tag    string `yaml:"tag" doc:"the tag"`
	Digest string `yaml:"digest" doc:"where it points to now"`
	Old    string `yaml:"old" doc:"where it pointed to before; empty when it is new"`
}

// Declare declares the action.
func (*Promote) Declare() declare.Action {
	return declare.Action{
		Name:    "promote",
		Summary: "move tags to digests that are proved",
		Alone:   "to",
		About: "The gate looks for a passed verdict of the very digest. Without set, an image and those of its parents that are not promoted " +
			"yet are one set. Nothing in a playbook turns the gate's no into a yes; it ends the run with exit code 3.",
		Args: new(promoteArgs), Result: new(promoteResult),
		Check:    "Asks the gate and says what would move. No tag is moved.",
		Joint:    "with set",
		Examples: []string{"promote:", "name: Promote the release as a whole\npromote:\n  to: [latest, stable]\n  set: release\n  max_age: 24h"},
	}
}

// Joins reports whether all images of the play are one set.
func (*Promote) Joins(args document.Node) bool { return !args.Get("set").IsZero() }

// Run promotes one image with those of its parents that need it.
func (p *Promote) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	args, err := declare.Decode[promoteArgs](step.Args)
	if err != nil {
		return engine.Result{}, err
	}
	members, err := p.lineage(ctx, step.Image, args)
	if err != nil {
		return engine.Result{}, err
	}
	options := p.options(step, args)
	sets, err := p.Gate.Sets(ctx, members, options)
	if err != nil {
		return engine.Result{}, promotionError(err)
	}
	i := slices.IndexFunc(sets, func(s gate.Set) bool {
		return slices.ContainsFunc(s.Members, func(m gate.Member) bool { return m.Image == step.Image.Name })
	})
	done, err := p.Gate.Promote(ctx, sets[i], options)
	return p.result(step.Image.Name, args, sets[i], done), promotionError(err)
}

func (p *Promote) options(step engine.Step, args promoteArgs) gate.Options {
	return gate.Options{Check: step.Check, Actor: p.Actor, MaxAge: args.MaxAge}
}

// lineage is an image, after everything of ours that it stands on.
func (p *Promote) lineage(ctx context.Context, image *inventory.Image, args promoteArgs) ([]gate.Member, error) {
	var members []gate.Member
	for name := image.Name; name != ""; {
		m, base, err := p.member(ctx, p.Decider.Family.Node(name).Image, args)
		_, unknown := errors.AsType[*engine.UnreachableError](err)
		if err != nil && (unknown || name == image.Name) {
			return nil, err
		}
		if err != nil {
			return members, nil //nolint:nilerr // a parent without a candidate stays behind; the gate says whether it may
		}
		members = slices.Insert(members, 0, m)
		name = base
	}
	return members, nil
}

// member is an image as the gate knows it, with the image of ours that it
// stands on.
func (p *Promote) member(ctx context.Context, image *inventory.Image, args promoteArgs) (gate.Member, string, error) {
	product, err := candidate(ctx, p.Decider, image, args.From)
	if err != nil {
		return gate.Member{}, "", err
	}
	m := gate.Member{
		Image: image.Name, Repository: product.Manifest.Repository, Digest: product.Manifest.Digest,
		From: args.From, To: args.To, Binding: product.Binding,
	}
	if !args.RequireHead {
		m.From = ""
	}
	m.Platforms, m.Waived = gatePlatforms(image)
	base := product.Base().Image
	if base != "" {
		parent := p.Decider.Family.Node(base).Image
		m.Parent = gate.Parent{Image: base, Repository: parent.Repository, Tags: args.To, ImageIDs: product.StandsOn(base)}
	}
	return m, base, nil
}

// gatePlatforms are the platforms of an image that has several, and those of them
// that may go without a verdict.
func gatePlatforms(image *inventory.Image) (all, waived []string) {
	for _, one := range image.Platforms {
		all = append(all, platform.Canonical(one))
		if image.Gate.Waives(one) {
			waived = append(waived, platform.Canonical(one))
		}
	}
	if len(all) == 1 {
		return nil, nil
	}
	return all, waived
}

// RunTogether promotes all images of a play as one set. An image that left the
// play before holds the whole set.
func (p *Promote) RunTogether(ctx context.Context, steps []engine.Step, lost []string) []engine.Ending {
	args, err := declare.Decode[promoteArgs](steps[0].Args)
	if err != nil {
		return all(steps, engine.Ending{Err: err})
	}
	if len(lost) > 0 {
		return all(steps, engine.Ending{Err: &engine.RefusedError{Err: fmt.Errorf(
			"the set %s moves together or not at all, and %s did not get here", args.Set, strings.Join(lost, ", "))}})
	}
	set := gate.Set{Name: args.Set}
	for _, s := range steps {
		m, _, err := p.member(ctx, s.Image, args)
		if err != nil {
			return all(steps, engine.Ending{Err: fmt.Errorf("the set %s moves together or not at all: %w", args.Set, err)})
		}
		set.Members = append(set.Members, m)
	}
	done, err := p.Gate.Promote(ctx, set, p.options(steps[0], args))
	out := make([]engine.Ending, len(steps))
	for i, s := range steps {
		out[i] = engine.Ending{Result: p.result(s.Image.Name, args, set, done), Err: promotionError(toldTo(s.Image.Name, err))}
	}
	return out
}

// toldTo is the gate's no to a set as one image meets it: each reason is told
// once, where it belongs.
func toldTo(image string, err error) error {
	if refusals, ok := errors.AsType[gate.Refusals](err); ok && gate.Refused(err) {
		return refusals.For(image)
	}
	return err
}

// result is what a promotion came to for one image.
func (p *Promote) result(image string, args promoteArgs, set gate.Set, done gate.Result) engine.Result {
	r := engine.Result{Verb: args.From + " → " + strings.Join(args.To, ", ")}
	var details []string
	for _, m := range set.Members {
		if m.Image != image {
			continue
		}
		r.Digest = m.Digest
		if v, ok := done.Verdicts[image]; ok {
			details = append(details, proofText(v))
		}
	}
	for _, m := range done.Moved {
		if m.Image == image {
			r.Changed, r.Promoted = true, !done.Check
			details = append(details, "was "+orNothing(m.Old))
		}
	}
	if !r.Changed {
		details = append(details, "stands there already")
	}
	r.Detail = strings.Join(details, ", ")
	r.Values = declare.Values(promoteResult{Promoted: r.Promoted, Moved: moves(done.Moved)})
	return r
}

// proofText says what was proved: of several platforms also which.
func proofText(v gate.Verdict) string {
	text := passes(v.Passed)
	passed, waived := v.Proved()
	if len(passed) > 0 {
		text += " on " + strings.Join(passed, ", ")
	}
	if len(waived) > 0 {
		text += ", " + strings.Join(waived, ", ") + " waived"
	}
	return text
}

func orNothing(digest string) string {
	if digest == "" {
		return "nothing"
	}
	return digest[:min(len(digest), len("sha256:")+6)] + "…"
}

func moves(all []ledger.Move) []move {
	var out []move
	for _, m := range all {
		out = append(out, move{Image: m.Image, Tag: m.Tag, Digest: m.Digest, Old: m.Old})
	}
	return out
}

// promotionError sorts the gate's errors: its no, or a registry that failed it.
func promotionError(err error) error {
	if err == nil {
		return nil
	}
	if gate.Refused(err) {
		return &engine.RefusedError{Err: err}
	}
	if _, ok := errors.AsType[*gate.UndoneError](err); ok {
		return &engine.UnreachableError{Err: err}
	}
	return unreachable(err)
}
