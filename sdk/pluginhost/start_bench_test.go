package pluginhost_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// BenchmarkStart starts a plugin until its first answer and, in turn, lets the
// same program end at once, so that what the wire adds can be told from what
// the kernel takes. One plugin runs all the time, as the one that answers
// questions does in a run, and so does the guard they share.
func BenchmarkStart(b *testing.B) {
	o := benchOptions(b)
	o.Guard = new(pluginhost.Guard)
	defer closed(b, firstAnswer(b, o))
	var bare, answered []time.Duration
	for b.Loop() {
		bare = append(bare, timed(func() { forkAndExit(b) }))
		var p *pluginhost.Process
		answered = append(answered, timed(func() { p = firstAnswer(b, o) }))
		closed(b, p)
	}
	b.ReportMetric(milliseconds(middle(bare)), "exec-p50-ms")
	b.ReportMetric(milliseconds(middle(answered)), "answer-p50-ms")
	b.ReportMetric(float64(middle(answered))/float64(middle(bare)), "ratio")
}

// middle is the value that half of all are below.
func middle(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// BenchmarkLogs streams a gigabyte of a build's output in chunks of 32 KiB.
func BenchmarkLogs(b *testing.B) {
	p := firstAnswer(b, benchOptions(b))
	defer closed(b, p)
	b.SetBytes(floodChunk * floodChunks)
	for b.Loop() {
		received := counter(0)
		if err := p.Build(b.Context(), strategy.BuildRequest{ID: "logs"}, &received); err != nil {
			b.Fatal(err)
		}
		if received != floodChunk*floodChunks {
			b.Fatalf("received %d bytes of %d", received, floodChunk*floodChunks)
		}
	}
}

// What the flooding plugin sends in one build.
const (
	floodChunk  = 32 << 10
	floodChunks = 32 << 10
)

// flood sends a gigabyte of output.
func flood(events strategy.Events) error {
	chunk := make([]byte, floodChunk)
	for range floodChunks {
		if err := events.Send(strategy.Log{Data: chunk}); err != nil {
			return err
		}
	}
	return events.Send(strategy.Completed{Outcome: strategy.Failed})
}

// A counter counts the bytes of output.
type counter int

func (c *counter) Send(e strategy.Event) error {
	if l, ok := e.(strategy.Log); ok {
		*c += counter(len(l.Data))
	}
	return nil
}

func firstAnswer(b *testing.B, o pluginhost.Options) *pluginhost.Process {
	b.Helper()
	p, err := pluginhost.Start(b.Context(), command("flood"), o)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := p.Describe(b.Context(), strategy.DescribeRequest{}); err != nil {
		b.Fatal(err)
	}
	return p
}

func closed(b *testing.B, p *pluginhost.Process) {
	b.Helper()
	if err := p.Close(context.Background()); err != nil {
		b.Error(err)
	}
}

func forkAndExit(b *testing.B) {
	b.Helper()
	self, err := filepath.EvalSymlinks("/proc/self/exe")
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(b.Context(), self)
	cmd.Env = append(os.Environ(), modeKey+"=nothing")
	if err := cmd.Run(); err != nil {
		b.Fatal(err)
	}
}

// benchOptions leave a plugin time: nothing here is about graces.
func benchOptions(b *testing.B) pluginhost.Options {
	b.Helper()
	dir, err := os.MkdirTemp("/tmp", "ph") // short, for sockets
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { os.RemoveAll(dir) })
	return pluginhost.Options{SocketDir: dir}
}

func timed(f func()) time.Duration {
	begin := time.Now()
	f()
	return time.Since(begin)
}
