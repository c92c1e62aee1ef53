// Package layers_test holds the project to its layers: who may import whom, and
// which package alone may know an outside library.
package layers_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/slipway-build/slipway"

// layers states who may import whom, as policy. The top-level directory on the
// left may import those on the right, and itself.
//
// Do not change this table to make a build pass.
var layers = map[string][]string{
	"cmd":       {"core", "plugins", "sdk", "inventory", "playbooks", "features"},
	"core":      {"sdk"},
	"plugins":   {"sdk"},
	"sdk":       {},
	"inventory": {},
	"playbooks": {},
	"features":  {},
}

// forbidden states what a package of core may not import of the others: lower
// packages know nothing of higher ones. "*" is everything of ours.
var forbidden = map[string][]string{
	"core/graph":     {"*"},
	"core/document":  {"core/inventory", "core/playbook", "core/vars", "core/plan", "core/engine"},
	"core/vars":      {"core/playbook", "core/plan", "core/engine"},
	"core/inventory": {"core/playbook", "core/plan", "core/engine"},
	"core/playbook":  {"core/plan", "core/engine"},
	"core/plan":      {"core/engine"},
	"core/engine":    {"core/catalog", "core/registry", "core/report"},
	"core/decide":    {"core/builder", "core/catalog", "core/container", "core/deploy", "core/smoke"}, // it finds out what is to be done, and does nothing
}

// doors states who alone of ours may import a package: what a command does is
// its own, and what several do stands below all of them.
var doors = map[string]string{
	"cmd/slipway/internal/command": "cmd/slipway/internal/cli",
}

// homes states where an outside library may be imported: a change of the
// library is then a change of one place.
var homes = map[string][]string{
	"github.com/goccy/go-yaml":                {"core/document"},
	"github.com/spf13/cobra":                  {"cmd"},
	"github.com/containers/image/v5":          {"core/registry", "core/container", "plugins/internal"},
	"github.com/distribution/distribution/v3": {"core/registry"},
	"github.com/cucumber/godog":               {"core/smoke", "features/slipway"}, // the latter: tests that drive the binary
	"github.com/cucumber/gherkin/go/v26":      {"core/smoke"},
	"github.com/hashicorp/go-plugin":          {"sdk"},
	"google.golang.org/grpc":                  {"sdk"},
	"google.golang.org/protobuf":              {"sdk"},
	"github.com/moby/buildkit":                {"plugins/internal"},
	"github.com/containers/buildah":           {"core/container", "plugins/internal"},
	"github.com/containers/storage":           {"core/container", "plugins/internal"},
	"github.com/compose-spec/compose-go/v2":   {"core/deploy"},
}

type pkg struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func TestLayers(t *testing.T) {
	if diff := cmp.Diff([]string(nil), check(list(t))); diff != "" {
		t.Errorf("imports out of their layer (-want +got):\n%s", diff)
	}
}

func TestCheckFindsEveryKindOfBreach(t *testing.T) {
	pkgs := []pkg{
		{ImportPath: module + "/cmd/slipway/internal/runs", Imports: []string{module + "/cmd/slipway/internal/command/inventory"}},
		{ImportPath: module + "/cmd/slipway/internal/cli", Imports: []string{module + "/cmd/slipway/internal/command/inventory"}},
		{ImportPath: module + "/plugins/bad", Imports: []string{module + "/core/engine"}},
		{ImportPath: module + "/core/graph", Imports: []string{module + "/sdk/diag"}},
		{ImportPath: module + "/core/engine", Imports: []string{module + "/core/registry/embedded"}},
		{ImportPath: module + "/core/plan", Imports: []string{"github.com/goccy/go-yaml/ast", "github.com/goccy/go-yamlish"}},
	}
	want := []string{
		"cmd/slipway/internal/runs may not import cmd/slipway/internal/command/inventory",
		"core/engine may not import core/registry/embedded",
		"core/graph may not import sdk/diag",
		"core/plan may not import github.com/goccy/go-yaml/ast",
		"plugins/bad may not import core/engine",
	}
	if diff := cmp.Diff(want, check(pkgs)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func list(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", module+"/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var pkgs []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}

func check(pkgs []pkg) []string {
	var bad []string
	for _, p := range pkgs {
		from := strings.TrimPrefix(p.ImportPath, module+"/")
		for _, imp := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if to, ours := strings.CutPrefix(imp, module+"/"); ours && !allowed(from, to) {
				bad = append(bad, from+" may not import "+to)
			}
		}
		// A test may look at a result with the library that made it.
		for _, imp := range p.Imports {
			if !strings.HasPrefix(imp, module+"/") && !athome(from, imp) {
				bad = append(bad, from+" may not import "+imp)
			}
		}
	}
	slices.Sort(bad)
	return slices.Compact(bad)
}

// allowed reports whether one package of ours may import another.
func allowed(from, to string) bool {
	for pkg, others := range forbidden {
		if within(from, pkg) && !within(to, pkg) && slices.ContainsFunc(others, func(o string) bool { return o == "*" || within(to, o) }) {
			return false
		}
	}
	for pkg, door := range doors {
		if within(to, pkg) && from != to && from != door {
			return false
		}
	}
	return top(from) == top(to) || slices.Contains(layers[top(from)], top(to))
}

// athome reports whether a package may import something from outside.
func athome(from, imp string) bool {
	for library, where := range homes {
		if within(imp, library) {
			return slices.ContainsFunc(where, func(home string) bool { return within(from, home) })
		}
	}
	return true
}

// within reports whether path is dir or lies under it.
func within(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, dir+"/")
}

// top returns the first element of a path.
func top(path string) string {
	first, _, _ := strings.Cut(path, "/")
	return first
}
