package action_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	imagespec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/registry/registrytest"
)

// The facts of an image are those of one thing; what follows from a digest is
// asked for once.
func TestFacts(t *testing.T) {
	p := pier{registrytest.New(t), t}
	client := registry.New(registry.Options{})
	f := newFleet(t, "api")
	d, images := f.decider, f.images
	d.Registry = client
	web := images[0]
	web.Repository = p.Addr + "/web"
	cache := action.FactCache{Dir: filepath.Join(t.TempDir(), "facts")}
	i := &action.Inspector{Shelf: &action.Shelf{Decider: d, Client: client, Store: noHouse{}}, Cache: cache}
	ask := func(names ...string) (map[string]any, error) { return i.Facts(t.Context(), web, names, false) }

	if _, err := ask("digest"); err == nil || err.Error() != "reading the facts of api: "+web.Repository+":test does not exist; push it first, or name another tag" {
		t.Errorf("of nothing: %v", err)
	}

	here := p.image(imagespec.Platform{OS: "linux", Architecture: runtime.GOARCH})
	other := p.image(imagespec.Platform{OS: "linux", Architecture: "s390x"})
	both := p.index("test", other, here)
	first, err := ask("digest")
	if err != nil {
		t.Fatal(err)
	}
	if first["digest"] != both.Digest.String() || first["tags"] != nil || first["reference"] != web.Repository+"@"+both.Digest.String() {
		t.Errorf("the facts are %v", first)
	}
	p.Reset()
	again, err := ask("labels", "tags")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{"test"}, again["tags"]); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	delete(again, "tags")
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("from the cache (-first +again):\n%s", diff)
	}
	if blobs := p.Count(registrytest.Request.IsBlob); blobs != 0 {
		t.Errorf("%d blobs were fetched again: %v", blobs, p.Requests())
	}

	// What this run made or found comes before a tag, and is not asked for.
	m, err := client.Resolve(t.Context(), web.Repository+"@"+here.Digest.String())
	if err != nil {
		t.Fatal(err)
	}
	d.Products.Put(web.Name, decide.Product{Manifest: &m, Parts: []decide.Part{{ImageID: m.ImageID}}})
	p.Reset()
	own, err := ask("digest")
	if err != nil || own["digest"] != here.Digest.String() {
		t.Errorf("of a product: %v, %v", own["digest"], err)
	}
	if got := p.Requests(); len(got) != 0 {
		t.Errorf("it was asked for: %v", got)
	}

	// A cache that cannot be read is none.
	for _, file := range glob(t, filepath.Join(cache.Dir, "*.json")) {
		if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if healed, err := ask("digest"); err != nil || !cmp.Equal(own, healed) {
		t.Errorf("with a broken cache: %v, %v", healed, err)
	}

	d.Products.Put(web.Name, decide.Product{Built: true, Parts: []decide.Part{{ImageID: "sha256:1"}}})
	if _, err := ask("digest"); err == nil || !strings.Contains(err.Error(), "api was built and not pushed") {
		t.Errorf("of what is nowhere: %v", err)
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("there is no %s: %v", pattern, err)
	}
	return files
}

// In check mode nothing is known of what is still to be made; every name is
// there all the same.
func TestFactsInCheckMode(t *testing.T) {
	f := newFleet(t, "api")
	d, images := f.decider, f.images
	d.Products.Put("api", decide.Product{Foreseen: true})
	i := &action.Inspector{Shelf: &action.Shelf{Decider: d, Store: noHouse{}}}
	facts, err := i.Facts(t.Context(), images[0], []string{"tags"}, true)
	if err != nil {
		t.Fatal(err)
	}
	for name := range action.FactShape().Below {
		if _, ok := facts[name]; !ok {
			t.Errorf("there is no %s", name)
		}
	}
	if facts["digest"] != "" {
		t.Errorf("the digest is %v", facts["digest"])
	}
}

// A registry that does not answer is what it is.
func TestFactsUnreachable(t *testing.T) {
	f := newFleet(t, "api")
	d, images := f.decider, f.images
	d.Registry = registry.New(registry.Options{})
	images[0].Repository = "127.0.0.1:1/web"
	i := &action.Inspector{Shelf: &action.Shelf{Decider: d, Store: noHouse{}}}
	_, err := i.Facts(t.Context(), images[0], []string{"digest"}, false)
	if _, ok := errors.AsType[*engine.UnreachableError](err); !ok {
		t.Errorf("the error is %v", err)
	}
}
