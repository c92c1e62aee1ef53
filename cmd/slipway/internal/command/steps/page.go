package steps

import (
	"fmt"
	"io"
	"strings"

	"github.com/slipway-build/slipway/core/smoke/step"
)

// intro opens the page of all steps.
const intro = `# The steps

<!-- slipway steps --format markdown -->

What a feature can say about an image. Given, When and Then are for people: a sentence means the same under each. Free text stands in
double quotes and may hold templates, which see the variables of the image: "{{ .smoke_port }}". A check that could not be carried out
(the container is gone, the registry does not answer) has failed: no sentence passes because nobody could look.
`

// page writes definitions as Markdown: a heading for each topic, and for each
// step a sentence that uses it and what it does.
func page(w io.Writer, found []step.Definition) error {
	var b strings.Builder
	b.WriteString(intro)
	topic := ""
	for _, d := range found {
		if d.Topic != topic {
			topic = d.Topic
			fmt.Fprintf(&b, "\n## %s\n", topic)
		}
		fmt.Fprintf(&b, "\n```gherkin\n%s %s\n```\n\n%s\n", d.Keyword, d.Example, d.Doc)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
