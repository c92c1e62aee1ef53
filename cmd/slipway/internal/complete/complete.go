// Package complete completes words of the command line with the names of what is
// in the site: images, groups, playbooks, tags, tasks.
//
// What cannot be read completes nothing, and says nothing: the command itself will
// say why.
package complete

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/site"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/playbook"
)

// Images completes the first n arguments of a command with the names of
// images.
func Images(a *app.App, n int) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) >= n || a.Configure(cmd) != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		inv, _, err := site.New(a).Inventory(cmd.Context())
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return inv.Names(), cobra.ShellCompDirectiveNoFileComp
	}
}

// All has every command below cmd completed that says nothing else: -l and
// arguments that the usage calls PATTERN with images and groups, an argument
// that it calls IMAGE with images, one that it calls ACTION with actions.
func All(a *app.App, cmd *cobra.Command) {
	if cmd.Flags().Lookup("limit") != nil {
		_ = cmd.RegisterFlagCompletionFunc("limit", patterns(a))
	}
	if words := strings.Fields(cmd.Use); cmd.ValidArgsFunction == nil && len(words) > 1 {
		switch strings.Trim(words[1], "[]") {
		case "ACTION":
			cmd.ValidArgsFunction = cobra.FixedCompletions(site.ActionNames(), cobra.ShellCompDirectiveNoFileComp)
		case "IMAGE":
			cmd.ValidArgsFunction = Images(a, 1)
		case "PATTERN…":
			cmd.ValidArgsFunction = patterns(a)
		}
	}
	for _, sub := range cmd.Commands() {
		All(a, sub)
	}
}

// patterns completes the last term of a pattern with the names of
// images and groups.
func patterns(a *app.App) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if a.Configure(cmd) != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		inv, _, err := site.New(a).Inventory(cmd.Context())
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
}

// Playbooks completes arguments with the project's playbooks, and with
// other files behind them.
func Playbooks(a *app.App) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		files, err := site.New(a).Playbooks()
		if err != nil {
			return nil, cobra.ShellCompDirectiveDefault
		}
		var out []cobra.Completion
		for _, file := range files {
			out = append(out, a.Streams.Style.Path(file))
		}
		return out, cobra.ShellCompDirectiveDefault
	}
}

// Tags completes the last of several tags with those of the playbooks
// that stand on the command line already.
func Tags(a *app.App) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		before := typed[:strings.LastIndexByte(typed, ',')+1]
		var out []cobra.Completion
		for _, tag := range playbook.Tags(readable(a, args)) {
			out = append(out, before+tag)
		}
		return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

// Tasks completes the name of a task of the playbooks that stand on the
// command line already.
func Tasks(a *app.App) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		var out []cobra.Completion
		for _, book := range readable(a, args) {
			for _, play := range book.Plays {
				for t := range playbook.Leaves(slices.Concat(play.PreTasks, play.Tasks, play.PostTasks)) {
					out = append(out, t.Title())
				}
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
}

// readable returns those of some playbooks that can be read.
func readable(a *app.App, files []string) []*playbook.Playbook {
	options, err := site.New(a).BookOptions(nil)
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
