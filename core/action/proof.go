package action

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/smoke"
	"github.com/slipway-build/slipway/core/smoke/feature"
	"github.com/slipway-build/slipway/sdk/platform"
)

// A proof is one digest on its way to a verdict: one for each platform, when
// there are several. What was proved before, on whatever machine, is not proved
// again.
type proof struct {
	*Smoke
	step      engine.Step
	args      smokeArgs
	scenarios []feature.Scenario
	manifest  registry.Manifest
	binding   gate.Binding
	known     gate.Verdict // before this step, and then with what it came to
}

// find looks for verdicts that there are.
func (p *proof) find(ctx context.Context) error {
	if err := p.check(); err != nil {
		return err
	}
	v, err := p.Gate.Find(ctx, gated(p.manifest))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	p.known = v
	return unreachable(err)
}

// check refuses a digest that lacks a platform which is asked for and which the
// image is to have.
func (p *proof) check() error {
	if !p.manifest.IsIndex() && len(p.step.Image.Platforms) == 1 {
		return nil
	}
	for _, wanted := range p.args.Platforms {
		if isFor(p.step.Image, wanted) && !slices.Contains(p.platforms(), platform.Canonical(wanted)) {
			return fmt.Errorf("%s has no image for %s, which image.yml names: build and push it again", p.manifest.Reference(), wanted)
		}
	}
	return nil
}

// isFor reports whether an image is for one of platforms.
func isFor(image *inventory.Image, platforms ...string) bool {
	return slices.ContainsFunc(image.Platforms, func(one string) bool {
		return slices.ContainsFunc(platforms, func(wanted string) bool { return platform.Canonical(wanted) == platform.Canonical(one) })
	})
}

// platforms are those of an index; "" stands for a manifest that is an image.
func (p *proof) platforms() []string {
	if !p.manifest.IsIndex() {
		return []string{""}
	}
	return platformsOf(p.manifest)
}

// asked reports whether this step is about a platform.
func (p *proof) asked(one string) bool {
	return one == "" || len(p.args.Platforms) == 0 || slices.ContainsFunc(p.args.Platforms, func(wanted string) bool { return platform.Canonical(wanted) == one })
}

// open are the platforms that this step has to come to a verdict about: a platform
// that is waived needs evidence of that.
func (p *proof) open() []string {
	return slices.DeleteFunc(p.platforms(), func(one string) bool {
		v := p.known.For(one)
		proved := len(v.Faults()) == 0 && v.Binding.Key() == p.binding.Key()
		return !p.asked(one) || proved || p.waived(one) && v.State == gate.Waived
	})
}

func (p *proof) waived(one string) bool { return one != "" && p.step.Image.Gate.Waives(one) }

// prove comes to a verdict about every platform that is open, whatever becomes of
// the others.
func (p *proof) prove(ctx context.Context) (engine.Result, error) {
	var refusals []error
	for _, one := range p.open() {
		v, err := p.conclude(ctx, one)
		if err != nil {
			return engine.Result{}, err
		}
		if v.State != gate.Passed && v.State != gate.Waived {
			refusals = append(refusals, refused(v))
		}
		p.learn(v)
	}
	if len(refusals) > 0 {
		return engine.Result{}, &engine.RefusedError{Err: errors.Join(refusals...)}
	}
	return p.result(true, ""), nil
}

// learn adds a verdict to what is known.
func (p *proof) learn(v gate.Verdict) {
	if v.Platform == "" {
		p.known = v
		return
	}
	others := slices.DeleteFunc(slices.Clone(p.known.Platforms), func(one gate.Verdict) bool { return one.Platform == v.Platform })
	p.known.Platforms = append(others, v)
}

// result is what the step came to, as far as it was asked.
func (p *proof) result(changed bool, when string) engine.Result {
	v := gate.Verdict{State: gate.Passed}
	for _, name := range slices.DeleteFunc(p.platforms(), func(one string) bool { return !p.asked(one) }) {
		one := p.known.For(name)
		v.Planned, v.Passed = v.Planned+one.Planned, v.Passed+one.Passed
		if name != "" {
			v.Platforms = append(v.Platforms, one)
		}
	}
	return engine.Result{
		Changed: changed, Verb: "proved", Digest: p.manifest.Digest, Detail: proofText(v) + when, Groups: []string{"passed"},
		Values: proofOf(string(v.State), v.Passed, v.Planned),
	}
}

// conclude runs the scenarios on one platform, judges the record and leaves the
// verdict where the gate finds it.
func (p *proof) conclude(ctx context.Context, one string) (gate.Verdict, error) {
	v := gate.Verdict{
		Image: p.step.Image.Name, Repository: p.manifest.Repository, Digest: p.manifest.Digest, Platform: one,
		State: gate.Waived, Binding: p.binding, Started: time.Now().UTC(), RunID: p.RunID, Actor: p.Actor,
	}
	if !p.waived(one) {
		record, err := p.try(ctx, &v)
		if err != nil {
			return v, err
		}
		p.judge(&v, record)
	}
	v.Finished = time.Now().UTC()
	if err := p.Gate.Record(ctx, gated(p.manifest), v); err != nil {
		return v, unreachable(err)
	}
	return v, nil
}

// try runs the scenarios on the image that a verdict is to be about.
func (p *proof) try(ctx context.Context, v *gate.Verdict) (smoke.Record, error) {
	m, err := p.image(ctx, v.Platform)
	if err != nil {
		return smoke.Record{}, err
	}
	if v.ImageID = m.ImageID; v.Platform != "" {
		fmt.Fprintf(p.step.Log, "=== %s\n", v.Platform)
	}
	if err := p.bring(ctx, m); err != nil {
		return smoke.Record{}, err
	}
	subject, release, err := p.subject(ctx, p.step.Image, p.manifest, m)
	if err != nil {
		return smoke.Record{}, err
	}
	record, err := p.run(ctx, p.step, p.args, subject, p.scenarios)
	if err = errors.Join(err, release()); err == nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return record, err
	}
	tell(p.step, record)
	return record, p.Reports(p.name(v.Platform), record, ReportFiles{p.args.JUnit, p.args.Cucumber})
}

// image is the manifest for a platform.
func (p *proof) image(ctx context.Context, one string) (registry.Manifest, error) {
	c, ok := p.manifest.Child(one)
	if !ok {
		return p.manifest, nil
	}
	return p.child(ctx, p.manifest, c)
}

// name is that of the image in reports, each platform having its own.
func (p *proof) name(one string) string {
	if one == "" {
		return p.step.Image.Name
	}
	return p.step.Image.Name + "-" + dashed(one)
}

// Policy is what the gate of an image asks for beyond that every scenario passes.
func Policy(image *inventory.Image) smoke.Policy {
	return smoke.Policy{RequireTags: image.Gate.Require, MinScenarios: image.Gate.MinScenarios}
}

// judge concludes from a record.
func (p *proof) judge(v *gate.Verdict, record smoke.Record) {
	c := smoke.Conclude(record, Policy(p.step.Image))
	v.State, v.Planned, v.Executed, v.Passed, v.Reasons = gate.State(c.State), c.Planned, record.Executed, c.Passed, c.Reasons
	for _, sc := range record.Scenarios {
		v.Scenarios = append(v.Scenarios, gate.Scenario{ID: sc.ID, Name: sc.Name, State: gate.State(sc.Status)})
	}
}
