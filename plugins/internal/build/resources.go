package build

import (
	"os"

	"github.com/containers/buildah/define"

	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// cpuPeriod is the time in microseconds over which processors are shared out:
// the kernel's own default.
const cpuPeriod = 100_000

// bound has the runtime hold each step to the request's bounds. Memory is
// bounded with the swap that goes with it, where the kernel counts that: a step
// that wants too much is to fail, not to crawl.
func bound(o *define.CommonBuildOptions, r strategy.Resources) {
	o.Memory = r.Memory
	if r.Memory > 0 && countsSwap() {
		o.MemorySwap = r.Memory
	}
	if r.MilliCPUs > 0 {
		o.CPUPeriod, o.CPUQuota = cpuPeriod, r.MilliCPUs*cpuPeriod/1000
	}
}

// countsSwap reports whether control groups have a bound for swap. Those of a
// unified hierarchy do; of the others the kernel may have been told not to.
func countsSwap() bool {
	_, unified := os.Stat("/sys/fs/cgroup/cgroup.controllers")
	_, counted := os.Stat("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes")
	return unified == nil || counted == nil
}

// unbounded finds bounds that nothing here would hold a step to.
func unbounded(req strategy.BuildRequest) diag.List {
	switch {
	case req.Resources == strategy.Resources{}:
		return nil
	case req.Isolation != "oci":
		return diag.List{diag.Errorf("no-resources", diag.Pos{}, "chroot isolation holds a build to no bounds").
			WithFix("build with isolation: oci, or without resources")}
	case rootless():
		return diag.List{diag.Errorf("no-resources", diag.Pos{}, "an ordinary user may make no control groups, so nothing would hold the build to its bounds").
			WithFix("build as root, or without resources")}
	default:
		return nil
	}
}
