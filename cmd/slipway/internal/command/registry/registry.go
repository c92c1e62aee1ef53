// Package registry implements `slipway registry`.
package registry

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/registry/embedded"
)

// Options say where the registry listens and keeps its images.
type Options struct {
	Addr string
	Dir  string
}

// New returns the command with its sub-command.
func New(a *app.App) *cobra.Command {
	cmd := &cobra.Command{Use: "registry", Short: "The embedded registry", Args: cobra.NoArgs}
	cmd.AddCommand(newServe(a))
	return cmd
}

func newServe(a *app.App) *cobra.Command {
	var o Options
	cmd := &cobra.Command{
		Use:     "serve",
		Example: "  slipway registry serve",
		Short:   "Serve the project's registry until interrupted",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return serve(cmd.Context(), a, o) },
	}
	cmd.Flags().StringVar(&o.Addr, "addr", "127.0.0.1:5000", "where to listen; port 0 takes a free one")
	cmd.Flags().StringVar(&o.Dir, "dir", "", "where images are kept (default: .slipway/registry)")
	return cmd
}

// serve prints the address, as data, once it answers there.
func serve(ctx context.Context, a *app.App, o Options) error {
	if o.Dir == "" {
		dir, err := a.State("registry")
		if err != nil {
			return err
		}
		o.Dir = dir
	}
	server, err := embedded.Start(ctx, embedded.Options{Addr: o.Addr, Dir: o.Dir})
	if err != nil {
		return err
	}
	fmt.Fprintln(a.Streams.Out, server.Addr())
	fmt.Fprintf(a.Streams.Err, "serving %s at http://%s; stop with Ctrl-C\n", o.Dir, server.Addr())
	<-ctx.Done()
	return server.Close(context.WithoutCancel(ctx))
}
