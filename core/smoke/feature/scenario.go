// Package feature reads Gherkin: files into scenarios, tags into a choice of
// them.
//
// The parser is the official one. What it accepts in silence is a mistake
// here, because a gate must not be open by a slip of the pen: a scenario
// without steps, an outline without rows, a placeholder that no column fills,
// two scenarios of one name. All mistakes of all files are reported at once.
//
// A feature that lies beside an image (images/web/features) belongs to that
// image. Any other belongs to the images that its tags name: @image:web or
// @group:frontends, on the feature or on a scenario.
package feature

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/sdk/diag"
)

// The tags that bind a scenario to images.
const (
	imageTag = "@image:"
	groupTag = "@group:"
)

// A Scenario is one thing to run: a scenario, or one row of an outline, with
// the steps of its backgrounds before its own.
type Scenario struct {
	URI     string   // the file, as it was named to Load
	Image   string   // the image it lies beside; "" when it is bound by tags
	Feature string   // the feature's name
	Rule    string   // the rule's name; "" outside of rules
	Name    string   // the scenario's name, placeholders filled
	Pos     diag.Pos // of the scenario; of the row for an outline
	Tags    []string // with "@", those of feature, rule and examples too, each once
	Steps   []Step
	Prose   []Line // its description, line by line

	source []byte // the file with the lines of all other scenarios blank
}

// A Step is one line of a scenario and what follows it.
type Step struct {
	Keyword string // as written, without the blank: "Given", "Angenommen", "*"
	Text    string
	Pos     diag.Pos
	Doc     string     // its doc string
	HasDoc  bool       // whether there is one
	Rows    [][]string // its table; nil: none
}

// A Line is one line of prose.
type Line struct {
	Text string
	Pos  diag.Pos
}

// ID returns "file:line", which is unique among the scenarios of a suite.
func (s *Scenario) ID() string { return fmt.Sprintf("%s:%d", s.URI, s.Pos.Line) }

// Source returns a feature file that holds this scenario alone, every line
// where it was: what is given to a runner that can only run files.
func (s *Scenario) Source() []byte { return slices.Clone(s.source) }

// BelongsTo reports whether the scenario is a test of the image, which is in
// the given groups.
func (s *Scenario) BelongsTo(image string, groups []string) bool {
	if s.Image != "" {
		return s.Image == image
	}
	return slices.ContainsFunc(s.Tags, func(tag string) bool {
		if name, ok := strings.CutPrefix(tag, groupTag); ok {
			return slices.Contains(groups, name)
		}
		return tag == imageTag+image
	})
}

// bound reports whether any image can claim the scenario.
func (s *Scenario) bound() bool {
	return s.Image != "" || slices.ContainsFunc(s.Tags, func(tag string) bool {
		return strings.HasPrefix(tag, imageTag) || strings.HasPrefix(tag, groupTag)
	})
}
