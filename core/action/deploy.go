package action

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/deploy"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/gate"
	"github.com/slipway-build/slipway/core/registry/reference"
	"github.com/slipway-build/slipway/core/secret"
	"github.com/slipway-build/slipway/core/smoke/world"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/platform"
)

// Deploy is the action that brings a deployment up from pushed digests: a
// compose file, or commands of the user's own. It is one for all images of the
// play, and it is taken down by `undeploy` or at the end of the run, whatever
// happens.
//
// When everything it runs was proved in this very deployment before, it is made
// ready and brought up only when somebody needs it: a run that changes nothing
// starts nothing.
type Deploy struct {
	Smoke       *Smoke
	Runtime     *container.Runtime
	Deployments *Deployments
	Match       func(r reference.Reference) (image string)
	Root        string            // relative files start here
	Dir         string            // where deployments keep their state
	Environ     []string          // for commands
	Secrets     *secret.Vault     // hidden in what services and commands print
	Env         map[string]string // for variables in compose files
}

// deployArgs are the arguments of `deploy`.
type deployArgs struct {
	File     string        `yaml:"file" doc:"a compose file, relative to the project" example:"playbooks/deploy/compose.yml"`
	Command  []string      `yaml:"command,program" doc:"or a program that deploys, with its arguments" example:"[./deploy.sh, up]"`
	Teardown []string      `yaml:"teardown,program" doc:"a program that takes down what command brought up" example:"[./deploy.sh, down]"`
	Timeout  time.Duration `yaml:"timeout" default:"5m" doc:"in which everything must be ready" example:"2m"`
	From     string        `yaml:"from" default:"test" doc:"the tag under which an image is looked for that this run did not push"`
}

// deployResult is what is registered of `deploy`.
type deployResult struct {
	Images []string `yaml:"images" doc:"the images of the inventory that the deployment runs"`
}

// Declare declares the action.
func (*Deploy) Declare() declare.Action {
	return declare.Action{
		Name:    "deploy",
		Summary: "bring up a deployment of pushed digests",
		Alone:   "file",
		About: "A compose file, or commands of your own. Images of the inventory run by the digest that this run pushed. The deployment is " +
			"taken down by undeploy or at the end of the run, whatever happens. What services and commands print is kept, with secrets " +
			"hidden, below .slipway/deployments; what a command leaves running can write there until the deployment is taken down.\n\n" +
			"When everything it runs was proved in this very deployment before, it is brought up only when somebody needs it: smoke, run in its " +
			"network, uri when it asks, wait_for a port.",
		Args: new(deployArgs), Result: new(deployResult),
		Check:    "Reads the file and finds the digests, and starts nothing.",
		Joint:    "always",
		Examples: []string{"deploy:\n  file: playbooks/deploy/compose.yml\n  timeout: 2m", "deploy:\n  command: [./deploy.sh, up]\n  teardown: [./deploy.sh, down]"},
		Rule: func(args document.Node) diag.List {
			if args.Get("file").IsZero() == args.Get("command").IsZero() {
				return diag.List{diag.Errorf("bad-deploy", args.Pos(), "deploy needs either file or command").WithFix("write deploy: { file: compose.yml }")}
			}
			return nil
		},
	}
}

// Project loads the compose file of arguments as written, for checks before
// the run; nil when there is none or its name is not known yet.
func (d *Deploy) Project(args document.Node) (*deploy.Project, diag.List) {
	file := args.Get("file").Text()
	if file == "" || strings.Contains(file, "{{") {
		return nil, nil
	}
	return deploy.Load(d.path(file), d.Env)
}

func (d *Deploy) path(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(d.Root, file)
}

// Joins reports that a deployment is always for all images of the play.
func (*Deploy) Joins(document.Node) bool { return true }

// Run deploys for one image; the engine calls RunTogether instead.
func (d *Deploy) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	end := d.RunTogether(ctx, []engine.Step{step}, nil)[0]
	return end.Result, end.Err
}

// RunTogether brings the deployment up. Images it does not run are skipped.
func (d *Deploy) RunTogether(ctx context.Context, steps []engine.Step, lost []string) []engine.Ending {
	args, err := declare.Decode[deployArgs](steps[0].Args)
	if err != nil {
		return all(steps, engine.Ending{Err: err})
	}
	one, err := d.prepare(ctx, steps, args)
	if err == nil {
		err = one.lacks(lost)
	}
	if err != nil {
		return all(steps, engine.Ending{Err: err})
	}
	if steps[0].Check {
		return d.endings(steps, one, engine.Ending{Result: engine.Result{Changed: true, Verb: "deploy", Detail: one.names()}})
	}
	d.Deployments.add(one)
	if known, err := d.provedIn(ctx, steps, one); err != nil || known {
		return d.endings(steps, one, engine.Ending{Result: engine.Result{Verb: "ready", Detail: "proved in this deployment before"}, Err: err})
	}
	_, err = one.Start(ctx)
	return d.endings(steps, one, engine.Ending{Result: engine.Result{Changed: true, Verb: "up", Detail: one.names()}, Err: err})
}

