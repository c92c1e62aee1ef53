package deploy

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Load reads a compose file. Variables in it are expanded from env and from
// nothing else. All mistakes are reported at once, each where it stands.
func Load(file string, env map[string]string) (*Project, diag.List) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, diag.List{diag.Errorf("unreadable", diag.Pos{File: file}, "the compose file cannot be read: %v", cause(err))}
	}
	root, problems := document.Parse(file, content)
	if problems.Err() != nil {
		return nil, problems
	}
	src := &source{file: file, root: root}
	problems.Add(compose().check(root, "")...)
	if len(problems) > 0 {
		return nil, problems.Sorted()
	}
	parsed, err := parse(file, content, env)
	if err != nil {
		return nil, diag.List{composeError(src, err)}
	}
	r := &reader{src: src}
	project := r.project(parsed)
	if problems := r.problems.Sorted(); len(problems.Errors()) > 0 {
		return nil, problems
	}
	return project, r.problems
}

// cause strips the path off an error that is about to be shown with one.
func cause(err error) error {
	if p, ok := errors.AsType[*os.PathError](err); ok {
		return p.Err
	}
	return err
}

func parse(file string, content []byte, env map[string]string) (*types.Project, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	return loader.LoadWithContext(context.Background(), types.ConfigDetails{
		WorkingDir:  filepath.Dir(abs),
		ConfigFiles: []types.ConfigFile{{Filename: file, Content: content}},
		Environment: env,
	}, func(o *loader.Options) {
		o.SetProjectName("deployment", true)
		o.SkipInclude, o.SkipExtends = true, true
		o.ResolvePaths = true
	})
}

var composePath = regexp.MustCompile(`\b(services|volumes|networks)[.\[][^\s:'"]+`)

// composeError gives an error of the compose library the place that it names
// in words.
func composeError(src *source, err error) diag.Diagnostic {
	text := strings.TrimPrefix(strings.ReplaceAll(err.Error(), "validating "+src.file+": ", ""), "failed to load: ")
	var steps []string
	if path := composePath.FindString(text); path != "" {
		steps = strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
	}
	return diag.Errorf("compose", src.pos(steps...), "%s", text)
}
