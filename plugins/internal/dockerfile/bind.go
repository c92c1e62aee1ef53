package dockerfile

import (
	"slices"
	"strings"

	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// Bind returns the text of the file with the reference of each FROM that is
// built replaced by what replace answers for it; references to stages stay.
// The lines keep their numbers. The file itself is not touched: the text is
// for the builder, who would take a stage named like an image for the image
// if it were told of the image by name.
func (b *Build) Bind(replace func(reference string) string) []byte {
	lines := slices.Clone(b.file.lines)
	for _, image := range b.Images {
		if image.Kind != strategy.Base && image.Kind != strategy.Builder {
			continue
		}
		n := image.Pos.Line - 1
		lines[n] = replaceAt(lines[n], image.Pos.Column, image.Written, replace(image.Reference))
	}
	return []byte(strings.Join(lines, "\n"))
}

// replaceAt puts word in the place of old, which stands at column of line.
func replaceAt(line string, column int, old, word string) string {
	runes := []rune(line)
	at := max(column-1, 0)
	return string(runes[:at]) + word + strings.TrimPrefix(string(runes[at:]), old)
}

// ambiguous finds images that a COPY or mount takes by a name that a stage
// has as well: the builder knows one meaning for a name in a file.
func (b *Build) ambiguous() diag.List {
	var problems diag.List
	for _, image := range b.Images {
		if image.Kind != strategy.Copy && image.Kind != strategy.Mount {
			continue
		}
		s := b.file.lookup(image.Reference, len(b.file.stages), true)
		if s == nil || !b.stages[s.index] {
			continue
		}
		problems.Add(diag.Errorf("ambiguous-name", image.Pos, "%s is an image here and a stage further down", image.Reference).
			WithDetail("The stage stands at %s.", s.pos).
			WithFix("give the stage another name, or write the image's name in full"))
	}
	return problems
}
