package app

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// Flags are the flags that many commands share. Each command binds those it
// understands.
type Flags struct {
	Inventory []string      // -i
	Extra     []string      // -e
	Limit     string        // -l
	Root      string        // --root
	RunRoot   string        // --runroot
	Offline   bool          // --offline
	Locked    bool          // --locked
	Strict    bool          // --strict
	Color     string        // --color
	Verbosity int           // -v
	Stall     time.Duration // --stall-timeout
}

// BindGlobal adds the flags of every command to the command that holds them.
func (f *Flags) BindGlobal(root *cobra.Command) {
	words := []string{"auto", "always", "never"}
	f.Color = words[0]
	root.PersistentFlags().Var(&choice{value: &f.Color, among: words}, "color", "paint the output: "+strings.Join(words, ", "))
	_ = root.RegisterFlagCompletionFunc("color", cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// BindInventory adds -i, -e, --locked and --strict.
func (f *Flags) BindInventory(cmd *cobra.Command) {
	f.BindLocked(cmd)
	cmd.Flags().BoolVar(&f.Strict, "strict", false, "take warnings that are told before a run for errors")
	cmd.Flags().StringArrayVarP(&f.Inventory, "inventory", "i", nil, "the inventory: a `folder` with images/*/Dockerfile (default: inventory/, else the project's root); again for files, programs or images beside it")
	cmd.Flags().StringArrayVarP(&f.Extra, "extra-vars", "e", nil, "`variables` that win over all others: name=value, {JSON} or @file")
}

// BindLocked adds --locked.
func (f *Flags) BindLocked(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.Locked, "locked", false, "use plugins as slipway.lock and outside bases as bases.lock name them, and none that are not there; lock nothing, heed no plugin dev (for CI)")
}

// BindOffline adds --offline.
func (f *Flags) BindOffline(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.Offline, "offline", false, "ask no registry but the embedded one: outside bases are as locked, else as last seen here")
}

// LimitNames reports whether a term of -l is the name of a group.
func (f *Flags) LimitNames(group string) bool {
	terms := strings.FieldsFunc(f.Limit, func(r rune) bool { return strings.ContainsRune(",&!+", r) })
	return slices.Contains(terms, group)
}

// BindLimit adds -l.
func (f *Flags) BindLimit(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&f.Limit, "limit", "l", "", "only images that this `pattern` selects, too: web, +web, web+, apps,!web")
}

// BindStorage adds --root and --runroot.
func (f *Flags) BindStorage(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.Root, "root", "", "`folder` of the container storage (default: $XDG_DATA_HOME/slipway/storage)")
	cmd.Flags().StringVar(&f.RunRoot, "runroot", "", "`folder` of the container storage's runtime state (default: below $XDG_RUNTIME_DIR)")
}
