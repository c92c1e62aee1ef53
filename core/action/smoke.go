package action

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/secret"
	"github.com/slipway-build/slipway/core/smoke"
	"github.com/slipway-build/slipway/core/smoke/feature"
	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/world"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Smoke is the action that proves a pushed digest with Gherkin and leaves the
// verdict as evidence in the registry. With a deployment under test that runs
// the image, scenarios may ask it. A digest that was proved before by the same
// scenarios is not proved again.
type Smoke struct {
	*Shelf
	Runtime     *container.Runtime
	Gate        *gate.Gate
	Suite       *feature.Suite
	Vocabulary  *step.Vocabulary
	GroupsOf    func(image string) []string
	Deployments *Deployments
	Actor       string
	RunID       string
	Mask        *secret.Mask // of what scenarios print: a record leaves for the registry
	Reports     func(image string, r smoke.Record, files ReportFiles) error
}

// ReportFiles are where reports of a smoke run are wanted; "" for not at all.
type ReportFiles struct{ JUnit, Cucumber string }

// smokeArgs are the arguments of `smoke`.
type smokeArgs struct {
	Tags     string        `yaml:"tags" doc:"a tag expression that chooses scenarios; by default all of the image and its groups" example:"'@smoke and not @wip'"`
	Timeout  time.Duration `yaml:"timeout" default:"2m" doc:"after which a scenario has failed"`
	From     string        `yaml:"from" default:"test" doc:"the tag under which the image is looked for when this run did not push it"`
	JUnit    string        `yaml:"junit" doc:"where a JUnit report goes: a file, or a folder with a file for each image" example:"reports/"`
	Cucumber string        `yaml:"cucumber" doc:"where the messages of Cucumber go: a file, or a folder with a file for each image" example:"reports/"`
}

// smokeResult is what is registered of `smoke`.
type smokeResult struct {
	State   string `yaml:"state" doc:"passed, or why it is not; empty when nothing was proved"`
	Passed  int    `yaml:"passed" doc:"how many scenarios passed"`
	Planned int    `yaml:"planned" doc:"how many scenarios there are"`
}

// Declare declares the action.
func (*Smoke) Declare() declare.Action {
	return declare.Action{
		Name:    "smoke",
		Summary: "prove a pushed digest with Gherkin, and leave the verdict in the registry",
		About: "Scenarios are those beside the image and those of features/ that are for it or for one of its groups. With a deployment that " +
			"runs the image, they may ask it. A digest that was proved before by the same scenarios is not proved again.\n\n" +
			"Any verdict but passed holds the image back: exit code 3.",
		Args: new(smokeArgs), Result: new(smokeResult),
		Check:    "Says how many scenarios would be run, and runs none.",
		Examples: []string{"smoke:", "smoke:\n  tags: '@smoke and not @wip'\n  junit: reports/"},
		Rule: func(args document.Node) diag.List {
			if strings.Contains(args.Get("tags").Text(), "{{") {
				return nil
			}
			_, found := expression(args.Get("tags"))
			return found
		},
	}
}

// expression reads a tag expression with its place.
func expression(n document.Node) (feature.Expression, diag.List) {
	e, err := feature.ParseExpression(n.Text())
	if err == nil {
		return e, nil
	}
	pos := n.Pos()
	if wrong, ok := errors.AsType[*feature.ExpressionError](err); ok && pos.Column > 0 {
		pos.Column += wrong.Column
		pos.End = 0
	}
	return e, diag.List{diag.Errorf("tag-expression", pos, "%v", err).WithFix(`write it with and, or, not and parentheses: "@smoke and not @wip"`)}
}

// Scenarios returns what would be run for an image with arguments as written.
func (s *Smoke) Scenarios(image *inventory.Image, args document.Node) ([]feature.Scenario, diag.List) {
	e, ds := expression(args.Get("tags"))
	if ds != nil {
		return nil, ds
	}
	return s.Suite.For(image.Name, s.GroupsOf(image.Name), e), nil
}

