package dockerfile_test

import (
	"os"
	"syscall"
	"testing"

	"github.com/slipway-build/slipway/plugins/dockerfile"
)

func TestMain(m *testing.M) {
	if dockerfile.Reexec() {
		return
	}
	if os.Getenv(serveVariable) != "" {
		serve()
	}
	if request := os.Getenv(buildVariable); request != "" {
		os.Exit(buildFor(request))
	}
	syscall.Umask(0o022) // modes are part of what is built, so they are as written
	os.Exit(m.Run())
}
