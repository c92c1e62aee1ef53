package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/slipway-build/slipway/core/registry/registrytest"
)

// watchedKey is where a script keeps its registry.
type watchedKey struct{}

// A watched registry writes down what it is asked.
type watched struct{ server *registrytest.Server }

// registry starts a registry that is watched, and names it $REGISTRY; or spoils
// what it holds behind its back:
//
//	registry loses REPOSITORY TAGS  the manifests under tags like these, not the tags
//	registry guts REPOSITORY TAGS   the layers that those manifests name
//	registry rots REPOSITORY TAGS   those manifests, which get bytes of something else
func registry(t *testing.T) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		w := registryOf(ts)
		switch {
		case len(args) == 0:
			w.server = registrytest.New(t)
			ts.Setenv("REGISTRY", w.server.Addr)
		case len(args) == 3 && args[0] == "loses":
			ts.Check(w.server.Spoil(args[1], args[2], os.Remove))
		case len(args) == 3 && args[0] == "guts":
			ts.Check(w.server.Spoil(args[1], args[2], gut))
		case len(args) == 3 && args[0] == "rots":
			ts.Check(w.server.Spoil(args[1], args[2], rot))
		default:
			ts.Fatalf("usage: registry [loses|guts|rots REPOSITORY TAGS]")
		}
	}
}

// gut removes the layers that a manifest names.
func gut(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var manifest struct{ Layers []struct{ Digest string } }
	if err := json.Unmarshal(text, &manifest); err != nil {
		return err
	}
	blobs := filepath.Join(filepath.Dir(file), "../..")
	for _, layer := range manifest.Layers {
		hex := strings.TrimPrefix(layer.Digest, "sha256:")
		if err := os.Remove(filepath.Join(blobs, hex[:2], hex, "data")); err != nil {
			return err
		}
	}
	return nil
}

// rot changes a manifest by so little that it is still one.
func rot(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o600)
}

func registryOf(ts *testscript.TestScript) *watched {
	w, _ := ts.Value(watchedKey{}).(*watched)
	return w
}

// requests tells what the watched registry was asked:
//
//	requests reset       forgets it
//	requests none        wants none
//	requests PATTERN…    wants these requests about images and no others, in any order
//	requests blobs REPO… wants blobs to have been asked for in these repositories alone
func requests(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: requests reset | requests none | requests PATTERN… | requests blobs REPOSITORY…")
	}
	server := registryOf(ts).server
	switch args[0] {
	case "reset":
		server.Reset()
	case "none":
		wantRequests(ts, server, nil)
	case "blobs":
		wantBlobs(ts, server, args[1:])
	default:
		wantRequests(ts, server, args)
	}
}

func wantRequests(ts *testscript.TestScript, server *registrytest.Server, patterns []string) {
	var unexpected []string
	for _, r := range server.Requests() {
		i := slices.IndexFunc(patterns, func(p string) bool { return regexp.MustCompile("^(?:" + p + ")$").MatchString(r.String()) })
		if i < 0 {
			unexpected = append(unexpected, r.String())
			continue
		}
		patterns = slices.Delete(slices.Clone(patterns), i, i+1)
	}
	if len(unexpected)+len(patterns) > 0 {
		ts.Fatalf("unexpected requests %q, and missing ones %q", unexpected, patterns)
	}
}

func wantBlobs(ts *testscript.TestScript, server *registrytest.Server, repositories []string) {
	met := map[string]bool{}
	for _, r := range server.Requests() {
		if repo, _, ok := strings.Cut(r.Path, "/blobs/"); ok && r.Method == http.MethodGet {
			met[repo[strings.LastIndexByte(repo, '/')+1:]] = true
		}
	}
	for _, repo := range repositories {
		if !met[repo] {
			ts.Fatalf("no blob of %s was asked for", repo)
		}
		delete(met, repo)
	}
	if len(met) > 0 {
		ts.Fatalf("blobs were asked for in %v, too", met)
	}
}
