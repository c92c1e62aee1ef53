package action

import (
	"context"
	"errors"
	"fmt"

	"github.com/slipway-build/slipway/core/action/declare"
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
	Image    string   `yaml:"image" doc:"another image than the task's: one of the inventory, or a reference" example:"web-builder"`
	Platform string   `yaml:"platform" doc:"of an image for several platforms, the one from which files are taken; by default this machine's" example:"linux/arm64"`
	Paths    []string `yaml:"paths" doc:"files and folders in the image; with a slash at the end, what is in a folder; elements may be patterns" example:"[/app/dist/, /usr/lib/*.so]"`
	Dest     string   `yaml:"dest,required" doc:"the folder they are put into, which is made if need be; a relative one starts in the project's root" example:"build/web"`
}

// extractResult is what is registered of `extract`.
type extractResult struct {
	Dest    string   `yaml:"dest" doc:"the folder, an absolute path"`
	Files   []string `yaml:"files" doc:"the files and links that come from the image, below the folder"`
	New     []string `yaml:"new" doc:"those of them that were not there, or were different"`
	LeftOut []string `yaml:"left_out" doc:"devices, pipes and sockets, which are of no use elsewhere"`
}

// Declare declares the action.
func (*Extract) Declare() declare.Action {
	return declare.Action{
		Name:    "extract",
		Summary: "take files out of an image",
		Alone:   "paths",
		About: "The image is the task's as this run knows it, pushed or not, unless another is named. No container is started, so that an image " +
			"without a shell will do. Modes are kept, owners are not, nor the bits that lend an owner's rights. A symbolic link that a path names " +
			"or goes through is followed inside of the image; one below a folder is copied as it is. Nothing is written outside of dest, " +
			"whatever links there are. Files in dest that the image does not have stay.",
		Args: new(extractArgs), Result: new(extractResult),
		Check: "Compares, and says which files would be written.",
		Examples: []string{
			"name: Take what the builder made\nextract:\n  image: web-builder\n  paths: [/app/dist/]\n  dest: build/web",
			"extract:\n  paths: [/usr/lib/*.so, /etc/app.conf]\n  dest: parts",
		},
		Rule: func(args document.Node) diag.List {
			if args.Get("paths").IsZero() || noItems(args.Get("paths")) {
				return diag.List{diag.Errorf("missing-key", args.Pos(), "extract needs paths").WithFix("write extract: { paths: [/app/], dest: app }")}
			}
			return nil
		},
	}
}

// Run extracts the files of a step.
func (e *Extract) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	args, err := declare.Decode[extractArgs](step.Args)
	if err != nil {
		return engine.Result{}, err
	}
	if e.Shelf.coming(step, args.Image) {
		return engine.Result{Changed: true, Verb: "extract", Detail: "after what comes before", Values: extracted(step, "", source.Copied{}).Values}, nil
	}
	id, err := e.Shelf.take(ctx, step.Image, args.Image, args.Platform)
	if err != nil {
		return engine.Result{}, err
	}
	root, unmount, err := e.Shelf.Store.Mount(ctx, id)
	if err != nil {
		return engine.Result{}, err
	}
	dest := within(e.Dir, args.Dest)
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
		Values: declare.Values(extractResult{dest, done.Files, done.Changed, done.LeftOut}),
	}
	if out.Changed {
		out.Verb = map[bool]string{false: "extracted", true: "extract"}[step.Check]
		out.Detail = fmt.Sprintf("%d of %s", len(done.Changed), count(len(done.Files), "file"))
	}
	return out
}
