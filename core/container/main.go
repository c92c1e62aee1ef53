package container

import (
	"path/filepath"

	"github.com/containers/storage/pkg/reexec"

	"github.com/slipway-build/slipway/core/container/internal/supervisor"
	"github.com/slipway-build/slipway/core/container/network"
)

// Main carries out what a process was started for when it was started by this
// package or by the storage library, and reports whether that was so. A
// program that uses containers calls it first thing, with [os.Args], and exits
// with the code when handled is true: containers are this binary again.
func Main(args []string) (code int, handled bool) {
	switch filepath.Base(args[0]) {
	case supervisor.Role:
		return supervisor.Main(), true
	case network.Role:
		return network.Main(), true
	}
	return 0, reexec.Init()
}
