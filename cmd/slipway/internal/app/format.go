package app

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/report"
	"github.com/slipway-build/slipway/sdk/diag"
)

// FormatFlag adds --format to a command: the formats of its answer, of which the
// first is the default, and those that tell what was found instead of it.
func FormatFlag(cmd *cobra.Command, format *string, formats ...string) {
	ChoiceFlag(cmd, format, "format", "", "how to answer", append(formats, findingFormats()...)...)
}

// ChoiceFlag adds a flag that takes one of some words, the first of which is
// the default. short is its letter; "" for none.
func ChoiceFlag(cmd *cobra.Command, value *string, name, short, usage string, among ...string) {
	*value = among[0]
	cmd.Flags().VarP(&choice{value: value, among: among}, name, short, usage+": "+strings.Join(among, ", "))
	_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(among, cobra.ShellCompDirectiveNoFileComp))
}

// A choice is a flag with a fixed set of values.
type choice struct {
	value *string
	among []string
}

// String returns the value chosen.
func (c *choice) String() string {
	if c.value == nil {
		return ""
	}
	return *c.value
}

// Type names the kind of value in the help.
func (*choice) Type() string { return "word" }

// Set refuses what is not among the choices.
func (c *choice) Set(s string) error {
	if !slices.Contains(c.among, s) {
		return fmt.Errorf("%q is not one of %s", s, strings.Join(c.among, ", "))
	}
	*c.value = s
	return nil
}

// Answer writes an answer in the format asked for; text is how people read it.
// The formats that are about findings have no room for one.
func (a *App) Answer(format string, v any, text func(io.Writer) error) error {
	a.answered = true
	switch format {
	case "sarif", "github":
		return nil
	case "json":
		return a.answerJSON(v)
	case "yaml":
		data, err := document.Marshal(v)
		if err != nil {
			return err
		}
		_, err = a.Streams.Out.Write(data)
		return err
	default:
		return text(a.Streams.Out)
	}
}

// answerJSON writes an answer as JSON, indented, as people and jq like it.
func (a *App) answerJSON(v any) error {
	e := json.NewEncoder(a.Streams.Out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// Warn shows diagnostics that stop nothing, and keeps them for the formats that
// tell of them at the end.
func (a *App) Warn(ds ...diag.Diagnostic) {
	a.warning.Lock()
	defer a.warning.Unlock()
	for _, d := range ds {
		if d.Severity != diag.Error {
			a.told.Add(d)
			report.Diagnostics{Style: a.Streams.Style, Source: ReadSource}.Write(a.Streams.Err, d)
		}
	}
}

// ReadSource returns a file for a snippet, or nil.
func ReadSource(file string) []byte {
	data, _ := os.ReadFile(file)
	return data
}
