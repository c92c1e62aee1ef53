// Package slipway_test tells what slipway promises its owner, in Gherkin, and
// holds the built binary to it.
//
// Every scenario has a project, a container storage and a registry of its own,
// with a proxy before the registry that can be told to fail. The binary and the
// one program that all images hold are compiled once. What a scenario cannot do
// without (root, podman) it names in a tag; where that is missing the scenario
// is skipped and the test says what was missing.
package slipway_test

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cucumber/godog"
)

// needs are the tags of scenarios that ask for something of the machine, with
// what is missing here, "" when nothing is.
var needs = []struct {
	tag     string
	missing func() string
}{
	{"@user", missingForUsers},
	{"@site", func() string { return cmp.Or(missingForUsers(), missingAssets()) }},
	{"@assets", missingAssets},
	{"@git", func() string { return missingPrograms("git") }},
	{"@podman", func() string { return missingPrograms("podman") }},
}

func TestFeatures(t *testing.T) {
	built := compile(t)
	everywhere := make([]string, 0, len(needs))
	for _, n := range needs {
		everywhere = append(everywhere, "~"+n.tag)
	}
	t.Run("everywhere", func(t *testing.T) { run(t, built, strings.Join(everywhere, " && ")) })
	for _, n := range needs {
		t.Run(n.tag[1:], func(t *testing.T) {
			if missing := n.missing(); missing != "" {
				t.Skip(missing)
			}
			run(t, built, n.tag)
		})
	}
}

// run carries out the scenarios that a tag expression selects.
func run(t *testing.T, built *built, tags string) {
	suite := godog.TestSuite{
		ScenarioInitializer: func(sc *godog.ScenarioContext) { initialize(t, sc, built) },
		Options: &godog.Options{
			Format: "progress", Paths: []string{"."}, Strict: true, Tags: tags, Concurrency: 3,
			TestingT: t, NoColors: true,
		},
	}
	if suite.Run() != 0 {
		t.Error("not every scenario passed")
	}
}

// initialize gives a scenario its site and the steps that act on it.
func initialize(t *testing.T, sc *godog.ScenarioContext, built *built) {
	s := newSite(built)
	sc.Before(func(ctx context.Context, _ *godog.Scenario) (context.Context, error) { return ctx, s.open() })
	sc.After(func(ctx context.Context, scenario *godog.Scenario, err error) (context.Context, error) {
		if err != nil {
			t.Logf("%s\n%s", scenario.Name, s.last.describe())
		}
		return ctx, s.close()
	})
	givens(sc, s)
	faults(sc, s)
	runs(sc, s)
	kills(sc, s)
	outcomes(sc, s)
	registrySteps(sc, s)
	traces(sc, s)
	userSteps(sc, s)
	podmanSteps(sc, s)
	platformSteps(sc, s)
	sourceSteps(sc, s)
	packageSteps(sc, s)
}

func missingPrograms(names ...string) string {
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			return name + " is not installed"
		}
	}
	return ""
}

// missingForUsers says why no user can be made here to run slipway as.
func missingForUsers() string {
	if me, err := user.Current(); err != nil || me.Uid != "0" {
		return "only root can make a user to run slipway as"
	}
	return missingPrograms("useradd", "userdel", "newuidmap", "newgidmap")
}

// missingAssets says whether the reference site can be built.
func missingAssets() string {
	if _, err := os.Stat(filepath.Join(reference, "images", "base", "container-assets", "bin", "userland")); err != nil {
		return "what the reference site's images need is not there: make site-assets makes it"
	}
	return ""
}
