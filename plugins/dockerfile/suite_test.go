package dockerfile_test

import (
	"os"
	"testing"

	"github.com/slipway-build/slipway/plugins/dockerfile"
	"github.com/slipway-build/slipway/plugins/internal/buildtest"
	"github.com/slipway-build/slipway/sdk"
	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/plugintest"
)

// serveVariable makes this test binary the plugin.
const serveVariable = "SLIPWAY_TEST_SERVE"

func serve() { sdk.ServeStrategy(dockerfile.Strategy{}) }

// TestSuite holds the built-in strategy to what is asked of anybody's.
func TestSuite(t *testing.T) {
	y := buildtest.NewYard(t, buildtest.Fastest)
	plugintest.Run(t, plugintest.Options{
		Command:    []string{"/proc/self/exe"},
		Env:        append(pluginhost.Environment(os.Environ()), serveVariable+"=1"),
		GoodConfig: `{}`,
		SlowConfig: `{"target":"slow"}`,
		Workspace: buildtest.Workspace(t, map[string]string{
			"Dockerfile": "FROM scratch AS slow\nCOPY helper /helper\nRUN [\"/helper\", \"linger\", \"suite-token\"]\n" +
				"FROM scratch\nCOPY helper /helper\nRUN [\"/helper\", \"write\", \"/made\", \"x\"]\n",
			"helper": buildtest.Program,
		}),
		Storage: y.Storage,
	})
	nothingLeft(t, y, "suite-token")
}
