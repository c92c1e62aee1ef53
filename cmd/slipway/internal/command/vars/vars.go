// Package vars implements `slipway vars`: which definition of a variable wins
// for an image, and which it wins over.
package vars

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/complete"
	"github.com/slipway-build/slipway/cmd/slipway/internal/site"
	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// New returns the command.
func New(a *app.App) *cobra.Command {
	var format, playbook string
	cmd := &cobra.Command{
		Use:   "vars IMAGE [VAR]",
		Short: "Every definition of an image's variables, and which one wins",
		Long: strings.TrimSpace(`
Every definition of an image's variables, with its place and its level. The
winner stands first; the others follow in the order in which they would win.
With --playbook also what the plays that are for the image define; what blocks
and tasks define is theirs alone.`),
		Example:           "  slipway vars web health_path -i inventory --playbook playbooks/nightly.yml",
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: completion(a),
		RunE: func(cmd *cobra.Command, args []string) error {
			return write(cmd.Context(), a, playbook, format, args)
		},
	}
	a.Flags.BindInventory(cmd)
	cmd.Flags().StringVar(&playbook, "playbook", "", "also what the plays of this `file` define for the image")
	app.FormatFlag(cmd, &format, "text", "json", "yaml")
	return cmd
}

// An Answer is what `slipway vars` tells. Its form is part of the command
// line's contract.
type Answer struct {
	Image     string     `json:"image"`
	Variables []Variable `json:"variables"` // sorted by name
}

// A Variable is a name with its value, templates expanded. Where they cannot
// be, because they need what only a run knows, it is the value as written, and
// Problem says why.
type Variable struct {
	Name        string       `json:"name"`
	Value       any          `json:"value"`
	Problem     string       `json:"problem,omitempty"`
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

func write(ctx context.Context, a *app.App, playbook, format string, args []string) error {
	image, data, err := look(ctx, a, playbook, args[0])
	if err != nil {
		return err
	}
	if data.Secrets, err = a.UnreadSecrets(); err != nil {
		return err
	}
	names := data.Scope.Names()
	if only := args[1:]; len(only) > 0 {
		if !slices.Contains(names, only[0]) {
			return undefined(image, only[0], names)
		}
		names = only
	}
	answer := Answer{Image: image.Name, Variables: []Variable{}}
	for _, n := range names {
		answer.Variables = append(answer.Variables, variable(a, data, n))
	}
	return a.Answer(format, answer, answer.text)
}

// look returns an image and what templates about it see.
func look(ctx context.Context, a *app.App, playbook, name string) (*inventory.Image, vars.Data, error) {
	if playbook != "" {
		return lookInPlays(ctx, a, playbook, name)
	}
	inv, found, err := site.New(a).Inventory(ctx)
	if err != nil {
		return nil, vars.Data{}, err
	}
	a.Warn(found...)
	image, err := site.Image(inv, name)
	if err != nil {
		return nil, vars.Data{}, err
	}
	return image, inv.Data(image), nil
}

// lookInPlays adds what the plays define that may be for the image.
func lookInPlays(ctx context.Context, a *app.App, playbook, name string) (*inventory.Image, vars.Data, error) {
	read, err := site.New(a).Read(ctx, site.Plays{Playbooks: []string{playbook}})
	if err != nil {
		return nil, vars.Data{}, err
	}
	secrets, err := a.UnreadSecrets()
	if err != nil {
		return nil, vars.Data{}, err
	}
	p, found := plan.New(read.Inventory, read.Family, read.Books, plan.Options{Run: plan.RunInfo{Secrets: secrets}, Facts: action.FactShape()})
	if err := found.Err(); err != nil {
		return nil, vars.Data{}, err
	}
	image, err := site.Image(read.Inventory, name)
	if err != nil {
		return nil, vars.Data{}, err
	}
	data := read.Inventory.Data(image)
	scope := data.Scope.Clone()
	for _, play := range p.Plays {
		if !slices.Contains(play.Possible(), image) {
			continue
		}
		for _, layer := range play.Written.Vars {
			scope.DefineAll(layer.Values, layer.Level, layer.Source)
		}
	}
	data.Scope = scope
	return image, data, nil
}

// completion completes an image, then the names of its variables.
func completion(a *app.App) cobra.CompletionFunc {
	images := complete.Images(a, 1)
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) != 1 {
			return images(cmd, args, typed)
		}
		inv, _, err := site.New(a).Inventory(cmd.Context())
		if err != nil || inv.Image(args[0]) == nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return inv.Image(args[0]).Scope().Names(), cobra.ShellCompDirectiveNoFileComp
	}
}

func undefined(image *inventory.Image, name string, known []string) error {
	d := diag.Errorf("undefined-variable", diag.Pos{}, "%s has no variable %q", image.Name, name)
	if hint := diag.Suggest(name, known); hint != "" {
		return d.WithFix("%s", hint)
	}
	return d.WithFix("`slipway vars %s` shows all it has", image.Name)
}

func variable(a *app.App, data vars.Data, name string) Variable {
	value, ds := data.Value(name)
	v := Variable{Name: name, Value: value}
	if len(ds) > 0 {
		v.Value, v.Problem = data.Scope.Value(name).Value(), ds[0].Summary
	}
	definitions := data.Scope.Definitions(name)
	for i, def := range slices.Backward(definitions) {
		pos := def.Value.Pos()
		v.Definitions = append(v.Definitions, Definition{
			File: a.Streams.Style.Path(pos.File), Line: pos.Line, Column: pos.Column,
			Level: def.Level.String(), Source: source(def), Value: def.Value.Value(), Wins: i == len(definitions)-1,
		})
	}
	return v
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
		if v.Problem != "" {
			fmt.Fprintf(&b, "        not expanded: %s\n", v.Problem)
		}
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
