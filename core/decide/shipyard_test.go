package decide_test

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/source"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A model is one image of a made-up inventory: all that could go into it.
type model struct {
	Name      string
	Strategy  string
	Platforms []string
	Config    string
	Args      map[string]string
	Labels    map[string]string
	Epoch     int64
	Images    []strategy.ImageInput // of the inventory: "localhost/NAME"
	URL       string
	Commit    string // of the repository that fills its workspace; "": none does
	Ref       string
	Volatile  string
	Broken    string // how its strategy breaks when it is asked; "": it does not
}

// A shipyard is a made-up inventory in a folder, with a registry that is a
// table and a strategy whose images are a hash of what a build would see.
type shipyard struct {
	t        *testing.T
	dir      string
	models   map[string]*model
	versions map[string]string // strategy → version
	outside  map[string]string // reference → digest; with a platform after it, one of an index
	etags    map[string]string // URL → version

	mu       sync.Mutex
	registry map[string]registry.Manifest
	broken   func(ref string) error // nil: the registry is well
	asked    []string
}

func newShipyard(t *testing.T, models ...*model) *shipyard {
	t.Helper()
	y := &shipyard{
		t: t, dir: t.TempDir(), models: map[string]*model{}, versions: map[string]string{},
		outside: map[string]string{}, etags: map[string]string{}, registry: map[string]registry.Manifest{},
	}
	for _, m := range models {
		y.models[m.Name] = m
		y.write(m.Name, "Dockerfile", "FROM "+m.Name+"\n")
		y.write(m.Name, "src/file", "content of "+m.Name+"\n")
	}
	return y
}

func (y *shipyard) path(image, file string) string { return filepath.Join(y.dir, image, file) }

func (y *shipyard) write(image, file, text string) {
	y.t.Helper()
	at := y.path(image, file)
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		y.t.Fatal(err)
	}
	if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
		y.t.Fatal(err)
	}
}

// image is what the inventory would say of a model.
func (y *shipyard) image(m *model) *inventory.Image {
	var layers []source.Layer
	if m.Commit != "" {
		layers = append(layers, source.Layer{Kind: source.Git, From: "https://git.test/" + m.Name})
	}
	return &inventory.Image{
		Layers: layers,
		Name:   m.Name, Dir: filepath.Join(y.dir, m.Name), Repository: "registry.test/" + m.Name, Strategy: m.Strategy,
		Config: json.RawMessage(m.Config), Args: m.Args, Labels: m.Labels, Platforms: m.Platforms, Epoch: m.Epoch,
		Pos: diag.Pos{File: m.Name, Line: 1, Column: 1},
	}
}

// Ground implements [decide.Workspaces]: what a repository holds is laid over
// nothing here, and is known by its commit.
func (y *shipyard) Ground(_ context.Context, dir string, layers []source.Layer) (source.Workspace, error) {
	m := y.models[filepath.Base(dir)]
	return source.Workspace{Dir: dir, Sources: []buildkey.Source{{Name: layers[0].Name(), Version: m.Commit, Ref: m.Ref}}}, nil
}

// Between implements [decide.Workspaces].
func (y *shipyard) Between(context.Context, []source.Layer, buildkey.Reason) (int, bool) {
	return 3, true
}

// ignored reads the ignore file of an image.
func (y *shipyard) ignored(image string) []string {
	text, _ := os.ReadFile(y.path(image, ".dockerignore"))
	return strings.Fields(string(text))
}

// ask is the Plan of the made-up strategy.
func (y *shipyard) ask(_ context.Context, image *inventory.Image, _ string) (strategy.PlanResponse, error) {
	m := y.models[image.Name]
	if m.Broken != "" {
		return strategy.PlanResponse{}, errors.New(m.Broken)
	}
	out := strategy.PlanResponse{Images: m.Images, Volatile: m.Volatile, Inputs: []strategy.Input{
		{Path: "Dockerfile"}, {Path: ".dockerignore"}, {Path: "src", Exclude: y.ignored(image.Name)},
	}}
	if m.URL != "" {
		out.Inputs = append(out.Inputs, strategy.Input{URL: m.URL})
	}
	return out, nil
}

