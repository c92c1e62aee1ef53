// Package version implements `slipway version`.
package version

import (
	"fmt"
	"io"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
)

// An answer is what the command tells.
type answer struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
	Cgo      bool   `json:"cgo"` // without it only OCI isolation as root works
}

// New returns the command.
func New(a *app.App) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "version",
		Example: "  slipway version --format json",
		Short:   "Tell which slipway this is",
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return write(a, format) },
	}
	app.FormatFlag(cmd, &format, "text", "json", "yaml")
	return cmd
}

func write(a *app.App, format string) error {
	v := answer{Version: app.Version, Commit: app.BuildSetting("vcs.revision"), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	v.Cgo = app.BuildSetting("CGO_ENABLED") == "1"
	return a.Answer(format, v, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "slipway %s (%s, %s)\n", v.Version, v.Platform, v.Go)
		return err
	})
}
