package main_test

import "testing"

// BenchmarkGraph answers `slipway inventory graph` with the real strategy for
// a thousand images, and for a ladder on which the number of ways down doubles
// with each of a hundred rungs.
func BenchmarkGraph(b *testing.B) {
	for name, family := range map[string][][]int{
		"levels/images=1000": levels(1000),
		"ladder/images=201":  ladder(100),
	} {
		b.Run(name, func(b *testing.B) { benchmarkGraph(b, newSite(b, family)) })
	}
}

func benchmarkGraph(b *testing.B, s site) {
	b.Helper()
	s.slipway(b, "version") // the program is in memory
	var memory int64
	for b.Loop() {
		memory = max(memory, s.slipway(b, "inventory", "graph", "-i", "inventory", "--format", "json").memory)
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "graph-s")
	b.ReportMetric(float64(memory)/(1<<20), "peak-MiB")
}
