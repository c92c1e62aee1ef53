// Package initialise implements `slipway init`: a project of one's own, begun
// as a copy of the reference site. It bears the longer name because no Go
// package can be called init.
package initialise

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/sdk/diag"
)

// New returns the command.
func New(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use:   "init DIR",
		Short: "Begin a project with the reference site",
		Long: strings.TrimSpace(`
Begin a project in a new or empty folder: an inventory of eight images that
stand on one another, playbooks that build, prove and promote them, features,
and a Makefile. Nothing has to be pulled, and no registry has to be set up.`),
		Example: "  slipway init harbour && cd harbour && make run",
		Args:    cobra.ExactArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return begin(a, args[0]) },
	}
}

// begin writes the site, all of it or nothing.
func begin(a *app.App, dir string) error {
	if err := checkEmpty(dir); err != nil {
		return err
	}
	_, missing := os.Stat(dir)
	if err := writeSite(dir); err != nil {
		return errors.Join(err, undo(dir, errors.Is(missing, fs.ErrNotExist)))
	}
	_, err := fmt.Fprintf(a.Streams.Err, next, dir, dir)
	return err
}

const next = `%s holds a project now. Next:

  cd %s
  slipway doctor      does this machine build images?
  make graph          what stands on what
  make run            build, deploy, prove and promote everything
`

// checkEmpty refuses a folder in which something of the user's might be
// overwritten.
func checkEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		if info, statErr := os.Stat(dir); statErr == nil && !info.IsDir() {
			return diag.Errorf("not-a-folder", diag.Pos{File: dir}, "this is a file").WithFix("name a folder that is empty or not there yet")
		}
		return fmt.Errorf("reading %s: %w", dir, err)
	case len(entries) > 0:
		return diag.Errorf("not-empty", diag.Pos{File: dir}, "the folder is not empty: it holds %s", some(entries)).
			WithFix("name a folder that is empty or not there yet")
	}
	return nil
}

// some names at most three of what is there.
func some(entries []os.DirEntry) string {
	names := make([]string, 0, 3)
	for _, e := range entries[:min(3, len(entries))] {
		names = append(names, e.Name())
	}
	list := strings.Join(names, ", ")
	if more := len(entries) - len(names); more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return list
}
