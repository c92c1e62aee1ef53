package slipway_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/cucumber/godog"
)

// runs are what the owner does.
func runs(sc *godog.ScenarioContext, s *site) {
	sc.Step(`^I launch the fleet$`, s.launch)
	sc.Step(`^I launch the fleet again$`, s.launch)
	sc.Step(`^I launch the fleet from a fresh machine$`, s.launchFresh)
	sc.Step(`^the fleet was launched$`, s.launched)
	sc.Step(`^I run "([^"]*)"$`, s.runPlaybook)
	sc.Step(`^I say "slipway ([^"]*)"$`, s.say)
	sc.Step(`^the release "slipway ([^"]*)" was made$`, func(ctx context.Context, line string) error {
		if err := s.say(ctx, line); err != nil {
			return err
		}
		return s.exits(0)
	})
	sc.Step(`^I resume it$`, func(ctx context.Context) error { return s.resume(ctx, "") })
	sc.Step(`^I resume it with "([^"]*)"$`, s.resume)
}

func (s *site) runArguments(playbook string) []string {
	args := append([]string{"run", playbook}, s.arguments()...)
	return append(args, s.storage()...)
}

func (s *site) launch(ctx context.Context) error { return s.runPlaybook(ctx, "launch.yml") }

func (s *site) runPlaybook(ctx context.Context, playbook string) error {
	s.proxy.forget()
	return s.slipway(ctx, s.runArguments(playbook)...)
}

func (s *site) resume(ctx context.Context, flags string) error {
	return s.slipway(ctx, slices.Concat([]string{"resume"}, strings.Fields(flags), s.storage())...)
}

// launchFresh has nothing but the files of the project and the registry.
func (s *site) launchFresh(ctx context.Context) error {
	err := errors.Join(unlock(s.path("storage")), os.RemoveAll(s.path("storage")), os.RemoveAll(s.path("project", ".slipway")))
	if err != nil {
		return err
	}
	return s.launch(ctx)
}

// launched launches and insists that it went well.
func (s *site) launched(ctx context.Context) error {
	if err := s.launch(ctx); err != nil {
		return err
	}
	return s.exits(0)
}

// say carries out any command; those on an inventory get the site's.
func (s *site) say(ctx context.Context, line string) error {
	args := strings.Fields(line)
	switch args[0] {
	case "run", "build", "push", "smoke", "promote", "rollback", "plan", "why":
		args = append(append(args, s.arguments()...), s.storage()...)
	case "verify", "history", "inventory":
		args = append(args, s.arguments()...)
	}
	s.proxy.forget()
	return s.slipway(ctx, args...)
}
