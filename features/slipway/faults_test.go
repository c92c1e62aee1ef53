package slipway_test

import "github.com/cucumber/godog"

// latest is where promotions are put.
const latest = "/manifests/latest"

// faults are what goes wrong outside slipway.
func faults(sc *godog.ScenarioContext, s *site) {
	sc.Step(`^the registry will refuse the second "latest"$`, func() { s.proxy.set(&fault{suffix: latest}) })
	sc.Step(`^the registry will not answer the second "latest"$`, func() { s.proxy.set(&fault{suffix: latest, hang: true}) })
	sc.Step(`^the registry will break down at the second "latest"$`, func() { s.proxy.set(&fault{suffix: latest, dead: true}) })
	sc.Step(`^the registry is well again$`, func() { s.proxy.set(nil) })
	sc.Step(`^the registry is gone$`, s.registryGone)
}

// registryGone is a registry that nobody answers for.
func (s *site) registryGone() { s.proxy.server.Close() }
