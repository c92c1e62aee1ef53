package dockerfile_test

import (
	"os"
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
	os.Exit(m.Run())
}
