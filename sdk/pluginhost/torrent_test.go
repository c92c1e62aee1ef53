package pluginhost_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall"
	"testing"

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

// An answer may be large, but not without limit.
func TestLargeAnswer(t *testing.T) {
	o := options(t)
	o.CallTimeout = 0
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
		p := start(t, mode, quick(t))
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
