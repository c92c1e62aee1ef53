package app

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// FormatFlag adds --format to a command. The first of formats is the default.
func FormatFlag(cmd *cobra.Command, format *string, formats ...string) {
	cmd.Flags().Var(&choice{value: format, among: formats}, "format", "how to answer: "+strings.Join(formats, ", "))
	*format = formats[0]
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
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
func (*choice) Type() string { return "string" }

// Set refuses what is not among the choices.
func (c *choice) Set(s string) error {
	if !slices.Contains(c.among, s) {
		return fmt.Errorf("%q is not one of %s", s, strings.Join(c.among, ", "))
	}
	*c.value = s
	return nil
}
