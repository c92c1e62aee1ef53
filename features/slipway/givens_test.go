package slipway_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/cucumber/godog"
)

// smallest is the smallest whole playbook.
const smallest = `- name: Build, prove, launch
  images: all
  tasks:
    - name: Build
      build: {}
    - name: Push
      push: { tags: [test] }
    - name: Smoke
      smoke: { tags: "not @wip" }
    - name: Promote
      promote: { to: [latest] }
`

// reference is the inventory that slipway brings along.
const reference = "../../inventory"

// givens write the owner's project.
func givens(sc *godog.ScenarioContext, s *site) {
	sc.Step(`^a fleet of "keel" and of "hull", which is built on it$`, s.fleet)
	sc.Step(`^the reference site with what its images need$`, s.copyReference)
	sc.Step(`^the shell of the reference site as "base"$`, s.shell)
	sc.Step(`^both are promoted together$`, s.together)
	sc.Step(`^a file "([^"]*)":$`, func(name string, text *godog.DocString) error { return s.write(name, text.Content+"\n") })
	sc.Step(`^"([^"]*)" is proved by:$`, func(image string, text *godog.DocString) error { return s.feature(image, text.Content) })
	sc.Step(`^"([^"]*)" has no feature$`, func(image string) error { return os.Remove(s.path("project", featureOf(image))) })
	sc.Step(`^"([^"]*)" is changed$`, s.change)
	sc.Step(`^"([^"]*)" also says "(.*)" in its Dockerfile$`, s.amend)
}

func (s *site) fleet() error {
	return errors.Join(s.image("keel", ""), s.image("hull", "keel"), s.write("launch.yml", smallest))
}

func (s *site) together() error {
	return s.write("launch.yml", strings.Replace(smallest, "to: [latest]", "to: [latest], set: fleet", 1))
}

func (s *site) change(image string) error { return s.amend(image, "LABEL changed=yes") }

func (s *site) amend(image, line string) error {
	path := s.path("project", "inventory", "images", image, "Dockerfile")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, line+"\n"...), 0o644)
}

// copyReference copies the reference site, for its files must be anybody's.
func (s *site) copyReference() error {
	return os.CopyFS(s.path("project", "inventory"), os.DirFS(reference))
}

// shell is the one image of the reference site that everything else there
// stands on.
func (s *site) shell() error {
	base := filepath.Join("images", "base")
	return os.CopyFS(s.path("project", "inventory", base), os.DirFS(filepath.Join(reference, base)))
}
