package decide_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// external images stand outside of every made-up inventory.
var external = []string{"docker.io/library/alpine:3", "quay.io/other/tool:1"}

// The platforms of the made-up inventories. Every image is built for the first,
// and builders may be of that one whatever the target.
const amd64, arm64, s390x = "linux/amd64", "linux/arm64", "linux/s390x"

// aShipyard is a random inventory: every image may be built from any of those
// before it that are there for its platforms, so that there are chains, fans and
// diamonds.
func aShipyard(t *testing.T, r *rand.Rand) *shipyard {
	kinds := []strategy.Kind{strategy.Base, strategy.Builder, strategy.Copy, strategy.Mount}
	var models []*model
	for i := range 2 + r.IntN(7) {
		m := &model{
			Name: fmt.Sprintf("image%d", i), Strategy: []string{"one", "two"}[r.IntN(2)], Platforms: [][]string{{amd64}, {amd64, arm64}}[r.IntN(2)], Config: `{}`,
			Args: map[string]string{"A": "1"}, Labels: map[string]string{"l": "1"},
		}
		for j := range i {
			in := strategy.ImageInput{Reference: fmt.Sprintf("localhost/image%d", j), Kind: kinds[r.IntN(len(kinds))]}
			if in.Kind == strategy.Builder && r.IntN(2) == 0 {
				in.Platform = amd64
			}
			if r.IntN(3) == 0 && (in.Platform != "" || len(models[j].Platforms) >= len(m.Platforms)) {
				m.Images = append(m.Images, in)
			}
		}
		if r.IntN(3) == 0 {
			m.Images = append(m.Images, strategy.ImageInput{Reference: external[r.IntN(2)], Kind: kinds[r.IntN(len(kinds))]})
		}
		if r.IntN(4) == 0 {
			m.URL = "https://files.test/archive"
		}
		if r.IntN(3) == 0 {
			m.Commit, m.Ref = "c1", "main"
		}
		models = append(models, m)
	}
	y := newShipyard(t, models...)
	y.versions["one"], y.versions["two"] = "1", "1"
	y.outside[external[0]] = "sha256:first"
	for _, p := range []string{amd64, arm64, s390x} {
		y.outside[external[1]+" "+p] = "sha256:foreign-first-" + p
	}
	y.etags["https://files.test/archive"] = `"first"`
	return y
}

// A mutation changes one thing about an image. touches says whose inputs that
// changes; nil when it is nobody's.
type mutation struct {
	name    string
	change  func(y *shipyard, m *model)
	touches func(changed, other *model, platform string) bool
}

func itself(changed, other *model, _ string) bool { return changed == other }

// uses reports whether an image is made from one, for one of platforms.
func uses(reference string, platforms ...string) func(*model, *model, string) bool {
	return func(_, m *model, platform string) bool {
		return slices.ContainsFunc(m.Images, func(in strategy.ImageInput) bool {
			return in.Reference == reference && slices.Contains(platforms, cmp.Or(in.Platform, platform))
		})
	}
}

// withParents changes the platforms of an image and of all that it is made from.
func withParents(y *shipyard, m *model, change func([]string) []string) {
	m.Platforms = change(m.Platforms)
	for _, in := range m.Images {
		if parent := y.models[strings.TrimPrefix(in.Reference, "localhost/")]; parent != nil {
			withParents(y, parent, change)
		}
	}
}

// with adds a platform to a list that does not have it.
func with(platform string) func([]string) []string {
	return func(all []string) []string {
		if slices.Contains(all, platform) {
			return all
		}
		return append(slices.Clone(all), platform)
	}
}

// everywhere changes the platforms of all images.
func everywhere(y *shipyard, change func([]string) []string) {
	for _, m := range y.models {
		m.Platforms = change(slices.Clone(m.Platforms))
	}
}

