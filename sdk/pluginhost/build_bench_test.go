package pluginhost_test

import (
	"testing"

	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// BenchmarkBuild is what the boundary costs a build that does nothing: in this
// process, in a process that many builds share, and in one of its own.
func BenchmarkBuild(b *testing.B) {
	request := strategy.BuildRequest{ID: "b"}
	build := func(b *testing.B, s strategy.Strategy) {
		if err := s.Build(b.Context(), request, &tally{}); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("here", func(b *testing.B) {
		for b.Loop() {
			build(b, &plugin{mode: "quick"})
		}
	})
	b.Run("shared", func(b *testing.B) {
		p := open(b, "quick", benchOptions(b))
		defer end(b, p)
		for b.Loop() {
			build(b, p)
		}
	})
	b.Run("own", func(b *testing.B) {
		o := benchOptions(b)
		for b.Loop() {
			p := open(b, "quick", o)
			build(b, p)
			end(b, p)
		}
	})
}

func open(b *testing.B, mode string, o pluginhost.Options) *pluginhost.Process {
	b.Helper()
	p, err := pluginhost.Start(b.Context(), command(mode), o)
	if err != nil {
		b.Fatal(err)
	}
	return p
}

func end(b *testing.B, p *pluginhost.Process) {
	b.Helper()
	if err := p.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
}
