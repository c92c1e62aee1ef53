package action

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/core/inventory"
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
	Tags      string        `yaml:"tags" doc:"a tag expression that chooses scenarios; by default all of the image and its groups" example:"'@smoke and not @wip'"`
	Timeout   time.Duration `yaml:"timeout" default:"2m" doc:"after which a scenario has failed"`
	From      string        `yaml:"from" default:"test" doc:"the tag under which the image is looked for when this run did not push it"`
	Platforms []string      `yaml:"platforms" doc:"which platforms of the image are proved here; by default all that the gate asks for. An image that is for none of them is skipped. Verdicts of several machines add up" example:"[linux/arm64]"`
	JUnit     string        `yaml:"junit" doc:"where a JUnit report goes: a file, or a folder with a file for each image" example:"reports/"`
	Cucumber  string        `yaml:"cucumber" doc:"where the messages of Cucumber go: a file, or a folder with a file for each image" example:"reports/"`
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
			"Of an image of several platforms each is proved on its own, and what this machine cannot execute is not: a step that needs to says so, " +
			"and the platform is not passed. Files and metadata can be looked at all the same.\n\n" +
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
	if len(args.Platforms) > 0 && !isFor(st.Image, args.Platforms...) {
		return engine.Result{Skipped: true, Values: proofOf("", 0, 0)}, nil
	}
	scenarios, ds := s.Scenarios(st.Image, st.Args)
	if err := ds.Err(); err != nil {
		return engine.Result{}, err
	}
	product, err := candidate(ctx, s.Decider, st.Image, args.From)
	if err != nil {
		return engine.Result{}, err
	}
	binding := s.binding(st, scenarios, args)
	product.Binding = &binding
	s.Decider.Products.Put(st.Image.Name, product)
	p := proof{Smoke: s, step: st, args: args, scenarios: scenarios, manifest: *product.Manifest, binding: binding}
	if err := p.find(ctx); err != nil {
		return engine.Result{}, err
	}
	if len(p.open()) == 0 {
		return p.result(false, " before"), nil
	}
	if st.Check {
		product.Foreseen = true
		s.Decider.Products.Put(st.Image.Name, product)
		return engine.Result{Changed: true, Verb: "prove", Digest: p.manifest.Digest, Detail: fmt.Sprintf("%d scenarios", len(scenarios)), Values: proofOf("", 0, len(scenarios))}, nil
	}
	return p.prove(ctx)
}

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

// run carries the scenarios out.
func (s *Smoke) run(ctx context.Context, st engine.Step, args smokeArgs, subject *world.Subject, scenarios []feature.Scenario) (smoke.Record, error) {
	var err error
	parts := world.Parts{
		Subject: subject,
		Runtime: &bench{runtime: s.Runtime, subject: subject.ImageID, find: s.find},
		Expand:  func(text string) (string, error) { return expandText(st, text) },
	}
	if d := s.Deployments.Of(st.Image.Name); d != nil && d.runs(subject) {
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

func proofOf(state string, passed, planned int) map[string]any {
	return declare.Values(smokeResult{State: state, Passed: passed, Planned: planned})
}

// refused is a verdict that does not promote, as an error.
func refused(v gate.Verdict) error {
	what := v.Digest
	if v.Platform != "" {
		what += " for " + v.Platform
	}
	return fmt.Errorf("%s is not proved: %d of %d scenarios passed\n%s", what, v.Passed, v.Planned, strings.Join(v.Reasons, "\n"))
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
}