func mutations() []mutation {
	return []mutation{
		{"file content", func(y *shipyard, m *model) { y.write(m.Name, "src/file", "other\n") }, itself},
		{"new file", func(y *shipyard, m *model) { y.write(m.Name, "src/more", "") }, itself},
		{"file mode", func(y *shipyard, m *model) { chmod(y, m.Name, 0o755) }, itself},
		{"symlink", func(y *shipyard, m *model) { symlink(y, m.Name, "src/new", "file") }, itself},
		{"target of a symlink", func(y *shipyard, m *model) { symlink(y, m.Name, "src/link", "elsewhere") }, itself},
		{"removed file", func(y *shipyard, m *model) { remove(y, m.Name, "src/file") }, itself},
		{"Dockerfile", func(y *shipyard, m *model) { y.write(m.Name, "Dockerfile", "FROM scratch\n") }, itself},
		{"comment in the Dockerfile", func(y *shipyard, m *model) {
			text, _ := os.ReadFile(y.path(m.Name, "Dockerfile"))
			y.write(m.Name, "Dockerfile", "# why\n"+string(text))
		}, itself},
		{"ignore file", func(y *shipyard, m *model) { y.write(m.Name, ".dockerignore", "src/file src/ignored") }, itself},
		{"argument", func(_ *shipyard, m *model) { m.Args = map[string]string{"A": "2"} }, itself},
		{"label", func(_ *shipyard, m *model) { m.Labels = map[string]string{"l": "2"} }, itself},
		{"platform added", func(y *shipyard, m *model) { withParents(y, m, with(s390x)) }, nil},
		{"platform removed", func(y *shipyard, _ *model) {
			everywhere(y, func(all []string) []string { return all[:1] })
		}, nil},
		{"platform changed", func(y *shipyard, _ *model) {
			everywhere(y, func(all []string) []string { all[len(all)-1] = s390x; return with(amd64)(all) })
		}, nil},
		{"config", func(_ *shipyard, m *model) { m.Config = `{"target":"x"}` }, itself},
		{"source commit", func(_ *shipyard, m *model) { m.Commit = "c2" }, itself},
		{"epoch", func(_ *shipyard, m *model) { m.Epoch = 7 }, itself},
		{"parent taken away", func(_ *shipyard, m *model) { m.Images = m.Images[:max(0, len(m.Images)-1)] }, func(_, _ *model, _ string) bool { return false }},
		{"strategy version", func(y *shipyard, m *model) { y.versions[m.Strategy] = "2" }, func(a, b *model, _ string) bool { return a.Strategy == b.Strategy }},
		{"outside image", func(y *shipyard, _ *model) { y.outside[external[0]] = "sha256:second" }, uses(external[0], amd64, arm64)},
		{"outside image for one platform", func(y *shipyard, _ *model) { y.outside[external[1]+" "+arm64] = "sha256:foreign-second" }, uses(external[1], arm64)},
		{"remote file", func(y *shipyard, _ *model) { y.etags["https://files.test/archive"] = `"second"` }, func(_, m *model, _ string) bool { return m.URL != "" }},

		{"time", func(y *shipyard, m *model) { y.age(m.Name, "src/file"); y.age(m.Name, "Dockerfile") }, nil},
		{"name of a branch", func(_ *shipyard, m *model) { m.Ref = "trunk" }, nil},
		{"group write", func(y *shipyard, m *model) { chmod(y, m.Name, 0o664) }, nil},
		{"time of a symlink", func(y *shipyard, m *model) { symlink(y, m.Name, "src/link", "file") }, nil},
		{"ignored symlink", func(y *shipyard, m *model) { symlink(y, m.Name, "src/ignored", "file") }, nil},
		{"feature", func(y *shipyard, m *model) { y.write(m.Name, "features/web.feature", "Feature: web\n") }, nil},
		{"comment in image.yml", func(y *shipyard, m *model) { y.write(m.Name, "image.yml", "# why\n") }, nil},
		{"a file that no COPY selects", func(y *shipyard, m *model) { y.write(m.Name, "notes.md", "x\n") }, nil},
		{"ignored file", func(y *shipyard, m *model) { y.write(m.Name, "src/ignored", "y\n") }, nil},
		{"spaces in the config", func(_ *shipyard, m *model) { m.Config = "{ }" }, nil},
		{"volatile label", func(_ *shipyard, m *model) {
			m.Labels = map[string]string{"l": "1", "org.opencontainers.image.revision": "abc"}
		}, nil},
	}
}

func chmod(y *shipyard, image string, mode os.FileMode) {
	if err := os.Chmod(y.path(image, "src/file"), mode); err != nil {
		y.t.Fatal(err)
	}
}

func symlink(y *shipyard, image, file, target string) {
	remove(y, image, file)
	if err := os.Symlink(target, y.path(image, file)); err != nil {
		y.t.Fatal(err)
	}
}

func remove(y *shipyard, image, file string) {
	if err := os.Remove(y.path(image, file)); err != nil && !os.IsNotExist(err) {
		y.t.Fatal(err)
	}
}

// TestOneChange mutates one input of a random inventory after everything was
// built, and compares with an oracle that rebuilds the world: built is exactly
// what changed itself or stands on an image that came out differently.
func TestOneChange(t *testing.T) {
	for _, mutation := range mutations() {
		t.Run(mutation.name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(5) {
				r := rand.New(rand.NewPCG(seed, 1))
				y := aShipyard(t, r)
				for name := range y.models {
					y.write(name, ".dockerignore", "src/ignored")
					y.write(name, "src/ignored", "x\n")
					symlink(y, name, "src/link", "file")
				}
				y.run()
				if again := y.run(); again != nil {
					t.Fatalf("seed %d: a second run builds %v", seed, again)
				}
				oneChange(t, y, mutation, y.models[fmt.Sprintf("image%d", r.IntN(len(y.models)))], seed)
			}
		})
	}
}

func oneChange(t *testing.T, y *shipyard, mutation mutation, m *model, seed uint64) {
	t.Helper()
	before := y.oracle()
	images := len(m.Images)
	mutation.change(y, m)
	after := y.oracle()
	var want []string
	for _, one := range slices.Sorted(maps.Keys(after)) {
		name, platform, _ := strings.Cut(one, " ")
		other := y.models[name]
		_, known := before[one]
		changed := !known || mutation.touches != nil && mutation.touches(m, other, platform) || other == m && len(m.Images) != images
		for _, in := range other.Images {
			parent := y.needed(in, platform)
			changed = changed || before[parent] != after[parent]
		}
		if changed {
			want = append(want, one)
		}
	}
	foretold := foretell(y)
	if diff := gocmp.Diff(want, y.run()); diff != "" {
		t.Errorf("seed %d: built is not what depends on %s (-want +got):\n%s", seed, m.Name, diff)
	}
	for one, fate := range foretold {
		if built := slices.Contains(want, one); built && fate == plan.Reuse || !built && fate == plan.Build {
			t.Errorf("seed %d: the plan says %s for %s; built: %t", seed, fate, one, built)
		}
	}
	if again := y.run(); again != nil {
		t.Errorf("seed %d: the run after builds %v", seed, again)
	}
}

// foretell is what a plan says of every image, for every platform.
func foretell(y *shipyard) map[string]plan.Fate {
	out := map[string]plan.Fate{}
	for _, decision := range y.preview() {
		for _, r := range decision.Rulings {
			out[decision.Image+" "+r.Platform] = r.Fate
		}
	}
	return out
}