// lacks refuses a deployment of which an image has failed in this run: an older
// candidate in its place would prove something that nobody asked for.
func (d *Deployed) lacks(lost []string) error {
	for _, name := range lost {
		if _, ok := d.ids[name]; ok {
			return fmt.Errorf("the deployment runs %s, and %s has failed in this run", d.names(), name)
		}
	}
	return nil
}

// all gives every step the same ending.
func all(steps []engine.Step, end engine.Ending) []engine.Ending {
	out := make([]engine.Ending, len(steps))
	for i := range out {
		out[i] = end
	}
	return out
}

// endings gives the images of a deployment their ending and skips the others.
func (*Deploy) endings(steps []engine.Step, one *Deployed, end engine.Ending) []engine.Ending {
	end.Result.Values = declare.Values(deployResult{Images: slices.Sorted(maps.Keys(one.ids))})
	out := all(steps, end)
	for i, s := range steps {
		if _, ok := one.ids[s.Image.Name]; !ok {
			out[i] = engine.Ending{Result: engine.Result{Skipped: true, Values: end.Result.Values}}
		}
	}
	return out
}

// provedIn reports whether every image of the deployment that is in the play
// has a passed verdict from this very deployment.
func (d *Deploy) provedIn(ctx context.Context, steps []engine.Step, one *Deployed) (bool, error) {
	for _, s := range steps {
		if _, ok := one.ids[s.Image.Name]; !ok {
			continue
		}
		p, _ := d.Smoke.Decider.Products.Get(s.Image.Name)
		v, err := d.Smoke.Gate.Find(ctx, gated(*p.Manifest))
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		if err != nil {
			return false, unreachable(err)
		}
		if here := v.For(ownOf(v)); len(v.Faults()) > 0 || here.DeploymentDigest != one.Digest {
			return false, nil
		}
	}
	return true, nil
}

// ownOf is the platform of an index that this machine deploys; "" when there are
// not several.
func ownOf(v gate.Verdict) string {
	if v.Platforms == nil {
		return ""
	}
	return platform.Canonical(platform.Own())
}

// prepare binds a deployment to digests. Nothing is started.
func (d *Deploy) prepare(ctx context.Context, steps []engine.Step, args deployArgs) (*Deployed, error) {
	if args.File == "" {
		return d.prepareCommand(ctx, steps, args)
	}
	project, ds := deploy.Load(d.path(args.File), d.Env)
	if err := ds.Err(); err != nil {
		return nil, err
	}
	one := &Deployed{ids: map[string]string{}}
	images, identities := map[string]string{}, map[string]string{}
	for _, ref := range project.References() {
		b, err := d.bind(ctx, ref, args.From)
		if err != nil {
			return nil, err
		}
		images[ref.Image], identities[ref.Image] = b.imageID, b.identity
		if b.image != "" {
			one.ids[b.image] = b.imageID
		}
	}
	source, err := os.ReadFile(project.File)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", project.File, err)
	}
	one.Digest = digestOf(string(source), identities)
	one.up = d.compose(project, images, one.ids, args)
	return one, nil
}

// compose returns what brings a compose deployment up.
func (d *Deploy) compose(project *deploy.Project, images, ids map[string]string, args deployArgs) func(context.Context) (world.Deployment, func(context.Context) error, error) {
	return func(ctx context.Context) (world.Deployment, func(context.Context) error, error) {
		name := strings.TrimSuffix(filepath.Base(filepath.Dir(project.File)), ".")
		up, err := deploy.Up(ctx, project, deploy.Options{Runtime: d.Runtime, Images: images, Dir: d.Dir, Name: name, Timeout: args.Timeout, Secrets: d.Secrets})
		if err != nil {
			return nil, nil, err
		}
		return composed{up, byID(ids)}, up.Down, nil
	}
}

// prepareCommand binds a deployment by commands to the images of the play.
func (d *Deploy) prepareCommand(ctx context.Context, steps []engine.Step, args deployArgs) (*Deployed, error) {
	one := &Deployed{ids: map[string]string{}}
	references := map[string]string{}
	for _, s := range steps {
		p, err := candidate(ctx, d.Smoke.Decider, s.Image, args.From)
		if err != nil {
			return nil, err
		}
		part, _ := p.Here()
		one.ids[s.Image.Name] = part.ImageID
		references[s.Image.Name] = p.Manifest.Reference()
	}
	one.Digest = digestOf(strings.Join(append(slices.Clone(args.Command), args.Teardown...), "\x00"), references)
	one.up = func(ctx context.Context) (world.Deployment, func(context.Context) error, error) {
		up, err := deploy.RunCommand(ctx, d.Dir, "command", deploy.CommandSpec{
			Up: args.Command, Down: args.Teardown, Env: d.Environ, WorkDir: d.Root, References: references, Secrets: d.Secrets,
		})
		if err != nil {
			return nil, nil, err
		}
		return nil, up.Down, nil
	}
	return one, nil
}
