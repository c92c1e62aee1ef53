package app

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/sdk/diag"
)

// ImageOf returns the image that a command was asked about.
func ImageOf(inv *inventory.Inventory, name string) (*inventory.Image, error) {
	if image := inv.Image(name); image != nil {
		return image, nil
	}
	d := diag.Errorf("unknown-image", diag.Pos{}, "there is no image %q", name)
	if hint := diag.Suggest(name, inv.Names()); hint != "" {
		return nil, d.WithFix("%s", hint)
	}
	return nil, d.WithFix("the images are %s", strings.Join(inv.Names(), ", "))
}

// CompleteImages completes the first n arguments of a command with the names of
// images. An inventory that cannot be read completes nothing: the command
// itself will say why.
func (a *App) CompleteImages(n int) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) >= n {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		inv, _, err := a.Inventory(cmd.Context())
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return inv.Names(), cobra.ShellCompDirectiveNoFileComp
	}
}

// CompleteLimits has every -l below cmd completed with images and groups.
func (a *App) CompleteLimits(cmd *cobra.Command) {
	if cmd.Flags().Lookup("limit") != nil {
		_ = cmd.RegisterFlagCompletionFunc("limit", a.completePattern)
	}
	for _, sub := range cmd.Commands() {
		a.CompleteLimits(sub)
	}
}

// completePattern completes the last term of a pattern with the names of
// images and groups.
func (a *App) completePattern(cmd *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	inv, _, err := a.Inventory(cmd.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	term := strings.LastIndexByte(typed, ',') + 1
	for term < len(typed) && strings.ContainsRune("!&+", rune(typed[term])) {
		term++
	}
	var out []cobra.Completion
	for _, name := range slices.Concat(inv.Names(), inv.Groups(), inventory.ComputedGroups()) {
		out = append(out, typed[:term]+name)
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}
