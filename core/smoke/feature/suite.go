package feature

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/sdk/diag"
)

// A Suite is all scenarios of an inventory, in the order of files and lines.
type Suite struct{ Scenarios []Scenario }

// A Source is a file of any name, or a directory whose *.feature files are read
// at any depth.
type Source struct {
	Path  string
	Image string   // the image whose directory it lies in; "" when tags bind
	Skip  []string // names of directories directly in Path that are left out
}

// Load reads all sources. A source that does not exist holds no features; any
// other trouble is a diagnostic. The suite has what could be read.
func Load(sources ...Source) (*Suite, diag.List) {
	suite := &Suite{}
	var problems diag.List
	for _, source := range sources {
		files, err := source.files()
		if err != nil {
			problems.Add(diag.Errorf("unreadable-feature", diag.Pos{File: source.Path}, "reading features: %v", err))
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				problems.Add(diag.Errorf("unreadable-feature", diag.Pos{File: file}, "reading the feature: %v", err))
				continue
			}
			scenarios, found := Parse(file, source.Image, content)
			suite.Scenarios = append(suite.Scenarios, scenarios...)
			problems.Add(found...)
		}
	}
	return suite, problems
}

// files returns the feature files of the source in the order of their names.
func (s Source) files() ([]string, error) {
	var files []string
	err := filepath.WalkDir(s.Path, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && filepath.Dir(path) == filepath.Clean(s.Path) && slices.Contains(s.Skip, entry.Name()):
			return fs.SkipDir
		case !entry.IsDir() && (path == s.Path || strings.HasSuffix(path, ".feature")):
			files = append(files, path)
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return files, nil
	}
	return files, err
}

// For returns the scenarios that test the image, which is in the given groups,
// and whose tags match the expression.
func (s *Suite) For(image string, groups []string, expression Expression) []Scenario {
	var out []Scenario
	for _, scenario := range s.Scenarios {
		if scenario.BelongsTo(image, groups) && expression.Matches(scenario.Tags) {
			out = append(out, scenario)
		}
	}
	return out
}

// CheckBindings returns what is wrong with the tags that bind scenarios to
// images: names that are not in the inventory, a tag for another image on a
// feature that lies beside one, and a warning for a scenario that nothing
// binds, so that it never runs.
func (s *Suite) CheckBindings(images, groups []string) diag.List {
	var problems diag.List
	for _, scenario := range s.Scenarios {
		for _, tag := range scenario.Tags {
			problems.Add(scenario.checkTag(tag, images, groups)...)
		}
		if !scenario.bound() {
			problems.Add(diag.Warningf("unbound-scenario", scenario.Pos, "the scenario %q tests no image and never runs", scenario.Name).
				WithFix("tag it @image:NAME or @group:NAME"))
		}
	}
	return problems.Sorted()
}

func (s *Scenario) checkTag(tag string, images, groups []string) diag.List {
	if name, ok := strings.CutPrefix(tag, imageTag); ok {
		if s.Image != "" && name != s.Image {
			return diag.List{diag.Errorf("foreign-tag", s.Pos, "the tag %s stands on a feature beside the image %q", tag, s.Image).
				WithFix("move the feature under features/, or drop the tag")}
		}
		return unknownName(s.Pos, "image", name, images)
	}
	if name, ok := strings.CutPrefix(tag, groupTag); ok {
		return unknownName(s.Pos, "group", name, groups)
	}
	for _, prefix := range []string{imageTag, groupTag} {
		word, _, hasColon := strings.Cut(tag, ":")
		if hint := diag.Suggest(word+":", []string{prefix}); hasColon && hint != "" {
			return diag.List{diag.Errorf("unknown-tag", s.Pos, "the tag %s binds to nothing", tag).WithFix("%s", hint)}
		}
	}
	return nil
}

func unknownName(pos diag.Pos, what, name string, known []string) diag.List {
	if slices.Contains(known, name) {
		return nil
	}
	d := diag.Errorf("unknown-"+what, pos, "the tag @%s:%s names no %s of the inventory", what, name, what)
	return diag.List{d.WithFix("%s", diag.Suggest(name, known))}
}
