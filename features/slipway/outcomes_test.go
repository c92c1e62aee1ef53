package slipway_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/cucumber/godog"
)

// outcomes are what slipway answered.
func outcomes(sc *godog.ScenarioContext, s *site) {
	sc.Step(`^the exit code is (-?\d+)$`, s.exits)
	sc.Step(`^nothing has changed$`, s.unchanged)
	sc.Step(`^nothing was built again$`, s.reused)
	sc.Step(`^"([^"]*)" was (built|reused) and "([^"]*)" was (built|reused)$`, s.became)
	sc.Step(`^it says "(.*)"$`, s.says)
	sc.Step(`^it says:$`, func(text *godog.DocString) error { return s.says(text.Content) })
	sc.Step(`^it points to "([^"]*)"$`, s.points)
	sc.Step(`^it promoted (\d+) images?$`, s.promoted)
	sc.Step(`^everything was done once$`, s.once)
	sc.Step(`^no build was begun$`, s.noBuild)
}

func (s *site) exits(code int) error {
	if s.last.code != code {
		return fmt.Errorf("the exit code is %d, want %d", s.last.code, code)
	}
	return nil
}

// unchanged holds when no step of any image changed anything.
func (s *site) unchanged() error {
	recap := regexp.MustCompile(`changed=(\d+)`).FindAllStringSubmatch(s.last.stdout, -1)
	for _, count := range recap {
		if count[1] != "0" {
			return fmt.Errorf("something changed:\n%s", s.last.stdout)
		}
	}
	if len(recap) == 0 {
		return fmt.Errorf("there is no recap:\n%s", s.last.stdout)
	}
	return nil
}

// reused holds when every build was known already.
func (s *site) reused() error {
	if strings.Contains(s.last.stdout, " built ") || !strings.Contains(s.last.stdout, " reused ") {
		return fmt.Errorf("something was built:\n%s", s.last.stdout)
	}
	return nil
}

// became holds when a run came by two images in these ways.
func (s *site) became(one, how, other, otherHow string) error {
	for image, verb := range map[string]string{one: how, other: otherHow} {
		if !regexp.MustCompile(`(?m)^(ok|changed): \[` + image + `\] +` + verb + ` `).MatchString(s.last.stdout) {
			return fmt.Errorf("%s was not %s:\n%s", image, verb, s.last.stdout)
		}
	}
	return nil
}

// says looks for a text in all that was answered, however the lines are
// indented and broken.
func (s *site) says(text string) error {
	text = strings.NewReplacer("{registry}", s.proxy.addr, "{port}", port(s.proxy.addr), "{site}", s.dir).Replace(text)
	said := s.last.stdout + s.last.stderr
	if !strings.Contains(squeeze(said), squeeze(text)) {
		return fmt.Errorf("it does not say %q but:\n%s", text, said)
	}
	return nil
}

func squeeze(text string) string { return strings.Join(strings.Fields(text), " ") }

// points looks for a place in the project: file:line:col.
func (s *site) points(place string) error {
	if !strings.Contains(s.last.stdout+s.last.stderr, place+": error") {
		return fmt.Errorf("no error at %s:\n%s", place, s.last.stdout+s.last.stderr)
	}
	return nil
}

func (s *site) promoted(images int) error {
	if n := strings.Count(s.last.stdout, "promoted=1"); n != images {
		return fmt.Errorf("%d images were promoted, want %d:\n%s", n, images, s.last.stdout)
	}
	return nil
}

// once insists that each image got past each task of the launch exactly once.
func (s *site) once() error {
	got, err := os.ReadFile(s.path("project", "counts"))
	if err != nil {
		return err
	}
	var want []string
	for _, image := range []string{"keel", "hull"} {
		want = append(want, "built "+image, "pushed "+image+" 64", "proved "+image, "promoted "+image, "told "+image)
	}
	lines := strings.Split(strings.TrimSpace(string(got)), "\n")
	slices.Sort(lines)
	slices.Sort(want)
	if !slices.Equal(lines, want) {
		return fmt.Errorf("done were %q, want %q", lines, want)
	}
	return nil
}

// noBuild insists that the last run had no step that builds.
func (s *site) noBuild() error {
	if strings.Contains(s.last.stdout, "TASK [Build]") {
		return fmt.Errorf("it built:\n%s", s.last.stdout)
	}
	return nil
}
