// Package vars implements `slipway vars`: which definition of a variable wins
// for an image, and which it wins over.
package vars

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// New returns the command.
func New(a *app.App) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "vars IMAGE [VAR]",
		Short: "Every definition of an image's variables, and which one wins",
		Long: strings.TrimSpace(`
Every definition of an image's variables, with its place and its level. The
winner stands first; the others follow in the order in which they would win.
What plays and tasks define is not known without a playbook.`),
		Example:           "  slipway vars web http_port -i inventory",
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: a.CompleteImages(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return write(a, format, args[0], args[1:])
		},
	}
	a.Flags.BindInventory(cmd)
	app.FormatFlag(cmd, &format, "text", "json", "yaml")
	return cmd
}

// An Answer is what `slipway vars` tells. Its form is part of the command
// line's contract.
type Answer struct {
	Image     string     `json:"image"`
	Variables []Variable `json:"variables"` // sorted by name
}

// A Variable is a name with its value, templates expanded.
type Variable struct {
	Name        string       `json:"name"`
	Value       any          `json:"value"`
	Definitions []Definition `json:"definitions"` // the winner first
}

// A Definition is one place that gives a variable a value.
type Definition struct {
	File   string `json:"file,omitempty"` // seen from the working directory; none for what is built in
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Level  string `json:"level"`            // "group"
	Source string `json:"source,omitempty"` // the group or image
	Value  any    `json:"value"`            // as written
	Wins   bool   `json:"wins"`
}

func write(a *app.App, format, name string, only []string) error {
	inv, found, err := a.Inventory()
	if err != nil {
		return err
	}
	a.Warn(found...)
	image, err := app.ImageOf(inv, name)
	if err != nil {
		return err
	}
	names := image.Scope().Names()
	if len(only) > 0 {
		if !slices.Contains(names, only[0]) {
			return undefined(image, only[0])
		}
		names = only
	}
	data := inv.Data(image)
	if data.Secrets, err = a.UnreadSecrets(); err != nil {
		return err
	}
	answer := Answer{Image: image.Name, Variables: []Variable{}}
	for _, n := range names {
		v, ds := variable(a, data, image, n)
		if err := ds.Err(); err != nil {
			return err
		}
		answer.Variables = append(answer.Variables, v)
	}
	return a.Answer(format, answer, answer.text)
}

func undefined(image *inventory.Image, name string) error {
	d := diag.Errorf("undefined-variable", diag.Pos{}, "%s has no variable %q", image.Name, name)
	if hint := diag.Suggest(name, image.Scope().Names()); hint != "" {
		return d.WithFix("%s", hint)
	}
	return d.WithFix("`slipway vars %s` shows all it has", image.Name)
}

func variable(a *app.App, data vars.Data, image *inventory.Image, name string) (Variable, diag.List) {
	value, ds := data.Value(name)
	v := Variable{Name: name, Value: value}
	for i, def := range slices.Backward(image.Scope().Definitions(name)) {
		pos := def.Value.Pos()
		v.Definitions = append(v.Definitions, Definition{
			File: a.Streams.Style.Path(pos.File), Line: pos.Line, Column: pos.Column,
			Level: def.Level.String(), Source: source(def), Value: def.Value.Value(),
			Wins: i == len(image.Scope().Definitions(name))-1,
		})
	}
	return v, ds
}

// source leaves out what the level says already.
func source(def vars.Definition) string {
	if def.Level == vars.All {
		return ""
	}
	return def.Source
}

// text writes each variable and below it its definitions:
//
//	http_port = 8080
//	  wins  inventory/group_vars/services.yml:2:12  group services  8080
//	        inventory/images.yml:9:16  group all  80
func (answer Answer) text(w io.Writer) error {
	var b strings.Builder
	for _, v := range answer.Variables {
		fmt.Fprintf(&b, "%s = %s\n", v.Name, compact(v.Value))
		for _, d := range v.Definitions {
			fmt.Fprintf(&b, "  %-4s  %s  %s\n", map[bool]string{true: "wins"}[d.Wins], d.where(), compact(d.Value))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// where is the place, if any, and the level of a definition.
func (d Definition) where() string {
	level := strings.TrimSpace(d.Level + " " + d.Source)
	if d.File == "" {
		return level
	}
	return diag.Pos{File: d.File, Line: d.Line, Column: d.Column}.String() + "  " + level
}

// compact is a value on one line; text that holds a value of another type
// stays apart from it by its quotes.
func compact(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Sprint(v)
	}
	return strings.TrimSpace(b.String())
}
