package slipway_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/cucumber/godog"
)

// faults are what goes wrong outside slipway.
func faults(sc *godog.ScenarioContext, s *site) {
	for words, f := range map[string]fault{"refuse": {}, "not answer": {hang: true}, "break down at": {dead: true}} {
		sc.Step(`^the registry will `+words+` the second "([^"]*)"$`, func(tag string) {
			f.suffix = "/manifests/" + tag
			s.proxy.set(&f)
		})
	}
	sc.Step(`^the registry is well again$`, func() { s.proxy.set(nil) })
	sc.Step(`^the registry is gone$`, s.registryGone)
	sc.Step(`^somebody else moves "([^"]*)" of "([^"]*)"$`, s.overwrite)
}

// registryGone is a registry that nobody answers for.
func (s *site) registryGone() { s.proxy.server.Close() }

// overwrite puts another manifest under a tag, as any client of the registry
// may: the same image with an annotation.
func (s *site) overwrite(ctx context.Context, tag, image string) error {
	_, body, err := s.manifest(ctx, image, tag)
	if err != nil {
		return err
	}
	other := strings.Replace(string(body), "{", `{"annotations":{"by":"somebody else"},`, 1)
	url := fmt.Sprintf("http://%s/v2/%s/%s/manifests/%s", s.registry.addr, namespace, image, tag)
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, url, strings.NewReader(other))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", acceptManifest)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		return fmt.Errorf("putting %s: %s", url, resp.Status)
	}
	return nil
}
