package main_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"testing"

	"golang.org/x/sync/errgroup"
)

// publish has a registry hold the build of every image of the site, though none
// was ever built: a manifest with a config of its own under the tag of its key.
// It takes as many plans as the family has levels, for a key holds the image IDs
// of the parents. Afterwards the inventory is as old as a runner's.
func (s site) publish(b *testing.B, registry string) {
	b.Helper()
	for {
		due := s.due(b, registry)
		if len(due) == 0 {
			return
		}
		var g errgroup.Group
		g.SetLimit(8)
		for name, key := range due {
			g.Go(func() error { return publishOne("http://"+registry+"/v2/bench/"+name, key) })
		}
		if err := g.Wait(); err != nil {
			b.Fatal(err)
		}
	}
}

// due returns the keys of images that would be built.
func (s site) due(b *testing.B, registry string) map[string]string {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), program(b), "plan", "-i", "inventory", "--root", s.path("storage"), "-e", "registry="+registry, "-e", "namespace=bench", "--format", "json")
	cmd.Dir = s.dir
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("slipway plan: %v\n%s", err, out)
	}
	var plan struct {
		Images []struct{ Name, Decision, Key string }
	}
	if err := json.Unmarshal(out, &plan); err != nil {
		b.Fatal(err)
	}
	due := map[string]string{}
	for _, image := range plan.Images {
		if image.Decision == "build" {
			due[image.Name] = image.Key
		}
	}
	return due
}

// publishOne puts one image, known by its key, into a repository.
func publishOne(repository, key string) error {
	config := fmt.Appendf(nil, `{"architecture":"amd64","os":"linux","author":%q,"rootfs":{"type":"layers","diff_ids":[]}}`, key)
	digest := fmt.Sprintf("sha256:%x", sha256.Sum256(config))
	begun, err := http.Post(repository+"/blobs/uploads/", "", nil)
	if err != nil {
		return err
	}
	begun.Body.Close()
	if err := send(begun.Header.Get("Location")+"&digest="+url.QueryEscape(digest), "application/octet-stream", config); err != nil {
		return err
	}
	manifest := fmt.Appendf(nil, `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":%q,"size":%d},"layers":[]}`, digest, len(config))
	for _, tag := range []string{"sw-" + key, "test"} {
		if err := send(repository+"/manifests/"+tag, "application/vnd.oci.image.manifest.v1+json", manifest); err != nil {
			return err
		}
	}
	return nil
}

func send(to, mediaType string, body []byte) error {
	req, err := http.NewRequest(http.MethodPut, to, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", mediaType)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		text, _ := io.ReadAll(resp.Body)
		return fmt.Errorf("putting %s: %s: %s", to, resp.Status, text)
	}
	return nil
}
