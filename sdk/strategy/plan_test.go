package strategy_test

import (
	"runtime"
	"testing"

	"github.com/slipway-build/slipway/sdk/strategy"
)

func TestArchitecture(t *testing.T) {
	for platform, want := range map[string]string{"linux/arm64": "arm64", "linux/arm/v7": "arm", "": runtime.GOARCH, "linux": runtime.GOARCH} {
		if got := (strategy.Target{Platform: platform}).Architecture(); got != want {
			t.Errorf("that of %q is %s, want %s", platform, got, want)
		}
	}
}

func TestMayCome(t *testing.T) {
	later := []string{"app", "lib/vendor"}
	for name, want := range map[string]bool{
		"app": true, "app/bin/tool": true, "./app/": true, "apple": false, "lib": true, "lib/vendor/x": true, "lib/other": false,
		"*": true, "lib/*": true, "etc/*": false, "app/[ab].so": true, ".": true,
	} {
		if got := strategy.MayCome(later, name); got != want {
			t.Errorf("MayCome(%q) = %t", name, got)
		}
	}
	if strategy.MayCome(nil, ".") || !strategy.MayCome([]string{"."}, "any/thing") {
		t.Error("nothing comes and something does, or anything may come and something does not")
	}
}
