package slipway_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/cucumber/godog"
)

// own is the platform of this machine.
const own = "linux/" + runtime.GOARCH

// platformSteps say what images are built for, and look what was.
func platformSteps(sc *godog.ScenarioContext, s *site) {
	sc.Step(`^the fleet is built for this machine and for "([^"]*)"$`, func(other string) error { return s.builtFor(own + ", " + other) })
	sc.Step(`^"keel" and "hull" are built for this machine alone$`, func() error { return s.builtFor(own) })
	sc.Step(`^"hull" need not be proved for "([^"]*)"$`, func(other string) error {
		return s.write("inventory/images/hull/image.yml", "platforms: ["+own+", "+other+"]\ngate: { platforms: ["+own+"] }\n")
	})
	sc.Step(`^"keel" and "hull" were built for "([^"]*)" only$`, s.wereBuiltFor)
}

func (s *site) builtFor(platforms string) error {
	for _, image := range []string{"keel", "hull"} {
		if err := s.write("inventory/images/"+image+"/image.yml", "platforms: ["+platforms+"]\n"); err != nil {
			return err
		}
	}
	return nil
}

// wereBuiltFor reads in the logs of the last run for what images were built.
func (s *site) wereBuiltFor(wanted string) error {
	for _, image := range []string{"keel", "hull"} {
		logs, err := filepath.Glob(s.path("project", ".slipway", "runs", "*", "logs", image+",Build.log"))
		if err != nil || len(logs) == 0 {
			return fmt.Errorf("%s was never built: %w", image, err)
		}
		text, err := os.ReadFile(slices.Max(logs))
		if err != nil {
			return err
		}
		var got []string
		for line := range strings.Lines(string(text)) {
			if one, ok := strings.CutPrefix(line, "=== "); ok {
				got = append(got, strings.TrimSpace(one))
			}
		}
		if !slices.Equal(got, []string{wanted}) {
			return fmt.Errorf("%s was built for %q, want %s:\n%s", image, got, wanted, text)
		}
	}
	return nil
}
