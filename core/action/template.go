package action

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Template is the action that writes a file from a template.
type Template struct {
	Dir string   // the project's root: relative destinations start here, and templates are looked for here last
	Env []string // the environment of validate
}

// templateArgs are the arguments of `template`.
type templateArgs struct {
	Src      document.Node `yaml:"src,required" doc:"the template" example:"web.conf"`
	Dest     string        `yaml:"dest,required" doc:"the file; relative ones start in the project's root. With a '/' at the end, or where there is a folder, the file gets the name of src in it" example:"out/{{ .image.name }}.conf"`
	Mode     string        `yaml:"mode" default:"\"0644\"" doc:"the mode of the file, in digits" example:"\"0600\""`
	Validate []string      `yaml:"validate,program" doc:"a program that must end well before the file takes its place; %s stands for the file to look at" example:"[nginx, -t, -c, '%s']"`
}

// fileResult is what is registered of an action that writes a file.
type fileResult struct {
	Src      string   `yaml:"src" doc:"the file that was found; empty when there is none"`
	Dest     string   `yaml:"dest" doc:"the path that was written, or would be"`
	Mode     string   `yaml:"mode" doc:"its mode, in digits; empty for a folder"`
	Size     int      `yaml:"size" doc:"its size in bytes, of a folder that of all its files"`
	Checksum string   `yaml:"checksum" doc:"\"sha256:…\" of its content; empty for a folder"`
	Files    []string `yaml:"files" doc:"the files that were changed, or would be, as paths"`
}

// Declare declares the action.
func (*Template) Declare() declare.Action {
	return declare.Action{
		Name:    "template",
		Summary: "write a file from a template",
		About: "The template sees what the task sees: the variables of the image, registered values, .image, .run. The file is written as a " +
			"whole or not at all, and is left alone when it is as it should be. A link in its place is replaced. Folders above it are " +
			"made.\n\n" + lookedFor("templates"),
		Args: new(templateArgs), Result: new(fileResult),
		Check:    "Expands the template and compares, and writes nothing; validate is not run.",
		Examples: []string{"template:\n  src: web.conf\n  dest: \"out/{{ .image.name }}.conf\"\n  validate: [nginx, -t, -c, \"%s\"]"},
		Rule: func(args document.Node) diag.List {
			found := checkMode(args.Get("mode"))
			validate := args.Get("validate")
			uses := func(n document.Node) bool { return strings.Contains(n.Text(), "%s") }
			if validate.Kind() == document.Sequence && !slices.ContainsFunc(validate.Items(), uses) {
				found.Add(diag.Errorf("bad-value", validate.Pos(), "validate does not say what to look at").WithFix("write %%s for the file"))
			}
			return found
		},
	}
}

// Source reads the file that a task names as src, before the run.
func (t *Template) Source(named document.Node, dir string) (document.Node, error) {
	path, err := find(t.Dir, dir, "templates", named)
	if err != nil {
		return document.Node{}, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return document.Node{}, fmt.Errorf("reading the template: %w", err)
	}
	return document.Text(path, string(text)), nil
}

// Run writes the file of a step.
func (t *Template) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	args, err := declare.Decode[templateArgs](step.Args)
	if err != nil {
		return engine.Result{}, err
	}
	source, err := t.Source(args.Src, step.Dir)
	if err != nil {
		return engine.Result{}, err
	}
	src := source.Pos().File
	text, err := expanded(step, source)
	if err != nil {
		return engine.Result{}, err
	}
	w, err := destination(t.Dir, args.Dest, src)
	if err != nil {
		return engine.Result{}, err
	}
	if w.mode, err = modeOf(args.Mode, 0o644); err != nil {
		return engine.Result{}, fmt.Errorf("writing %s: %w", w.shown, err)
	}
	w.data = []byte(text)
	if len(args.Validate) > 0 {
		w.check = t.validator(step, args.Validate)
	}
	return w.carryOut(ctx, step, src)
}

// carryOut writes the file, and answers what a step does that writes one.
func (w writing) carryOut(ctx context.Context, step engine.Step, src string) (engine.Result, error) {
	r := fileResult{Src: src, Dest: w.path, Mode: fmt.Sprintf("%04o", w.mode), Size: len(w.data), Checksum: w.checksum()}
	changed, diff, err := w.put(ctx, step)
	result := engine.Result{Changed: changed && err == nil, Verb: "written", Detail: w.shown, Diff: diff}
	switch {
	case !changed:
		result.Verb = "there"
	case err == nil:
		r.Files = []string{w.path}
	}
	result.Values = declare.Values(r)
	return result, err
}

// expanded expands the templates of a file. An empty one at its end keeps a file
// that is nothing but one template a text, and its last line end.
func expanded(step engine.Step, source document.Node) (string, error) {
	n, ds := step.Expand(document.Text(source.Pos().File, source.Text()+`{{ "" }}`))
	return n.Text(), ds.Err()
}

// destination is where a file goes that has the name of src unless dest says
// another one.
func destination(root, dest, src string) (writing, error) {
	if dest == "" {
		return writing{}, errors.New("writing a file: dest is empty")
	}
	path := within(root, dest)
	info, err := os.Stat(path)
	if src != "" && (strings.HasSuffix(dest, "/") || err == nil && info.IsDir()) {
		path, dest = filepath.Join(path, filepath.Base(src)), filepath.Join(dest, filepath.Base(src))
	}
	return writing{path: path, shown: dest}, nil
}

// validator runs a program over the file before it takes its place.
func (t *Template) validator(step engine.Step, argv []string) func(context.Context, string) error {
	return func(ctx context.Context, file string) error {
		p := process{dir: t.Dir, env: environment(nil, t.Env, step.Env)}
		for _, word := range argv {
			p.argv = append(p.argv, strings.ReplaceAll(word, "%s", file))
		}
		if _, err := p.run(ctx, step); err != nil {
			return fmt.Errorf("the file is not in order and was not written: %w", err)
		}
		return nil
	}
}
