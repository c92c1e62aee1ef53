// Command slipway builds, tests and launches families of container images.
package main

import (
	"os"

	"github.com/slipway-build/slipway/cmd/slipway/internal/cli"
	"github.com/slipway-build/slipway/cmd/slipway/internal/searchpath"
	"github.com/slipway-build/slipway/cmd/slipway/internal/term"
)

func main() {
	searchpath.Restore()
	environ := os.Environ()
	os.Exit(int(cli.Main(os.Args, environ, term.System(environ))))
}
