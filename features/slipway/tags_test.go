package slipway_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/cucumber/godog"
)

// absent is the digest of a tag that does not exist.
const absent = "nothing"

// acceptManifest asks a registry for a manifest as it is.
const acceptManifest = "application/vnd.oci.image.manifest.v1+json"

// registrySteps are what is asked of the registry, past slipway and past the proxy.
func registrySteps(sc *godog.ScenarioContext, s *site) {
	sc.Step(`^I note what "([^"]*)" of "([^"]*)" is$`, s.note)
	sc.Step(`^"([^"]*)" of "([^"]*)" is what it was$`, s.unmoved)
	sc.Step(`^"([^"]*)" of "([^"]*)" has moved$`, s.moved)
	sc.Step(`^"([^"]*)" of "([^"]*)" does not exist$`, s.missing)
	sc.Step(`^"([^"]*)" of "([^"]*)" is the very manifest under "([^"]*)"$`, s.same)
	sc.Step(`^nothing was written to the registry$`, s.nothingWritten)
	sc.Step(`^every tag in the registry is whole$`, s.whole)
}

func (s *site) note(ctx context.Context, tag, image string) error {
	digest, _, err := s.manifest(ctx, image, tag)
	s.noted[image+":"+tag] = digest
	return err
}

func (s *site) unmoved(ctx context.Context, tag, image string) error {
	was, ok := s.noted[image+":"+tag]
	if !ok {
		return fmt.Errorf("the scenario did not note %s of %s", tag, image)
	}
	return s.expect(ctx, image, tag, was)
}

func (s *site) moved(ctx context.Context, tag, image string) error {
	got, _, err := s.manifest(ctx, image, tag)
	if err == nil && (got == absent || got == s.noted[image+":"+tag]) {
		return fmt.Errorf("%s of %s is still %s", tag, image, got)
	}
	return err
}

func (s *site) missing(ctx context.Context, tag, image string) error {
	return s.expect(ctx, image, tag, absent)
}

func (s *site) same(ctx context.Context, tag, image, other string) error {
	want, _, err := s.manifest(ctx, image, other)
	if err != nil || want == absent {
		return fmt.Errorf("%s of %s: %s, %w", other, image, want, err)
	}
	return s.expect(ctx, image, tag, want)
}

func (s *site) expect(ctx context.Context, image, tag, want string) error {
	got, _, err := s.manifest(ctx, image, tag)
	if err == nil && got != want {
		return fmt.Errorf("%s of %s is %s, want %s", tag, image, got, want)
	}
	return err
}

func (s *site) nothingWritten() error {
	if writes := s.proxy.written(); len(writes) > 0 {
		return fmt.Errorf("written:\n%s", strings.Join(writes, "\n"))
	}
	return nil
}

// manifest returns what stands under a tag, or at a digest.
func (s *site) manifest(ctx context.Context, image, ref string) (digest string, body []byte, err error) {
	resp, err := s.get(ctx, image, "manifests/"+ref)
	if err != nil {
		return "", nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	switch resp.StatusCode {
	case http.StatusOK:
		body, err = io.ReadAll(resp.Body)
		return resp.Header.Get("Docker-Content-Digest"), body, err
	case http.StatusNotFound:
		return absent, nil, nil
	default:
		return "", nil, fmt.Errorf("asking for %s:%s: %s", image, ref, resp.Status)
	}
}

func (s *site) get(ctx context.Context, image, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://%s/v2/%s/%s/%s", s.registry.addr, namespace, image, path), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", acceptManifest)
	return http.DefaultClient.Do(req)
}

// whole looks at all that every tag of the site's images needs, and again for a
// while: the registry may still be at what a slipway that was killed asked of it.
func (s *site) whole(ctx context.Context) error {
	for end := time.Now().Add(farewell); ; time.Sleep(20 * time.Millisecond) {
		if err := s.wholeNow(ctx); err == nil || time.Now().After(end) {
			return err
		}
	}
}

func (s *site) wholeNow(ctx context.Context) error {
	for _, image := range []string{"keel", "hull"} {
		tags, err := s.tags(ctx, image)
		if err != nil {
			return err
		}
		for _, tag := range tags {
			if err := s.complete(ctx, image, tag); err != nil {
				return fmt.Errorf("%s of %s: %w", tag, image, err)
			}
		}
	}
	return nil
}

func (s *site) tags(ctx context.Context, image string) ([]string, error) {
	resp, err := s.get(ctx, image, "tags/list")
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode == http.StatusNotFound {
		return nil, nil
	}
	var list struct{ Tags []string }
	return list.Tags, json.NewDecoder(resp.Body).Decode(&list)
}

// A content is what a manifest refers to.
type content struct {
	Config    struct{ Digest string }
	Layers    []struct{ Digest string }
	Manifests []struct{ Digest string } // of an index, as the list of referrers is
}

func (s *site) complete(ctx context.Context, image, ref string) error {
	_, body, err := s.manifest(ctx, image, ref)
	if err != nil {
		return err
	}
	var c content
	if err := json.Unmarshal(body, &c); err != nil {
		return fmt.Errorf("reading the manifest: %w", err)
	}
	for _, m := range c.Manifests {
		if err := s.complete(ctx, image, m.Digest); err != nil {
			return err
		}
	}
	for _, l := range c.Layers {
		if err := s.there(ctx, image, l.Digest); err != nil {
			return err
		}
	}
	if c.Config.Digest == "" {
		return nil
	}
	return s.there(ctx, image, c.Config.Digest)
}

func (s *site) there(ctx context.Context, image, blob string) error {
	resp, err := s.get(ctx, image, "blobs/"+blob)
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("asking for the blob %s: %s", blob, resp.Status)
	}
	return nil
}

// imageID returns the digest of the config under "test".
func (s *site) imageID(ctx context.Context, image string) (string, error) {
	_, body, err := s.manifest(ctx, image, "test")
	if err != nil {
		return "", err
	}
	var c content
	if err := json.Unmarshal(body, &c); err != nil {
		return "", fmt.Errorf("reading the manifest of %s: %w", image, err)
	}
	return c.Config.Digest, nil
}
