package slipway_test

import (
	"context"

	"github.com/cucumber/godog"
)

// podmanSteps are what podman does with what slipway has promoted.
func podmanSteps(sc *godog.ScenarioContext, s *site) {
	sc.Step(`^podman runs "([^"]*)" in "([^"]*)" of "([^"]*)"$`, s.podman)
}

// podman pulls and runs an image, with a storage of its own. It needs
// no network but the host's, and limits low enough for anybody to set.
func (s *site) podman(ctx context.Context, command, tag, image string) error {
	p, err := start(processSpec{
		program: "podman",
		args: []string{
			"--root", s.path("podman"), "--runroot", s.path("podman-state"), "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs",
			"run", "--rm", "--tls-verify=false", "--network=host", "--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024", s.proxy.addr + "/" + namespace + "/" + image + ":" + tag, command,
		},
		dir: s.path("project"), tmp: s.path("tmp"), home: s.path("home"),
	})
	if err != nil {
		return err
	}
	s.last, err = p.wait(ctx)
	return err
}
