package dockerfile

import (
	"slices"
	"strings"

	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// Bind returns the text of the file with the reference of each FROM that is
// built replaced by what replace answers for its image; references to stages stay.
// Mounts without a type get the one that it stands for. The lines keep their
// numbers. The file itself is not touched: the text is for buildah, which
// would take a stage named like an image for the image if it were told of the
// image by name, and whose cache overlooks changes below a mount whose type is
// not written.
func (b *Build) Bind(replace func(Image) string) []byte {
	lines := slices.Clone(b.file.lines)
	for _, image := range b.Images {
		if image.Kind != strategy.Base && image.Kind != strategy.Builder {
			continue
		}
		n := image.Pos.Line - 1
		lines[n] = replaceAt(lines[n], image.Pos.Column, image.Written, replace(image))
	}
	for _, s := range b.file.stages {
		for _, st := range s.steps {
			st.typeMounts(lines)
		}
	}
	return []byte(strings.Join(lines, "\n"))
}

// typeMounts writes out the type of mounts that have none.
func (s *step) typeMounts(lines []string) {
	for _, m := range s.mounts {
		if !m.bare {
			continue
		}
		for n := s.node.StartLine - 1; n < s.node.EndLine && n < len(lines); n++ {
			if before, after, ok := strings.Cut(lines[n], m.flag); ok {
				lines[n] = before + bindType + strings.TrimPrefix(m.flag, "--mount=") + after
				break
			}
		}
	}
}

const bindType = "--mount=type=bind,"

// Unbound returns the text of an instruction in the bound file as it stands in
// the file, for comparing the two.
func Unbound(text string) string { return strings.ReplaceAll(text, bindType, "--mount=") }

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