// machine is a fresh machine that looks at the inventory as it is now.
func (y *shipyard) machine() (*decide.Decider, []*inventory.Image) {
	y.t.Helper()
	var images []*inventory.Image
	for _, name := range slices.Sorted(maps.Keys(y.models)) {
		images = append(images, y.image(y.models[name]))
	}
	family, found, err := plan.Relate(y.t.Context(), images, y.ask)
	if err != nil || found.Err() != nil {
		y.t.Fatal(err, found)
	}
	return &decide.Decider{
		Workspaces: y,
		Bases:      decide.Bases{Seen: ledger.RecallSightings(y.t.TempDir())},
		Family:     family, Products: new(decide.Products), Registry: y, Store: emptyStore{}, Memory: ledger.Recall(y.t.TempDir()),
		Describe: func(_ context.Context, name string) (strategy.DescribeResponse, error) {
			return strategy.DescribeResponse{Name: name, Version: y.versions[name]}, nil
		},
		Identity: func(string) (string, error) { return "", nil },
		ETag:     func(_ context.Context, url string) (string, error) { return y.etags[url], nil },
		Strict:   true,
		Warn:     func(d diag.Diagnostic) { y.t.Errorf("unexpected warning: %v", d) },
	}, images
}

// preview is what `plan` says of every image on a fresh machine.
func (y *shipyard) preview() []decide.Decision {
	y.t.Helper()
	d, images := y.machine()
	decisions, err := d.Preview(y.t.Context(), images)
	if err != nil {
		y.t.Fatal(err)
	}
	if len(decisions) != len(images) {
		y.t.Errorf("%d of %d images were decided", len(decisions), len(images))
	}
	return decisions
}

// Resolve implements [decide.Registry].
func (y *shipyard) Resolve(ctx context.Context, ref string) (registry.Manifest, error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.asked = append(y.asked, ref)
	if y.broken != nil {
		if err := y.broken(ref); err != nil {
			return registry.Manifest{}, err
		}
	}
	if m, ok := y.registry[ref]; ok {
		return m, ctx.Err()
	}
	if digest, ok := y.outside[ref]; ok {
		return registry.Manifest{Repository: ref, Digest: digest, ImageID: "id of " + digest}, ctx.Err()
	}
	if m, ok := y.foreign(ref); ok {
		return m, ctx.Err()
	}
	return registry.Manifest{}, fmt.Errorf("%s: %w", ref, registry.ErrNotFound)
}

// foreign is an index of somebody else's, or one of its images.
func (y *shipyard) foreign(ref string) (registry.Manifest, bool) {
	repository, digest, ok := strings.Cut(ref, "@")
	if ok {
		return registry.Manifest{Repository: repository, Digest: digest, ImageID: "id of " + digest}, strings.HasPrefix(digest, "sha256:foreign")
	}
	m := registry.Manifest{Repository: repository, Digest: "sha256:index", MediaType: ocispec.MediaTypeImageIndex}
	for _, name := range slices.Sorted(maps.Keys(y.outside)) {
		if platform, ok := strings.CutPrefix(name, ref+" "); ok {
			m.Children = append(m.Children, registry.Child{Digest: y.outside[name], Platform: platform})
		}
	}
	return m, m.Children != nil
}

type emptyStore struct{}

func (emptyStore) Has(string) bool           { return false }
func (emptyStore) Storage() strategy.Storage { return strategy.Storage{} }

// run builds what a fresh machine decides to build, parents first, and returns
// what: "NAME PLATFORM".
func (y *shipyard) run() (built []string) {
	y.t.Helper()
	d, _ := y.machine()
	for _, name := range d.Family.Order {
		decision, err := d.Decide(y.t.Context(), d.Family.Node(name).Image)
		if err != nil {
			y.t.Fatal(err)
		}
		product := decision.Product
		product.Parts = slices.Clone(product.Parts)
		for i, r := range decision.Rulings {
			switch r.Fate {
			case plan.Reuse:
			case plan.Build:
				built = append(built, name+" "+r.Platform)
				product.Parts[i].ImageID = y.content(name, r.Platform, y.identities(d, name))
			default:
				y.t.Fatalf("%s is to %s: %v", name, r.Fate, r.Reasons)
			}
		}
		y.push(name, product, decision)
		d.Products.Put(name, product)
	}
	slices.Sort(built)
	return built
}

