package app

import (
	"time"

	"github.com/spf13/cobra"
)

// Flags are the flags that many commands share. Each command binds those it
// understands.
type Flags struct {
	Inventory []string // -i
	Extra     []string // -e
	Limit     string   // -l
	Root      string   // --root
	RunRoot   string   // --runroot
	Offline   bool
	Locked    bool          // --locked
	Stall     time.Duration // --stall-timeout
}

// BindInventory adds -i, -e and --locked.
func (f *Flags) BindInventory(cmd *cobra.Command) {
	f.BindLocked(cmd)
	cmd.Flags().StringArrayVarP(&f.Inventory, "inventory", "i", nil, "the inventory: a `folder` with images/*/Dockerfile (default: inventory/, else the project's root)")
	cmd.Flags().StringArrayVarP(&f.Extra, "extra-vars", "e", nil, "`variables` that win over all others: name=value, {JSON} or @file")
}

// BindLocked adds --locked.
func (f *Flags) BindLocked(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.Locked, "locked", false, "use plugins as slipway.lock names them: lock nothing, and heed no plugin dev (for CI)")
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

// BindStall adds --stall-timeout.
func (f *Flags) BindStall(cmd *cobra.Command) {
	cmd.Flags().DurationVar(&f.Stall, "stall-timeout", 0, "end a build whose strategy gave no sign of life for this long (default: never; warn of it after a minute)")
}
