package dockerfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/slipway-build/slipway/plugins/internal/dockerfile"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A recipe is a build as its workspace describes it.
type recipe struct {
	config Config // with File filled in
	needs  *dockerfile.Build
	ignore dockerfile.Ignore
	inputs dockerfile.Inputs
}

// readRecipe reads a workspace. Nothing outside it is read, whatever its links
// point to.
func readRecipe(raw json.RawMessage, workspace string, options dockerfile.Options) (*recipe, diag.List, error) {
	config, problems := readConfig(raw)
	if len(problems) > 0 {
		return nil, problems, nil
	}
	root, err := os.OpenRoot(workspace)
	if err != nil {
		return nil, nil, fmt.Errorf("opening the workspace: %w", err)
	}
	defer root.Close()
	r := &recipe{config: config}
	problems, err = r.read(root.FS(), options)
	if err != nil || len(problems.Errors()) > 0 {
		return nil, problems.Sorted(), err
	}
	return r, problems.Sorted(), nil
}

func (r *recipe) read(workspace fs.FS, options dockerfile.Options) (diag.List, error) {
	if problem := r.choose(workspace, options.Later); problem != nil {
		return diag.List{*problem}, nil
	}
	content, err := fs.ReadFile(workspace, r.config.File)
	if err != nil {
		return nil, fmt.Errorf("reading the Dockerfile: %w", err)
	}
	file, problems := dockerfile.Parse(r.config.File, content)
	if file == nil {
		return problems, nil
	}
	options.Target = r.config.Target
	needs, more := file.Resolve(options)
	problems.Add(more...)
	if needs == nil {
		return problems, nil
	}
	r.needs = needs
	if r.ignore, err = dockerfile.FindIgnore(workspace, r.config.File, r.config.Context); err != nil {
		return nil, err
	}
	r.inputs, more, err = needs.Inputs(workspace, r.config.Context, r.ignore)
	return append(problems, more...), err
}

// choose finds the Dockerfile.
func (r *recipe) choose(workspace fs.FS, later []string) *diag.Diagnostic {
	if info, err := fs.Stat(workspace, r.config.Context); (err != nil || !info.IsDir()) && !strategy.MayCome(later, r.config.Context) {
		d := diag.Errorf("no-context", diag.Pos{}, "there is no folder %s in the workspace", r.config.Context)
		d.Path = "/context"
		return &d
	}
	names := []string{"Containerfile", "Dockerfile"}
	if r.config.File != "" {
		names = []string{r.config.File}
	}
	found := slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		_, err := fs.Stat(workspace, name)
		return errors.Is(err, fs.ErrNotExist)
	})
	switch {
	case len(found) == 1:
		r.config.File = found[0]
		return nil
	case len(found) == 2:
		d := diag.Errorf("two-dockerfiles", diag.Pos{File: found[1]}, "there is a Containerfile as well").
			WithFix("remove one, or say which with file:")
		return &d
	default:
		return noFile(workspace, names, r.config.File != "")
	}
}

func noFile(workspace fs.FS, names []string, asked bool) *diag.Diagnostic {
	d := diag.Errorf("no-dockerfile", diag.Pos{}, "there is no Containerfile or Dockerfile in the workspace")
	if asked {
		d.Summary, d.Path = "there is no "+names[0]+" in the workspace", "/file"
	}
	entries, _ := fs.ReadDir(workspace, ".")
	var there []string
	for _, e := range entries {
		there = append(there, e.Name())
	}
	d.Fix = diag.Suggest(names[len(names)-1], there)
	return &d
}

// reads is what the recipe was read out of: the Dockerfile, the ignore file, and
// that the context is a folder. Which of the files where an ignore file would
// count are there, and which sources, shows in the inputs.
func (r *recipe) reads() []strategy.Input {
	out := []strategy.Input{{Path: r.config.File}}
	if r.ignore.Path != "" {
		out = append(out, strategy.Input{Path: r.ignore.Path})
	}
	if r.config.Context != "." {
		out = append(out, strategy.Input{Path: r.config.Context, Exclude: []string{r.config.Context + "/*"}})
	}
	return out
}

// counted are the inputs of the build: the Dockerfile, every path where an
// ignore file would count, and what the sources select.
func (r *recipe) counted() []strategy.Input {
	out := []strategy.Input{{Path: r.config.File}}
	if r.config.File == "Dockerfile" {
		out = append(out, strategy.Input{Path: "Containerfile"})
	}
	for _, candidate := range r.ignore.Candidates {
		out = append(out, strategy.Input{Path: candidate})
	}
	if r.config.OnBuild {
		out = append(out, r.ignore.Whole(r.config.Context))
	}
	return append(out, r.inputs.Inputs...)
}
