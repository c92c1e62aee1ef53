package action_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/source"
	"github.com/slipway-build/slipway/core/source/git"
	"github.com/slipway-build/slipway/core/source/gittest"
)

// sourced has base come from a repository, and its own folder beside.
func sourced(t *testing.T) (*yard, *gittest.Repository) {
	t.Helper()
	y, r := newYard(t), gittest.New(t)
	r.Commit("Dockerfile", "one\n")
	base := filepath.Join(y.dir, "images", "base")
	if err := os.Remove(filepath.Join(base, "Dockerfile")); err != nil {
		t.Fatal(err)
	}
	y.own("note", "mine")
	y.own("image.yml", "source: {git: "+r.Dir+", ref: main}")
	y.begin()
	return y, r
}

// own writes a file of base's own folder.
func (y *yard) own(name, text string) {
	y.t.Helper()
	if err := os.WriteFile(filepath.Join(y.dir, "images", "base", name), []byte(text), 0o644); err != nil {
		y.t.Fatal(err)
	}
}

// begin begins another run, whose sources are as they are now.
func (y *yard) begin() {
	y.t.Helper()
	y.fresh()
	cache := filepath.Join(y.dir, "cache")
	y.spaces = &source.Workspaces{
		Dir: cache, Memo: y.decider.Memo, Mirrors: &git.Mirrors{Dir: filepath.Join(cache, "git"), Env: gittest.Env(y.t)},
	}
	y.decider.Workspaces = y.spaces
}

// A commit builds the image again, and says how far it is from the last; what
// stands on the image follows its content.
func TestCommitOfASource(t *testing.T) {
	y, r := sourced(t)
	y.must("built")(y.build("base"))
	y.must("built")(y.build("web"))
	y.begin()
	y.must("reused")(y.build("base"))
	r.Commit("README", "how to")
	r.Commit("Dockerfile", "one\n# a remark\n")
	y.begin()
	result := y.must("built")(y.build("base"))
	if want := regexp.MustCompile(`^source .* main: [0-9a-f]{7} → [0-9a-f]{7} \(2 commits\) and 1 more$`); !want.MatchString(result.Detail) {
		t.Errorf("it was built for %s", result.Detail)
	}
	y.must("reused")(y.build("web"))
	r.Commit("Dockerfile", "two\n")
	y.begin()
	y.must("built")(y.build("base"))
	y.must("built")(y.build("web"))
}

// A branch that moves while an image is built from it does no harm, and is the
// next run's; a file of this machine that does has nobody know what was built.
func TestSourceChangedWhileBuilding(t *testing.T) {
	y, r := sourced(t)
	y.during = func() { r.Commit("Dockerfile", "other\n") }
	y.must("built")(y.build("base"))
	y.must("reused")(y.build("base"))
	y.during = nil
	y.begin()
	y.must("built")(y.build("base"))

	shared := filepath.Join(y.dir, "shared")
	write := func(text string) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(shared, 0o755), os.WriteFile(filepath.Join(shared, "Dockerfile"), []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	write("shared\n")
	y.during = func() { write("edited\n") }
	y.own("image.yml", "source: [{git: "+r.Dir+"}, {directory: ../../shared, replace: true}]")
	y.begin()
	if _, err := y.build("base"); fmt.Sprint(err) != "Dockerfile changed while building: build it again" {
		t.Errorf("got %v", err)
	}
}

// An image whose source nobody can reach is not decided, and is never taken for
// unchanged.
func TestUnreachableSource(t *testing.T) {
	y, _ := sourced(t)
	y.must("built")(y.build("base"))
	y.own("image.yml", "source: {git: 'http://127.0.0.1:1/app.git', ref: main}")
	y.begin()
	decision, err := y.decider.Decide(t.Context(), y.inv.Image("base"))
	if err != nil || decision.Fate != plan.Blocked || !strings.HasPrefix(decision.Because(), "cannot tell about http://127.0.0.1:1/app.git: reaching http://127.0.0.1:1/app.git main: ") {
		t.Errorf("%s: %s, %v", decision.Fate, decision.Because(), err)
	}
	if _, err := y.build("base"); !isUnreachable(err) {
		t.Errorf("the error is %v", err)
	}
}
