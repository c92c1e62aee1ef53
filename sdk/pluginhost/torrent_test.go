package pluginhost_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A tally counts what a build says.
type tally struct {
	started, finished, shed, bytes int
	last                           strategy.Event
}

func (c *tally) Send(e strategy.Event) error {
	c.last = e
	switch e := e.(type) {
	case strategy.StepStarted:
		c.started++
	case strategy.StepFinished:
		c.finished++
	case strategy.Log:
		c.bytes += len(e.Data)
		c.shed += int(e.Dropped)
	}
	return nil
}

// A plugin that floods both its standard error and its build's log loses no
// step and no line unnoticed, and the host keeps 64 KiB of it.
func TestTorrent(t *testing.T) {
	p := start(t, "torrent", options(t))
	var got tally
	if err := p.Build(t.Context(), strategy.BuildRequest{ID: "b"}, &got); err != nil {
		t.Fatal(err)
	}
	const steps = torrentBytes / torrentLine
	if got.started != steps+1 || got.finished != steps { // the first is opened by every build
		t.Errorf("%d steps begun and %d finished, want %d", got.started, got.finished, steps)
	}
	if got.bytes+got.shed*torrentLine != torrentBytes {
		t.Errorf("%d bytes and %d lines shed, want %d bytes", got.bytes, got.shed, torrentBytes)
	}
	if c, ok := got.last.(strategy.Completed); !ok || c.Outcome != strategy.OK {
		t.Errorf("ended with %v", got.last)
	}
	if n := len(p.Stderr()); n > 64<<10 {
		t.Errorf("kept %d bytes of its standard error", n)
	}
}

// A plugin that floods its log and its standard error at full speed for ten
// seconds costs the host little memory, and neither a step nor, uncounted, a
// line of the log.
func TestDeluge(t *testing.T) {
	lasts := "10s"
	if testing.Short() {
		lasts = "500ms"
	}
	c := command("deluge")
	c.Env = append(c.Env, delugeKey+"="+lasts)
	p := startCommand(t, c, options(t))
	before := heap()
	got := lineTally{}
	if err := p.Build(t.Context(), strategy.BuildRequest{ID: "b"}, &got); err != nil {
		t.Fatal(err)
	}
	if grown := int64(heap()) - int64(before); grown > 32<<20 {
		t.Errorf("the host's heap grew by %d MiB", grown>>20)
	}
	if sent := fmt.Sprint(got.kept + got.shed); got.detail != sent {
		t.Errorf("%d lines came and %d were shed; %s were logged", got.kept, got.shed, got.detail)
	}
	t.Logf("%d lines came, %d were shed", got.kept, got.shed)
}

// heap is what is in use after a collection, in bytes.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// A lineTally counts lines of output.
type lineTally struct {
	kept, shed int
	detail     string
}

func (c *lineTally) Send(e strategy.Event) error {
	switch e := e.(type) {
	case strategy.Log:
		c.kept += bytes.Count(e.Data, []byte("\n"))
		c.shed += int(e.Dropped)
	case strategy.StepFinished:
		c.detail = e.Detail
	}
	return nil
}

// What is no UTF-8 breaks nothing: output arrives byte by byte, texts readable.
func TestOddText(t *testing.T) {
	p := start(t, "latin1", options(t))
	out, wait := build(t.Context(), p)
	if err := wait(); fmt.Sprint(err) != "plugin latin1: caf\uFFFD \uFFFD\n" {
		t.Errorf("got %q", err)
	}
	var got []strategy.Event
	for e := range out {
		got = append(got, e)
	}
	const readable = "caf\uFFFD \uFFFD\n"
	want := []strategy.Event{
		strategy.StepStarted{ID: "b", Title: readable},
		strategy.Log{Step: "b", Data: []byte(oddText)},
		strategy.StepFinished{ID: "b", Outcome: strategy.Failed, Detail: readable},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p.Stderr() != oddText {
		t.Errorf("its standard error was %q", p.Stderr())
	}
}

// An answer may be large, but not without limit.
func TestLargeAnswer(t *testing.T) {
	o := options(t)
	d, err := start(t, "schemaMiB8", o).Describe(t.Context(), strategy.DescribeRequest{})
	if err != nil || len(d.ConfigSchema) != 8<<20+2 {
		t.Errorf("got %d bytes, %v", len(d.ConfigSchema), err)
	}
	_, err = start(t, "schemaMiB17", o).Describe(t.Context(), strategy.DescribeRequest{})
	if err == nil || !strings.Contains(err.Error(), "trying to send message larger than max") {
		t.Errorf("got %v", err)
	}
}

// Hostile plugins that run at once trouble neither each other nor a good one.
func TestTogether(t *testing.T) {
	modes := map[string]string{
		"good":     "",
		"torrent":  "",
		"goexit":   "plugin goexit (pid N) exited with status 2",
		"stubborn": "plugin stubborn: stopping the build (interrupted): it did not complete within 300ms",
		"killed":   "plugin killed (pid N) was killed by SIGKILL",
	}
	var all sync.WaitGroup
	for mode, want := range modes {
		o := options(t)
		if mode == "stubborn" {
			o = impatient(t)
		}
		p := start(t, mode, o)
		all.Go(func() {
			if err := troubled(t, mode, p); want != "" && !strings.HasPrefix(pidless(err), want) || want == "" && err != nil {
				t.Errorf("%s: got %v, want %s", mode, err, want)
			}
		})
	}
	all.Wait()
}

// troubled builds with a plugin, and gives it the trouble of its mode.
func troubled(t *testing.T, mode string, p *pluginhost.Process) error {
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	begun := func() {
		switch mode {
		case "killed":
			_ = syscall.Kill(p.PID(), syscall.SIGKILL)
		case "good", "stubborn":
			cancel(errors.New("interrupted"))
		}
	}
	var once sync.Once
	return p.Build(ctx, strategy.BuildRequest{ID: fmt.Sprint("b-", mode)}, sender(func(strategy.Event) { once.Do(begun) }))
}

type sender func(strategy.Event)

func (s sender) Send(e strategy.Event) error { s(e); return nil }