// Run proves the image of a step.
func (s *Smoke) Run(ctx context.Context, st engine.Step) (engine.Result, error) {
	args, err := declare.Decode[smokeArgs](st.Args)
	if err != nil {
		return engine.Result{}, err
	}
	scenarios, ds := s.Scenarios(st.Image, st.Args)
	if err := ds.Err(); err != nil {
		return engine.Result{}, err
	}
	product, err := s.Decider.candidate(ctx, st.Image, args.From)
	if err != nil {
		return engine.Result{}, err
	}
	m := *product.Manifest
	binding := s.binding(st, scenarios, args)
	product.Binding = &binding
	s.Decider.Products.Put(st.Image.Name, product)
	if v, ok, err := s.proved(ctx, m, binding); err != nil || ok {
		return engine.Result{Verb: "proved", Digest: m.Digest, Detail: passes(v.Passed) + " before", Groups: []string{"passed"}, Values: proofOf(string(v.State), v.Passed, v.Planned)}, err
	}
	if st.Check {
		product.Foreseen = true
		s.Decider.Products.Put(st.Image.Name, product)
		return engine.Result{Changed: true, Verb: "prove", Digest: m.Digest, Detail: fmt.Sprintf("%d scenarios", len(scenarios)), Values: proofOf("", 0, len(scenarios))}, nil
	}
	return s.prove(ctx, st, args, m, scenarios, binding)
}

// candidateTag is where candidates stand unless a task says otherwise.
const candidateTag = "test"

func passes(n int) string {
	if n == 1 {
		return "1 scenario passed"
	}
	return fmt.Sprintf("%d scenarios passed", n)
}

// binding is all that a verdict depends on beside the digest: another value of
// a variable that a scenario uses makes another question.
func (s *Smoke) binding(st engine.Step, scenarios []feature.Scenario, args smokeArgs) gate.Binding {
	h := sha256.New()
	for _, sc := range scenarios {
		source := string(sc.Source())
		if expanded, err := expandText(st, source); err == nil {
			source = expanded // else it uses what the scenario itself will learn
		}
		fmt.Fprintf(h, "%s\x00%s\x00", filepath.Base(sc.URI), source)
	}
	b := gate.Binding{
		FeaturesDigest: "sha256:" + hex.EncodeToString(h.Sum(nil)), TagExpression: args.Tags,
		Vocabulary: s.Vocabulary.Digest(),
	}
	if d := s.Deployments.Of(st.Image.Name); d != nil {
		b.DeploymentDigest = d.Digest
	}
	return b
}

// proved looks for a verdict that answers the very question of this task.
func (s *Smoke) proved(ctx context.Context, m registry.Manifest, b gate.Binding) (gate.Verdict, bool, error) {
	v, err := s.Gate.Find(ctx, gated(m))
	if errors.Is(err, fs.ErrNotExist) {
		return v, false, nil
	}
	if err != nil {
		return v, false, unreachable(err)
	}
	return v, len(v.Faults()) == 0 && v.Binding.Key() == b.Key(), nil
}

// prove runs the scenarios, records the verdict and answers it.
func (s *Smoke) prove(ctx context.Context, st engine.Step, args smokeArgs, m registry.Manifest, scenarios []feature.Scenario, b gate.Binding) (engine.Result, error) {
	if err := s.bring(ctx, m); err != nil {
		return engine.Result{}, err
	}
	subject, release, err := s.subject(ctx, st.Image, m)
	if err != nil {
		return engine.Result{}, err
	}
	begun := time.Now().UTC()
	record, err := s.run(ctx, st, args, subject, scenarios)
	err = errors.Join(err, release())
	if err != nil {
		return engine.Result{}, err
	}
	if ctx.Err() != nil {
		return engine.Result{}, context.Cause(ctx)
	}
	return s.conclude(ctx, st, args, m, record, b, begun)
}

