package action

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/refs"
	"github.com/slipway-build/slipway/sdk/diag"
)

// RewriteRefs is the action that has deployment files name the images of the
// play as they are now, and touches nothing else of the files. The digest is
// the one that this run pushed or found, else that of the tag in the registry.
// All images of a play are written together, each file once.
type RewriteRefs struct {
	Decider *decide.Decider
	Dir     string // relative paths start here
}

// rewriteRefsArgs are the arguments of `rewrite_refs`.
type rewriteRefsArgs struct {
	Dir    string   `yaml:"dir" doc:"all deployment files below this folder: *.yml, *.yaml and Kustomization; hidden folders are left out" example:"../deployments"`
	Files  []string `yaml:"files" doc:"or these files; patterns such as apps/*.yml stay in their folder" example:"[compose.yml, apps/*.yml]"`
	Form   string   `yaml:"form" default:"repo:tag@digest" choices:"repo:tag@digest,repo@digest,repo:tag" doc:"how an image is named; with both, the digest counts and the tag is for people"`
	Tag    string   `yaml:"tag" default:"latest" doc:"the tag that is written, and that is looked up when this run knows no digest of an image"`
	Images []string `yaml:"images" doc:"of the images of the play only these" example:"[web, api]"`
	Set    string   `yaml:"set" doc:"a name: the files name all images of the play as they are now, or none, as in a promotion" example:"nightly"`
}

// rewriteRefsResult is what is registered of `rewrite_refs`.
type rewriteRefsResult struct {
	References []refFacts `yaml:"references" doc:"every value that refers to the image"`
	Files      []string   `yaml:"files" doc:"the files in which one of them was changed"`
}

// refFacts are those of one value that refers to an image.
type refFacts struct {
	File   string `yaml:"file" doc:"the file it stands in"`
	Line   int    `yaml:"line" doc:"its line there"`
	Object string `yaml:"object" doc:"of which object: Deployment/web; empty where files hold none"`
	Path   string `yaml:"path" doc:"of which key: spec.template.spec.containers[0].image"`
	Old    string `yaml:"old" doc:"what was there"`
	New    string `yaml:"new" doc:"what is there now; equal when it was right already"`
}

// Declare declares the action.
func (*RewriteRefs) Declare() declare.Action {
	return declare.Action{
		Name:    "rewrite_refs",
		Summary: "have deployment files name the images as they are now, and change nothing else of them",
		About: "A reference is ours when its repository is that of an image of the play: under the key image (compose, Kubernetes, charts), in " +
			"mappings with repository, tag and digest (values of charts), and in images of a kustomization. A comment behind a value says so of " +
			"any other: # {\"$slipway\": \"web\"}, or \"web:tag\", \"web:digest\", \"web:repository\" where the value is a part of the reference.\n\n" +
			"The digest is the one that this run pushed or found, else that of the tag in the registry. Every byte outside of the values stays as " +
			"it was. No key is added: where there is no place for a digest, that is an error. A file that cannot be read and holds one of our " +
			"references is an error, others are left alone. With one mistake, no file is written.",
		Args: new(rewriteRefsArgs), Result: new(rewriteRefsResult),
		Joint: "always: each file is written once for all images of the play",
		Check: "Rewrites in memory, and says what would change.",
		Examples: []string{
			"rewrite_refs:\n  dir: ../deployments\n  set: nightly",
			"rewrite_refs:\n  files: [compose.yml, charts/shop/values.yaml]\n  form: repo@digest\n  images: web",
		},
		Rule: func(args document.Node) diag.List {
			if args.Get("dir").IsZero() == args.Get("files").IsZero() || noItems(args.Get("files")) {
				return diag.List{diag.Errorf("missing-key", args.Pos(), "rewrite_refs needs either dir or files").WithFix("write rewrite_refs: { dir: ../deployments }")}
			}
			return nil
		},
	}
}

// Joins reports that files are always for all images of the play.
func (*RewriteRefs) Joins(document.Node) bool { return true }

// Run rewrites for one image; the engine calls RunTogether instead.
func (r *RewriteRefs) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	end := r.RunTogether(ctx, []engine.Step{step}, nil)[0]
	return end.Result, end.Err
}

// RunTogether rewrites the references to all images of a play.
func (r *RewriteRefs) RunTogether(ctx context.Context, steps []engine.Step, lost []string) []engine.Ending {
	written, err := r.rewrite(ctx, steps, lost)
	if err != nil {
		return all(steps, engine.Ending{Err: err})
	}
	out := make([]engine.Ending, len(steps))
	told := map[string]bool{}
	for i, s := range steps {
		out[i].Result = result(s, written, told)
	}
	return out
}

func (r *RewriteRefs) rewrite(ctx context.Context, steps []engine.Step, lost []string) ([]refs.Rewriting, error) {
	args, err := declare.Decode[rewriteRefsArgs](steps[0].Args)
	if err != nil {
		return nil, err
	}
	if args.Set != "" && len(lost) > 0 {
		return nil, fmt.Errorf("the set %s moves together or not at all, and %s did not get here", args.Set, strings.Join(lost, ", "))
	}
	rewriter, err := r.rewriter(ctx, steps, args)
	if err != nil {
		return nil, err
	}
	files, err := r.files(args, steps[0].Args)
	if err != nil {
		return nil, err
	}
	written, err := rewriteAll(rewriter, files)
	if err != nil || steps[0].Check {
		return written, err
	}
	for _, w := range written {
		if w.Changed() {
			err = errors.Join(err, save(ctx, w))
		}
	}
	return written, err
}