// push keeps a build as the action does: every platform under its own key, and of
// several an index.
func (y *shipyard) push(name string, p decide.Product, d decide.Decision) {
	y.t.Helper()
	var children []registry.Child
	for i, part := range p.Parts {
		m := registry.Manifest{ImageID: part.ImageID, Digest: "manifest of " + part.ImageID}
		y.registry["registry.test/"+name+":sw-"+string(d.Rulings[i].Key)] = m
		children = append(children, registry.Child{Digest: m.Digest, Platform: part.Platform, Annotations: map[string]string{"build.slipway.image.id": part.ImageID}})
	}
	if len(children) == 1 {
		return
	}
	index, err := registry.NewIndex("registry.test/"+name, children)
	if err != nil {
		y.t.Fatal(err)
	}
	y.registry["registry.test/"+name+":sw-"+string(d.Key)] = index
}

// identities are the image IDs of an image's parents: "NAME PLATFORM" → ID.
func (y *shipyard) identities(d *decide.Decider, image string) map[string]string {
	out := map[string]string{}
	for _, e := range d.Family.Node(image).Parents {
		p, _ := d.Products.Get(e.Parent)
		for _, part := range p.Parts {
			out[e.Parent+" "+part.Platform] = part.ImageID
		}
	}
	return out
}

// oracle rebuilds everything, looking nothing up: the image ID of every image for
// every platform, by "NAME PLATFORM".
func (y *shipyard) oracle() map[string]string {
	y.t.Helper()
	d, _ := y.machine()
	ids := map[string]string{}
	for _, name := range d.Family.Order {
		for _, platform := range y.models[name].Platforms {
			ids[name+" "+platform] = y.content(name, platform, ids)
		}
	}
	return ids
}

// content is the image ID that a build of an image comes to: a hash of what
// it sees. Comments of a Dockerfile are no part of an image.
func (y *shipyard) content(name, platform string, parents map[string]string) string {
	m := *y.models[name]
	h := sha256.New()
	m.Labels = maps.Clone(m.Labels)
	delete(m.Labels, "org.opencontainers.image.revision")
	m.URL = m.URL + y.etags[m.URL]
	fmt.Fprintln(h, y.versions[m.Strategy], m.Strategy, platform, strings.ReplaceAll(m.Config, " ", ""), m.Args, m.Labels, m.Epoch, m.URL, m.Commit)
	for _, in := range m.Images {
		fmt.Fprintln(h, in.Kind, parents[y.needed(in, platform)], y.outside[in.Reference], y.outside[y.needed(in, platform)])
	}
	text, _ := os.ReadFile(y.path(name, "Dockerfile"))
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			fmt.Fprint(h, line)
		}
	}
	y.tree(h, name)
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// needed names what a build for a platform needs of an image.
func (y *shipyard) needed(in strategy.ImageInput, platform string) string {
	return strings.TrimPrefix(in.Reference, "localhost/") + " " + cmp.Or(in.Platform, platform)
}

// tree writes what a COPY of src would take.
func (y *shipyard) tree(h interface{ Write([]byte) (int, error) }, name string) {
	ignored := y.ignored(name)
	entries, err := os.ReadDir(y.path(name, "src"))
	if err != nil {
		y.t.Fatal(err)
	}
	for _, e := range entries {
		if slices.Contains(ignored, "src/"+e.Name()) {
			continue
		}
		info, err := e.Info()
		if err != nil {
			y.t.Fatal(err)
		}
		at := y.path(name, filepath.Join("src", e.Name()))
		link, _ := os.Readlink(at)
		text, _ := os.ReadFile(at)
		fmt.Fprintf(h, "%q %v %q %q\n", e.Name(), info.Mode()&^0o022, link, text)
	}
}

// age gives a file another time.
func (y *shipyard) age(image, file string) {
	y.t.Helper()
	if err := os.Chtimes(y.path(image, file), time.Time{}, time.Unix(1e9, 0)); err != nil {
		y.t.Fatal(err)
	}
}
