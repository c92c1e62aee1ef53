package runs

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/preflight"
	"github.com/slipway-build/slipway/cmd/slipway/internal/record"
	"github.com/slipway-build/slipway/cmd/slipway/internal/view"
	"github.com/slipway-build/slipway/core/secret"
)

// A Request is what `slipway run` and the ad hoc commands ask for.
type Request struct {
	preflight.Request

	Forks         int
	FailFast      bool
	ForceHandlers bool // handlers run for failed images, too
	Step          bool // ask before each task
	Reports       []view.Report

	Format string
	Args   []string // for the journal
	Replan bool     `json:"-"` // of a resumed run: images may have changed meanwhile

	FlushCache bool `json:"-"` // look again at all that is cached
}

// Bind adds the flags of what carries out plays.
func (r *Request) Bind(cmd *cobra.Command, f *app.Flags) {
	cmd.Flags().BoolVarP(&r.Check, "check", "C", false, "change nothing, say what would be changed")
	cmd.Flags().BoolVarP(&r.Diff, "diff", "D", false, "show what steps change, as unified diffs")
	cmd.Flags().IntVarP(&r.Forks, "forks", "f", 0, "`steps` under way at once (default: twice the processors)")
	cmd.Flags().BoolVar(&r.FailFast, "fail-fast", false, "stop at the first failure")
	cmd.Flags().BoolVar(&r.FlushCache, "flush-cache", false, "forget what is cached before anything else: facts of images, hashes of files, sources, what strategies said and keep")
	cmd.Flags().CountVarP(&f.Verbosity, "verbose", "v", "tell more; again for more still")
	cmd.Flags().DurationVar(&f.Stall, "stall-timeout", 0, "end a build whose strategy gave no sign of life for this long (default: never; warn of it after a minute)")
}

// forks is how many steps may be under way at once: twice the processors unless
// it is said, for steps wait more than they compute.
func (r Request) forks() int {
	if r.Forks > 0 {
		return r.Forks
	}
	return 2 * runtime.NumCPU()
}

// now is what was asked for then, in the way that is asked for now.
func (r Request) now(o ResumeRequest) Request {
	r.Replan, r.Format = o.Replan, o.Format
	if o.Forks > 0 {
		r.Forks = o.Forks
	}
	return r
}

// An asked request is what a run was asked for, as its journal keeps it.
type asked struct {
	Run       Request  `json:"run"`
	Dir       string   `json:"dir"` // the working directory
	Inventory []string `json:"inventory,omitempty"`
	Extra     []string `json:"extra,omitempty"`
	Limit     string   `json:"limit,omitempty"`
	Root      string   `json:"root,omitempty"`
	RunRoot   string   `json:"runRoot,omitempty"`
}

// asked is what the journal keeps of what a run is asked for.
func (r *Runner) asked(req Request) (json.RawMessage, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("finding the working directory: %w", err)
	}
	out := asked{Run: req, Dir: dir, Inventory: slices.Clone(r.app.Flags.Inventory), Extra: r.app.Flags.Extra, Limit: r.app.Flags.Limit, Root: r.app.Flags.Root, RunRoot: r.app.Flags.RunRoot}
	for i, at := range out.Inventory {
		if out.Inventory[i], err = filepath.Abs(at); err != nil {
			return nil, err
		}
	}
	return json.Marshal(secret.Conceal(r.app.Mask(), out))
}

// read reads what the journal kept.
func (a *asked) read(raw json.RawMessage) error {
	if err := record.Decode(raw, a); err != nil {
		return err
	}
	for _, t := range a.Run.AdHoc {
		record.Native(t.Args)
	}
	return nil
}
