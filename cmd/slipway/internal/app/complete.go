package app

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/playbook"
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
		if len(args) >= n || a.Configure(cmd) != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		inv, _, err := a.Inventory(cmd.Context())
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return inv.Names(), cobra.ShellCompDirectiveNoFileComp
	}
}

// Complete has every command below cmd completed that says nothing else: -l and
// arguments that the usage calls PATTERN with images and groups, an argument
// that it calls IMAGE with images, one that it calls ACTION with actions.
func (a *App) Complete(cmd *cobra.Command) {
	if cmd.Flags().Lookup("limit") != nil {
		_ = cmd.RegisterFlagCompletionFunc("limit", a.completePattern)
	}
	if words := strings.Fields(cmd.Use); cmd.ValidArgsFunction == nil && len(words) > 1 {
		switch strings.Trim(words[1], "[]") {
		case "ACTION":
			cmd.ValidArgsFunction = cobra.FixedCompletions(ActionNames(), cobra.ShellCompDirectiveNoFileComp)
		case "IMAGE":
			cmd.ValidArgsFunction = a.CompleteImages(1)
		case "PATTERN…":
			cmd.ValidArgsFunction = a.completePattern
		}
	}
	for _, sub := range cmd.Commands() {
		a.Complete(sub)
	}
}

// completePattern completes the last term of a pattern with the names of
// images and groups.
func (a *App) completePattern(cmd *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if a.Configure(cmd) != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
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

// CompletePlaybooks completes arguments with the project's playbooks, and with
// other files behind them.
func (a *App) CompletePlaybooks(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	files, err := a.Playbooks()
	if err != nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	var out []cobra.Completion
	for _, file := range files {
		out = append(out, a.Streams.Style.Path(file))
	}
	return out, cobra.ShellCompDirectiveDefault
}

// CompleteTags completes the last of several tags with those of the playbooks
// that stand on the command line already.
func (a *App) CompleteTags(_ *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	before := typed[:strings.LastIndexByte(typed, ',')+1]
	var out []cobra.Completion
	for _, tag := range playbook.Tags(a.readable(args)) {
		out = append(out, before+tag)
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// CompleteTasks completes the name of a task of the playbooks that stand on the
// command line already.
func (a *App) CompleteTasks(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var out []cobra.Completion
	for _, book := range a.readable(args) {
		for _, play := range book.Plays {
			for t := range playbook.Leaves(slices.Concat(play.PreTasks, play.Tasks, play.PostTasks)) {
				out = append(out, t.Title())
			}
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// readable returns those of some playbooks that can be read.
func (a *App) readable(files []string) []*playbook.Playbook {
	options, err := a.bookOptions(nil)
	if err != nil {
		return nil
	}
	var books []*playbook.Playbook
	for _, file := range files {
		if book, ds := playbook.Load(file, options); ds.Err() == nil {
			books = append(books, book)
		}
	}
	return books
}
