package s2i

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/moby/patternmatcher/ignorefile"

	"github.com/slipway-build/slipway/plugins/internal/dockerfile"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// What source-to-image looks for in the source.
const (
	ignoreFile      = ".s2iignore"
	scriptsDir      = ".s2i/bin"
	environmentFile = ".s2i/environment"
)

// A source is what assemble is given, as its folder describes it.
type source struct {
	scripts  bool     // it brings scripts of its own
	ignored  []string // patterns in the syntax of ignore files, relative to its folder
	variable []variable
}

// A variable is one of the environment, in the order in which it was written.
type variable struct{ name, value string }

// readSource reads a folder of the workspace, which may be among what comes
// later. Nothing outside it is read, whatever its links point to.
func readSource(workspace, context string, later []string) (source, error) {
	s := source{ignored: []string{".git", "**/.git"}}
	if context == "." {
		s.ignored = append(s.ignored, "image.yml", "features")
	}
	root, err := os.OpenRoot(filepath.Join(workspace, filepath.FromSlash(context)))
	if errors.Is(err, fs.ErrNotExist) && strategy.MayCome(later, context) {
		return s, nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		d := diag.Errorf("s2i.context", diag.Pos{}, "there is no folder %s in the workspace", context)
		d.Path = "/context"
		return s, diag.List{d}
	}
	if err != nil {
		return s, fmt.Errorf("opening the source: %w", err)
	}
	defer root.Close()
	return s, s.read(root.FS(), context)
}

func (s *source) read(tree fs.FS, context string) error {
	patterns, err := fs.ReadFile(tree, ignoreFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading %s: %w", ignoreFile, err)
	}
	more, err := ignorefile.ReadAll(bytes.NewReader(patterns))
	if err != nil {
		return fmt.Errorf("reading %s: %w", ignoreFile, err)
	}
	s.ignored = append(s.ignored, more...)
	if info, err := fs.Stat(tree, scriptsDir); err == nil && info.IsDir() {
		s.scripts, s.ignored = true, append(s.ignored, "!"+scriptsDir)
	}
	environment, err := fs.ReadFile(tree, environmentFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading %s: %w", environmentFile, err)
	}
	s.variable, err = parseEnvironment(path.Join(context, environmentFile), environment)
	return err
}

// excluded are the patterns relative to the workspace.
func (s *source) excluded(context string) []string {
	return dockerfile.Ignore{Patterns: s.ignored}.Whole(context).Exclude
}

// parseEnvironment reads lines of NAME=value; empty ones and those that begin
// with # say nothing. Every mistake is reported, with its line.
func parseEnvironment(file string, content []byte) ([]variable, error) {
	var out []variable
	var problems diag.List
	lines := bufio.NewScanner(bytes.NewReader(content))
	lines.Buffer(nil, len(content)+1)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if err := checkVariable(name, value); !ok || err != nil {
			problems.Add(diag.Errorf("s2i.environment", diag.Pos{File: file, Line: n, Column: 1, End: len(line) + 1}, "%s is no variable", quoted(line)).
				WithFix("write NAME=value"))
			continue
		}
		out = append(out, variable{name, value})
	}
	return out, problems.Err()
}

// checkVariable says what is wrong with a variable; a Dockerfile, through
// which it goes, cannot hold every value.
func checkVariable(name, value string) error {
	wrong := strings.ContainsFunc(name, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
	switch {
	case name == "" || wrong || name[0] <= '9':
		return errors.New(quoted(name) + " is no name of a variable")
	case strings.ContainsAny(value, "\n\r\x00"):
		return errors.New("the value of " + name + " has more than one line")
	default:
		return nil
	}
}

func isSpace(r rune) bool { return r <= ' ' }

func quoted(s string) string { return fmt.Sprintf("%q", s) }
