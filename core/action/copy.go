package action

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Copy is the action that puts a file, a folder or a text in its place.
type Copy struct {
	Dir string // the project's root: relative destinations start here, and sources are looked for here last
}

// copyArgs are the arguments of `copy`.
type copyArgs struct {
	Src     document.Node `yaml:"src" doc:"a file or a folder; of a folder with a '/' at its end the contents are copied, else the folder itself" example:"assets/"`
	Content document.Node `yaml:"content" doc:"or the content of the file: a text, or any value, which is written as JSON" example:"\"{{ .build }}\""`
	Dest    string        `yaml:"dest,required" doc:"the file or the folder; relative ones start in the project's root. With a '/' at the end, or where there is a folder, a file gets the name of src in it" example:"out/"`
	Mode    string        `yaml:"mode" doc:"the mode of every file, in digits; by default that of the file which is copied, and 0644 with content" example:"\"0600\""`
}

// Declare declares the action.
func (*Copy) Declare() declare.Action {
	return declare.Action{
		Name:    "copy",
		Summary: "put a file, a folder or a text in its place",
		About: "A file is written as a whole or not at all, and is left alone when it is as it should be. A link in its place is replaced; " +
			"links to files are followed in a folder that is copied, links to folders refused. Folders above it are made. What is in " +
			"the destination beside is left there.\n\n" + lookedFor("files"),
		Args: new(copyArgs), Result: new(fileResult),
		Check: "Compares, and writes nothing.",
		Examples: []string{
			"copy:\n  src: assets/\n  dest: out/assets",
			"copy:\n  content: \"{{ .build }}\"\n  dest: \"out/{{ .image.name }}.json\"",
		},
		Rule: func(args document.Node) diag.List {
			found := checkMode(args.Get("mode"))
			if args.Get("src").IsZero() == (args.Get("content").Kind() == document.Absent) {
				found.Add(diag.Errorf("bad-copy", args.Pos(), "copy needs either src or content").WithFix("write copy: { src: file, dest: out/ }"))
			}
			return found
		},
	}
}

// Run puts what a step names in its place.
func (c *Copy) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	args, err := declare.Decode[copyArgs](step.Args)
	if err != nil {
		return engine.Result{}, err
	}
	if args.Src.IsZero() {
		return c.text(ctx, step, args)
	}
	src, err := find(c.Dir, step.Dir, "files", args.Src)
	if err != nil {
		return engine.Result{}, err
	}
	info, err := os.Stat(src)
	if err != nil {
		return engine.Result{}, fmt.Errorf("reading %s: %w", args.Src.Text(), err)
	}
	if info.IsDir() {
		return c.folder(ctx, step, args, src)
	}
	w, err := destination(c.Dir, args.Dest, src)
	if err == nil {
		err = w.take(src, args.Mode)
	}
	if err != nil {
		return engine.Result{}, err
	}
	return w.carryOut(ctx, step, src)
}

// text writes a content.
func (c *Copy) text(ctx context.Context, step engine.Step, args copyArgs) (engine.Result, error) {
	w, err := destination(c.Dir, args.Dest, "")
	if err != nil {
		return engine.Result{}, err
	}
	text := shown(args.Content.Value())
	if args.Content.Kind() == document.Scalar {
		text = args.Content.Text()
	}
	if w.mode, err = modeOf(args.Mode, 0o644); err != nil {
		return engine.Result{}, fmt.Errorf("writing %s: %w", w.shown, err)
	}
	w.data = []byte(text)
	return w.carryOut(ctx, step, "")
}

// take takes content and mode from a file.
func (w *writing) take(src, mode string) error {
	info, err := os.Stat(src)
	if err != nil {
		return fmt.Errorf("reading %s: %w", src, err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("reading %s: %w", src, errors.New("it is neither a file nor a folder"))
	}
	if w.mode, err = modeOf(mode, info.Mode().Perm()); err != nil {
		return fmt.Errorf("writing %s: %w", w.shown, err)
	}
	if w.data, err = os.ReadFile(src); err != nil {
		return fmt.Errorf("reading %s: %w", src, err)
	}
	return nil
}

// folder copies every file below src.
func (c *Copy) folder(ctx context.Context, step engine.Step, args copyArgs, src string) (engine.Result, error) {
	dest := within(c.Dir, args.Dest)
	if !strings.HasSuffix(args.Src.Text(), "/") {
		dest = filepath.Join(dest, filepath.Base(src))
	}
	if dest == src || inside(src, dest) {
		return engine.Result{}, fmt.Errorf("copying %s: %s lies in it", args.Src.Text(), args.Dest)
	}
	r := fileResult{Src: src, Dest: dest}
	result := engine.Result{Verb: "there", Detail: args.Dest}
	err := filepath.WalkDir(src, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		rel, err := filepath.Rel(src, path)
		if err != nil {
			return err
		}
		w := writing{path: filepath.Join(dest, rel), shown: filepath.Join(args.Dest, rel)}
		if err := w.take(path, args.Mode); err != nil {
			return err
		}
		r.Size += len(w.data)
		changed, diff, err := w.put(ctx, step)
		if changed && err == nil {
			r.Files = append(r.Files, w.path)
		}
		result.Diff = append(result.Diff, diff...)
		return err
	})
	if len(r.Files) > 0 {
		result.Changed, result.Verb = true, "written"
		result.Detail = fmt.Sprintf("%s, %d files", args.Dest, len(r.Files))
	}
	result.Values = declare.Values(r)
	return result, err
}
