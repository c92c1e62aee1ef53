package plugin

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/catalog"
	"github.com/slipway-build/slipway/sdk/strategy"
)

func newDescribe(a *app.App) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "describe STRATEGY",
		Short:   "Tell what a strategy is, needs and takes",
		Example: "  slipway plugin describe dockerfile\n  slipway plugin describe acme/hello --format markdown > docs/hello.md",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return describe(cmd.Context(), a, args[0], format) },
	}
	a.Flags.BindLocked(cmd)
	app.FormatFlag(cmd, &format, "text", "markdown", "json", "yaml")
	return cmd
}

func describe(ctx context.Context, a *app.App, name, format string) error {
	if _, err := a.Plugins(); err != nil {
		return err
	}
	d, err := a.Catalog().Describe(ctx, name)
	if err != nil {
		return err
	}
	identity, err := a.Catalog().Identity(name)
	if err != nil {
		return err
	}
	answer := map[string]any{
		"name": name, "version": d.Version, "summary": d.Summary, "protocol": fmt.Sprintf("1.%d", d.ProtocolMinor),
		"capabilities": d.Capabilities, "transports": d.Transports, "requires": d.Requires, "schema": d.ConfigSchema,
		"digest": identity,
	}
	return a.Answer(format, answer, func(w io.Writer) error {
		if format == "markdown" {
			return describeMarkdown(w, name, d)
		}
		return describeText(w, name, d)
	})
}

func describeText(w io.Writer, name string, d strategy.DescribeResponse) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %s\n", name, d.Version, d.Summary)
	for _, r := range d.Requires {
		fmt.Fprintln(&b, "needs "+need(r, r.Name))
	}
	fields, width := catalog.Fields(d.ConfigSchema), 16
	for _, f := range fields {
		width = max(width, len(f.Name))
	}
	for _, f := range fields {
		fmt.Fprintln(&b, strings.TrimRight(fmt.Sprintf("  %-*s %-10s %s", width, f.Name, f.Type, fieldText(f)), " "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// fieldText is what a field is for, and what may stand there.
func fieldText(f catalog.Field) string {
	var facts []string
	if f.Required {
		facts = append(facts, "required")
	}
	if f.Default != "" {
		facts = append(facts, "default: "+f.Default)
	}
	if f.Allowed != "" {
		facts = append(facts, f.Allowed)
	}
	if len(facts) == 0 {
		return f.Doc
	}
	return strings.TrimLeft(f.Doc+" ("+strings.Join(facts, "; ")+")", " ")
}

// need is a requirement, with what it is good for.
func need(r strategy.Requirement, name string) string {
	text := strings.TrimRight(strings.Join([]string{r.Kind, name, r.Constraint}, " "), " ")
	if r.Optional {
		text += ", optional"
	}
	if r.Hint != "" {
		text += ": " + r.Hint
	}
	return text
}

// describeMarkdown writes a page for the documentation of a strategy.
func describeMarkdown(w io.Writer, name string, d strategy.DescribeResponse) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s. Version %s.\n", name, d.Summary, d.Version)
	if len(d.Requires) > 0 {
		b.WriteString("\n## Needs\n\n")
	}
	for _, r := range d.Requires {
		fmt.Fprintf(&b, "- %s\n", need(r, "`"+r.Name+"`"))
	}
	b.WriteString("\n## Config\n\n| field | type | default | allowed | |\n|---|---|---|---|---|\n")
	for _, f := range catalog.Fields(d.ConfigSchema) {
		doc := f.Doc
		if f.Required {
			doc = strings.TrimSpace("Required. " + doc)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", f.Name, f.Type, code(f.Default), cell(f.Allowed), cell(doc))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// code is text in a cell as it is written in a config.
func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + cell(text) + "`"
}

// cell is text in a cell of a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(text)
}