// save puts a result into its file. A link to it stays a link; a file that is
// another one than when it was read is not written.
func save(ctx context.Context, w refs.Rewriting) error {
	path, err := filepath.EvalSymlinks(w.File)
	if err != nil {
		return fmt.Errorf("writing %s: %w", w.File, err)
	}
	now := writing{path: path, shown: w.File, data: w.After}
	before, err := now.there()
	if err != nil {
		return err
	}
	if !bytes.Equal(before.data, w.Before) {
		return fmt.Errorf("writing %s: somebody else has changed it meanwhile", w.File)
	}
	now.mode = before.mode
	return now.replace(ctx)
}

// rewriter knows what each of the images is to be called.
func (r *RewriteRefs) rewriter(ctx context.Context, steps []engine.Step, args rewriteRefsArgs) (refs.Rewriter, error) {
	out := refs.Rewriter{Form: refs.Form(args.Form), Known: r.Decider.Family.Order}
	var ds diag.List
	for i, name := range args.Images {
		if !slices.Contains(out.Known, name) {
			d := diag.Errorf("unknown-image", steps[0].Args.Get("images").List()[i].Pos(), "there is no image %q", name)
			ds.Add(d.WithFix("%s", diag.Suggest(name, out.Known)))
		}
	}
	if err := ds.Err(); err != nil {
		return out, err
	}
	for _, s := range steps {
		if len(args.Images) > 0 && !slices.Contains(args.Images, s.Image.Name) {
			continue
		}
		image := refs.Image{Name: s.Image.Name, Repository: s.Image.Repository, Tag: args.Tag}
		if out.Form != refs.TagOnly {
			m, err := pushed(ctx, r.Decider, s.Image, args.Tag)
			if err != nil {
				return out, err
			}
			image.Digest = m.Digest
		}
		out.Images = append(out.Images, image)
	}
	return out, nil
}

// files are those to be rewritten, each once.
func (r *RewriteRefs) files(args rewriteRefsArgs, written document.Node) ([]string, error) {
	if args.Dir != "" {
		return refs.Below(within(r.Dir, args.Dir))
	}
	var out []string
	var ds diag.List
	for i, pattern := range args.Files {
		found, err := filepath.Glob(within(r.Dir, pattern))
		if err != nil || len(found) == 0 {
			ds.Add(diag.Errorf("no-file", written.Get("files").List()[i].Pos(), "no file matches %q", pattern).
				WithFix("name a file or a pattern; relative ones start in %s", r.Dir))
		}
		out = append(out, found...)
	}
	slices.Sort(out)
	return slices.Compact(out), ds.Err()
}

// rewriteAll rewrites files in memory, and tells the mistakes in all of them:
// either every file is as it should be, or none is touched.
func rewriteAll(rewriter refs.Rewriter, files []string) ([]refs.Rewriting, error) {
	var out []refs.Rewriting
	var found diag.List
	changes := 0
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading a deployment file: %w", err)
		}
		w, ds := rewriter.Rewrite(file, src)
		found.Add(ds...)
		changes += len(w.Changes)
		out = append(out, w)
	}
	if found.Err() == nil && changes == 0 {
		var names []string
		for _, m := range rewriter.Images {
			names = append(names, m.Repository)
		}
		return nil, fmt.Errorf("nothing in %s refers to %s", count(len(files), "file"), strings.Join(names, ", "))
	}
	return out, found.Err()
}

// result is what became of the references to the image of one step. A file that
// several images change is shown once.
func result(s engine.Step, written []refs.Rewriting, told map[string]bool) engine.Result {
	var values rewriteRefsResult
	changed := 0
	out := engine.Result{Verb: "there"}
	for _, w := range written {
		own := slices.DeleteFunc(slices.Clone(w.Changes), func(c refs.Change) bool { return c.Image != s.Image.Name })
		before := changed
		for _, c := range own {
			values.References = append(values.References, refFacts{w.File, c.Pos.Line, c.Object, c.Path, c.Old, c.New})
			if c.Old != c.New {
				changed++
			}
		}
		if changed == before {
			continue
		}
		values.Files = append(values.Files, w.File)
		if s.Diff && !told[w.File] {
			told[w.File] = true
			out.Diff = append(out.Diff, event.Diff{Path: w.File, Before: string(w.Before), After: string(w.After)})
		}
	}
	out.Changed, out.Skipped = changed > 0, len(values.References) == 0
	switch {
	case out.Skipped:
		out.Verb, out.Detail = "", "no file refers to it"
	case out.Changed:
		out.Verb = map[bool]string{false: "rewrote", true: "rewrite"}[s.Check]
		out.Detail = fmt.Sprintf("%s in %s", count(changed, "value"), count(len(values.Files), "file"))
	}
	out.Values = declare.Values(values)
	return out
}
