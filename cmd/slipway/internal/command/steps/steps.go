// Package steps implements `slipway steps`: the sentences that features may
// use, for people who write them and for editors that complete them.
package steps

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/vocabulary"
	"github.com/slipway-build/slipway/sdk/diag"
)

// New returns the command with its sub-command.
func New(a *app.App) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "steps",
		Short: "What features can say about an image",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return write(a, format, "") },
	}
	app.FormatFlag(cmd, &format, "text", "json", "yaml", "markdown")
	cmd.AddCommand(newSearch(a))
	return cmd
}

func newSearch(a *app.App) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "search TEXT…",
		Short:   "Find the steps in which all these words occur",
		Example: "  slipway steps search file mode",
		Args:    cobra.MinimumNArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return write(a, format, strings.Join(args, " ")) },

		ValidArgsFunction: completeWords,
	}
	app.FormatFlag(cmd, &format, "text", "json", "yaml")
	return cmd
}

// completeWords completes the words of sentences.
func completeWords(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	known, err := vocabulary.New()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var words []cobra.Completion
	for _, d := range known.Search("") {
		for word := range strings.FieldsSeq(d.Pattern) {
			if strings.HasPrefix(word, typed) && !strings.ContainsAny(word, "{}\"^$") {
				words = append(words, word)
			}
		}
	}
	slices.Sort(words)
	return slices.Compact(words), cobra.ShellCompDirectiveNoFileComp
}

// write answers with the definitions that have every word of text. That none
// has them is an error, so that a script does not take silence for an answer.
func write(a *app.App, format, text string) error {
	words, err := vocabulary.New()
	if err != nil {
		return err
	}
	found := words.Search(text)
	if len(found) == 0 {
		return nothing(words, text)
	}
	if format == "markdown" {
		return page(a.Streams.Out, found)
	}
	return a.Answer(format, found, func(w io.Writer) error { return list(w, found) })
}

// list writes definitions for a terminal, each topic under its name.
func list(w io.Writer, found []step.Definition) error {
	topic := ""
	for i, d := range found {
		if d.Topic != topic {
			topic = d.Topic
			if _, err := fmt.Fprintf(w, "%s%s\n\n", gap(i > 0), strings.ToUpper(topic)); err != nil {
				return err
			}
			i = 0
		}
		if err := show(w, d, i > 0); err != nil {
			return err
		}
	}
	return nil
}

func gap(wanted bool) string {
	if wanted {
		return "\n"
	}
	return ""
}

func nothing(words *step.Vocabulary, text string) error {
	d := diag.Errorf("no-step", diag.Pos{}, "no step has all the words of %q", text)
	if near := words.Nearest(text, 1); len(near) > 0 {
		return d.WithFix("the nearest sentence is: %s", near[0].Pattern)
	}
	return d.WithFix("ask for fewer words; `slipway steps` shows all")
}

// show writes a definition with a blank line before it, unless it is the first:
//
//	Then the file {path} has mode {mode}
//	  what it does
//	  the file "/etc/passwd" has mode 0644
func show(w io.Writer, d step.Definition, apart bool) error {
	var b strings.Builder
	b.WriteString(gap(apart))
	fmt.Fprintf(&b, "%s %s\n", d.Keyword, d.Pattern)
	for _, line := range wrap(d.Doc, 76) {
		fmt.Fprintf(&b, "  # %s\n", line)
	}
	for line := range strings.Lines(d.Example) {
		fmt.Fprintf(&b, "  %s\n", strings.TrimRight(line, "\n"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// wrap breaks text into lines of at most width runes, between words.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimLeft(line+" "+word, " ")
	}
	return append(lines, line)
}
