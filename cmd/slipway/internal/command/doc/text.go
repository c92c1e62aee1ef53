package doc

import (
	"fmt"
	"strings"

	"github.com/slipway-build/slipway/core/action/declare"
)

// width is how wide a text is wrapped.
const width = 78

// text writes an action as a terminal shows it:
//
//	TAG: give the image tags
//
//	  Before the push …
//
//	ARGUMENTS
//
//	  tags   list of text
//	      the tags; at least one
func text(b *strings.Builder, d declare.Description) {
	fmt.Fprintf(b, "%s: %s\n", strings.ToUpper(d.Name), d.Summary)
	for paragraph := range strings.SplitSeq(d.About, "\n\n") {
		if paragraph != "" {
			b.WriteString("\n")
			wrapped(b, "  ", paragraph)
		}
	}
	if len(d.Arguments) > 0 || d.Free != "" {
		b.WriteString("\nARGUMENTS\n")
		fields(b, "  ", d.Arguments)
		if d.Free != "" {
			fmt.Fprintf(b, "\n  any other key\n")
			wrapped(b, "      ", d.Free)
		}
	}
	if len(d.Result) > 0 {
		b.WriteString("\nREGISTERED, beside changed, failed, skipped, msg and digest\n")
		fields(b, "  ", d.Result)
	}
	b.WriteString("\nCHECK MODE\n\n")
	wrapped(b, "  ", d.CheckMode)
	if d.Joint != "" {
		b.WriteString("\nDONE ONCE FOR ALL IMAGES OF THE PLAY\n\n")
		wrapped(b, "  ", d.Joint)
	}
	if d.Builder {
		b.WriteString("\nON A BUILDER\n\n")
		wrapped(b, "  ", strings.ReplaceAll(declare.OnABuilder, "`", ""))
	}
	b.WriteString("\nEXAMPLES\n")
	for _, example := range d.Examples {
		fmt.Fprintf(b, "\n  - %s\n", strings.ReplaceAll(example, "\n", "\n    "))
	}
}

func fields(b *strings.Builder, indent string, all []declare.Field) {
	for _, f := range all {
		fmt.Fprintf(b, "\n%s%s   %s\n", indent, f.Name, strings.Join(traits(f), ", "))
		wrapped(b, indent+"    ", f.Doc)
		if f.Example != "" {
			fmt.Fprintf(b, "%s    for example %s\n", indent, f.Example)
		}
		fields(b, indent+"    ", f.Fields)
	}
}

// traits are what is known of a field beside its meaning.
func traits(f declare.Field) []string {
	all := []string{f.Type}
	if f.Required {
		all = append(all, "required")
	}
	if f.Default != "" {
		all = append(all, "default "+f.Default)
	}
	if len(f.Choices) > 0 {
		all = append(all, "one of "+strings.Join(f.Choices, "|"))
	}
	return all
}

// wrapped writes a text in lines of limited width.
func wrapped(b *strings.Builder, indent, text string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(indent)+len(line)+1+len(word) > width {
			fmt.Fprintf(b, "%s%s\n", indent, line)
			line = ""
		}
		line = strings.TrimLeft(line+" "+word, " ")
	}
	fmt.Fprintf(b, "%s%s\n", indent, line)
}