// run carries the scenarios out.
func (s *Smoke) run(ctx context.Context, st engine.Step, args smokeArgs, subject *world.Subject, scenarios []feature.Scenario) (smoke.Record, error) {
	var err error
	parts := world.Parts{
		Subject: subject,
		Runtime: &bench{runtime: s.Runtime, subject: subject.ImageID, find: s.find},
		Expand:  func(text string) (string, error) { return expandText(st, text) },
	}
	if d := s.Deployments.Of(st.Image.Name); d != nil {
		if parts.Deployment, err = d.Start(ctx); err != nil {
			return smoke.Record{}, err
		}
	}
	record := smoke.Run(ctx, smoke.Plan{Scenarios: scenarios, Vocabulary: s.Vocabulary, Parts: parts, Timeout: args.Timeout})
	return secret.Conceal(s.Mask, record), nil
}

func expandText(st engine.Step, text string) (string, error) {
	n, ds := st.Expand(document.Of(text, st.Image.Pos))
	return n.Text(), ds.Err()
}

// conclude judges the record and leaves the verdict where the gate finds it.
func (s *Smoke) conclude(ctx context.Context, st engine.Step, args smokeArgs, m registry.Manifest, record smoke.Record, b gate.Binding, begun time.Time) (engine.Result, error) {
	policy := st.Image.Gate
	v := smoke.Conclude(record, smoke.Policy{RequireTags: policy.Require, MinScenarios: policy.MinScenarios})
	verdict := gate.Verdict{
		Image: st.Image.Name, Repository: m.Repository, Digest: m.Digest, ImageID: m.ImageID,
		State: gate.State(v.State), Planned: v.Planned, Executed: record.Executed, Passed: v.Passed,
		Binding: b, Started: begun, Finished: time.Now().UTC(), RunID: s.RunID, Actor: s.Actor, Reasons: v.Reasons,
	}
	for _, sc := range record.Scenarios {
		verdict.Scenarios = append(verdict.Scenarios, gate.Scenario{ID: sc.ID, Name: sc.Name, State: gate.State(sc.Status)})
	}
	tell(st, record)
	if err := s.Reports(st.Image.Name, record, ReportFiles{args.JUnit, args.Cucumber}); err != nil {
		return engine.Result{}, err
	}
	if err := s.Gate.Record(ctx, gated(m), verdict); err != nil {
		return engine.Result{}, unreachable(err)
	}
	if v.State != smoke.StatePassed {
		return engine.Result{}, &engine.RefusedError{Err: refused(verdict)}
	}
	return engine.Result{
		Changed: true, Verb: "proved", Digest: m.Digest, Detail: passes(v.Passed), Groups: []string{"passed"},
		Values: proofOf(string(v.State), v.Passed, v.Planned),
	}, nil
}

func proofOf(state string, passed, planned int) map[string]any {
	return declare.Values(smokeResult{State: state, Passed: passed, Planned: planned})
}

// refused is a verdict that does not promote, as an error.
func refused(v gate.Verdict) error {
	return fmt.Errorf("%s is not proved: %d of %d scenarios passed\n%s", v.Digest, v.Passed, v.Planned, strings.Join(v.Reasons, "\n"))
}

// tell writes the scenarios that did not pass, with their evidence, to the
// step's log.
func tell(st engine.Step, record smoke.Record) {
	for _, sc := range record.Scenarios {
		fmt.Fprintf(st.Log, "%s  %s: %s\n", sc.Status, sc.Feature, sc.Name)
		if at, failure := sc.Failure(); failure != "" {
			fmt.Fprintf(st.Log, "  %s\n    %s\n", at.Text, strings.ReplaceAll(failure, "\n", "\n    "))
		}
		for _, a := range sc.Attachments {
			fmt.Fprintf(st.Log, "  --- %s\n%s\n", a.Name, a.Body)
		}
	}
	st.Events.Emit(event.Progress{Image: st.Image.Name, Title: "smoke", Current: int64(record.Executed), Total: int64(record.Planned), Unit: "scenarios"})
}
