package action

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/source"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Extract is the action that takes files out of an image: what a builder has
// made, for an image that is to run without the builder. No container is
// started, so that it works for an image without a shell as well.
type Extract struct {
	Shelf *Shelf
	Dir   string // a relative destination starts here
}

// extractArgs are the arguments of `extract`.
type extractArgs struct {
	Image string   `yaml:"image" doc:"another image than the task's: one of the inventory, or a reference" example:"web-builder"`
	Paths []string `yaml:"paths,orone" doc:"files and folders in the image; with a slash at the end, what is in a folder; elements may be patterns" example:"[/app/dist/, /usr/lib/*.so]"`
	Dest  string   `yaml:"dest,required" doc:"the folder they are put into, which is made if need be; a relative one starts in the project's root" example:"build/web"`
}

// Check judges the arguments as written.
func (*Extract) Check(args document.Node) diag.List {
	var a extractArgs
	ds := document.Decode(args, &a)
	if ds == nil && len(a.Paths) == 0 {
		ds.Add(diag.Errorf("missing-key", args.Pos(), "extract needs paths").WithFix("write extract: { paths: [/app/], dest: app }"))
	}
	return ds
}

// Run extracts the files of a step.
func (e *Extract) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	var args extractArgs
	if err := document.Decode(step.Args, &args).Err(); err != nil {
		return engine.Result{}, err
	}
	if e.Shelf.coming(step, args.Image) {
		return engine.Result{Changed: true, Verb: "extract", Detail: "after what comes before", Values: extracted(step, "", source.Copied{}).Values}, nil
	}
	id, err := e.Shelf.take(ctx, step.Image, args.Image)
	if err != nil {
		return engine.Result{}, err
	}
	root, unmount, err := e.Shelf.Store.Mount(ctx, id)
	if err != nil {
		return engine.Result{}, err
	}
	dest := inDir(e.Dir, args.Dest)
	done, err := source.Copy{Root: root, Paths: args.Paths, Dest: dest, Check: step.Check}.Run(ctx)
	if err := errors.Join(err, unmount()); err != nil {
		return engine.Result{}, err
	}
	for _, name := range done.LeftOut {
		fmt.Fprintf(step.Log, "%s is neither file nor folder nor link, and was left out\n", name)
	}
	return extracted(step, dest, done), nil
}

func extracted(step engine.Step, dest string, done source.Copied) engine.Result {
	out := engine.Result{
		Changed: len(done.Changed) > 0, Verb: "there", Detail: count(len(done.Files), "file"),
		Values: map[string]any{"dest": dest, "files": list(done.Files), "new": list(done.Changed), "left_out": list(done.LeftOut)},
	}
	if out.Changed {
		out.Verb = map[bool]string{false: "extracted", true: "extract"}[step.Check]
		out.Detail = fmt.Sprintf("%d of %s", len(done.Changed), count(len(done.Files), "file"))
	}
	return out
}

// inDir returns a path that, if relative, starts in dir.
func inDir(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}
