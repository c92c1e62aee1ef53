package main_test

import (
	"testing"

	"github.com/slipway-build/slipway/core/registry/registrytest"
)

// BenchmarkPlan is the whole of `slipway plan`, with files that are remembered:
// of one image, which is the start of the program and of its strategy, of a
// thousand and of ten thousand whose keys need nobody else's, and of a ladder on
// which the number of ways down doubles with each of a hundred rungs.
func BenchmarkPlan(b *testing.B) {
	for _, of := range []struct {
		name   string
		family [][]int
	}{
		{"images=1", make([][]int, 1)},
		{"images=1000", make([][]int, 1000)},
		{"images=10000", make([][]int, 10000)},
		{"ladder/images=201", ladder(100)},
	} {
		b.Run(of.name, func(b *testing.B) { benchmarkPlan(b, newSite(b, of.family)) })
	}
}

func benchmarkPlan(b *testing.B, s site) {
	b.Helper()
	ripen()
	plan := []string{"plan", "-i", "inventory", "--root", s.path("storage"), "--format", "json"}
	s.slipway(b, plan...) // files are remembered
	var memory int64
	for b.Loop() {
		memory = max(memory, s.slipway(b, plan...).memory)
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "plan-s")
	b.ReportMetric(float64(memory)/(1<<20), "peak-MiB")
}

// BenchmarkUnchanged works on a thousand images on three levels that a registry
// holds as they are, and counts what it is asked: `slipway plan`, and runs of a
// playbook of build alone, and of build and push.
func BenchmarkUnchanged(b *testing.B) {
	const images = 1000
	s, registry := newSite(b, levels(images)), registrytest.New(b)
	s.write(b, "build.yml", "- images: all\n  tasks: [{build: {}}]\n")
	ripen()
	s.publish(b, registry.Addr)
	to := []string{"-i", "inventory", "--root", s.path("storage"), "-e", "registry=" + registry.Addr, "-e", "namespace=bench"}
	for _, of := range []struct {
		name string
		args []string
	}{
		{"plan", []string{"plan"}},
		{"build", []string{"run", "build.yml"}},
		{"build-push", []string{"run", "play.yml"}},
	} {
		b.Run(of.name, func(b *testing.B) {
			registry.Reset()
			var memory int64
			for b.Loop() {
				memory = max(memory, s.slipway(b, append(of.args, to...)...).memory)
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s")
			b.ReportMetric(float64(registry.Count())/float64(b.N), "requests")
			b.ReportMetric(float64(registry.Bytes(registrytest.Request.IsBlob))/float64(b.N), "blob-bytes")
			b.ReportMetric(float64(memory)/(1<<20), "peak-MiB")
		})
	}
}
