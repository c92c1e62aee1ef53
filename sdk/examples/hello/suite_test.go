package main

import (
	"os"
	"testing"

	"github.com/slipway-build/slipway/sdk/plugintest"
)

// asPlugin makes this test binary the plugin.
const asPlugin = "HELLO_TEST_PLUGIN"

func TestMain(m *testing.M) {
	if os.Getenv(asPlugin) != "" {
		main()
	}
	os.Exit(m.Run())
}

// TestSuite holds the plugin to slipway's contract, in a process of its own.
func TestSuite(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	plugintest.Run(t, plugintest.Options{
		Command: []string{self}, Env: append(os.Environ(), asPlugin+"=1"), GoodConfig: `{"message":"ahoy"}`,
	})
}
