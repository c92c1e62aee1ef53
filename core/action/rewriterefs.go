package action

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

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
	Decider *Decider
	Dir     string // relative paths start here
}

// rewriteRefsArgs are the arguments of `rewrite_refs`.
type rewriteRefsArgs struct {
	Dir    string        `yaml:"dir"`    // all deployment files below it
	Files  []string      `yaml:"files"`  // paths, or patterns such as apps/*.yml
	Form   document.Node `yaml:"form"`   // repo:tag@digest, repo@digest or repo:tag
	Tag    string        `yaml:"tag"`    // what is written, and looked up when the run knows no digest
	Images []string      `yaml:"images"` // of the play's images only these
	Set    string        `yaml:"set"`    // all images of the play, or none
}

// Check judges the arguments as written.
func (*RewriteRefs) Check(args document.Node) diag.List {
	var a rewriteRefsArgs
	ds := document.Decode(args, &a)
	if ds == nil && (a.Dir == "") == (len(a.Files) == 0) {
		ds.Add(diag.Errorf("missing-key", args.Pos(), "rewrite_refs needs either dir or files").WithFix("write rewrite_refs: { dir: ../deployments }"))
	}
	if !strings.Contains(a.Form.Text(), "{{") {
		_, found := form(a.Form)
		ds.Add(found...)
	}
	return ds
}

// form reads the form of references; the default says most.
func form(n document.Node) (refs.Form, diag.List) {
	if n.IsZero() {
		return refs.TagAndDigest, nil
	}
	if f := refs.Form(n.Text()); slices.Contains(refs.Forms(), f) {
		return f, nil
	}
	return "", diag.List{diag.Errorf("bad-form", n.Pos(), "found the form %q", n.Text()).
		WithFix("write %s, %s or %s", refs.TagAndDigest, refs.DigestOnly, refs.TagOnly)}
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
	args := rewriteRefsArgs{Tag: "latest"}
	if err := document.Decode(steps[0].Args, &args).Err(); err != nil {
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
			err = errors.Join(err, w.Save())
		}
	}
	return written, err
}

// rewriter knows what each of the images is to be called.
func (r *RewriteRefs) rewriter(ctx context.Context, steps []engine.Step, args rewriteRefsArgs) (refs.Rewriter, error) {
	f, ds := form(args.Form)
	out := refs.Rewriter{Form: f, Known: r.Decider.Family.Order}
	for i, name := range args.Images {
		if !slices.Contains(out.Known, name) {
			d := diag.Errorf("unknown-image", steps[0].Args.Get("images").Items()[i].Pos(), "there is no image %q", name)
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
		if f != refs.TagOnly {
			m, err := r.Decider.pushed(ctx, s.Image, args.Tag)
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
		return refs.Below(inDir(r.Dir, args.Dir))
	}
	var out []string
	var ds diag.List
	for i, pattern := range args.Files {
		found, err := filepath.Glob(inDir(r.Dir, pattern))
		if err != nil || len(found) == 0 {
			ds.Add(diag.Errorf("no-file", written.Get("files").Items()[i].Pos(), "no file matches %q", pattern).
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
	var changes, files []any
	changed := 0
	out := engine.Result{Verb: "there"}
	for _, w := range written {
		own := slices.DeleteFunc(slices.Clone(w.Changes), func(c refs.Change) bool { return c.Image != s.Image.Name })
		before := changed
		for _, c := range own {
			changes = append(changes, map[string]any{
				"file": w.File, "line": c.Pos.Line, "object": c.Object, "path": c.Path, "old": c.Old, "new": c.New,
			})
			if c.Old != c.New {
				changed++
			}
		}
		if changed == before {
			continue
		}
		files = append(files, w.File)
		if s.Diff && !told[w.File] {
			told[w.File] = true
			out.Diff = append(out.Diff, event.Diff{Path: w.File, Before: string(w.Before), After: string(w.After)})
		}
	}
	out.Changed, out.Skipped = changed > 0, len(changes) == 0
	switch {
	case out.Skipped:
		out.Verb, out.Detail = "", "no file refers to it"
	case out.Changed:
		out.Verb = map[bool]string{false: "rewrote", true: "rewrite"}[s.Check]
		out.Detail = fmt.Sprintf("%s in %s", count(changed, "value"), count(len(files), "file"))
	}
	out.Values = map[string]any{"references": changes, "files": files}
	return out
}

// count is a number of things for people.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
