package dockerfile_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/slipway-build/slipway/plugins/dockerfile"
	"github.com/slipway-build/slipway/plugins/internal/buildtest"
	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// BenchmarkBoundary builds one image with the strategy called in this process
// and, in turn, with the strategy in a process of its own, which is started
// for the build and ended after it, as in a run. Both build in one storage what
// is cached there, so that little is left but the boundary.
func BenchmarkBoundary(b *testing.B) {
	y := buildtest.NewYard(b, buildtest.Fastest)
	dir := buildtest.Workspace(b, map[string]string{"Dockerfile": "FROM scratch\nCOPY data /data\nLABEL a=b\n", "data": "some"})
	want := buildtest.MustBuild(b, dockerfile.Strategy{}, y.Request(b, "first", dir))
	var inProcess, overBoundary time.Duration
	for i := 0; b.Loop(); i++ {
		here, there := y.Request(b, fmt.Sprintf("here%d", i), dir), y.Request(b, fmt.Sprintf("there%d", i), dir)
		begin := time.Now()
		ids := []string{buildtest.MustBuild(b, dockerfile.Strategy{}, here)}
		half := time.Now()
		ids = append(ids, buildOverBoundary(b, there))
		inProcess, overBoundary = inProcess+half.Sub(begin), overBoundary+time.Since(half)
		if ids[0] != want || ids[1] != want {
			b.Fatalf("built %v, want %s", ids, want)
		}
	}
	perBuild := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 / float64(b.N) }
	b.ReportMetric(perBuild(inProcess), "in-process-ms")
	b.ReportMetric(perBuild(overBoundary), "over-boundary-ms")
	b.ReportMetric(perBuild(overBoundary-inProcess), "cost-ms")
	b.ReportMetric(float64(overBoundary)/float64(inProcess), "ratio")
}

// buildOverBoundary starts this binary as a plugin for one build.
func buildOverBoundary(b *testing.B, req strategy.BuildRequest) string {
	b.Helper()
	p, err := pluginhost.Start(b.Context(), pluginhost.Command{
		Name: "dockerfile", Path: "/proc/self/exe", Env: append(pluginhost.Environment(os.Environ()), serveVariable+"=1"),
	}, pluginhost.Options{})
	if err != nil {
		b.Fatal(err)
	}
	j := &buildtest.Journal{}
	if err := p.Build(b.Context(), req, j); err != nil {
		b.Fatal(err)
	}
	if err := p.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
	done := j.Completed(b)
	if done.Image == nil {
		b.Fatalf("the build %s:\n%v\n%s", done.Outcome, done.Diagnostics, j.Output())
	}
	return done.Image.ID
}
