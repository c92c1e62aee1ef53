package pluginhost_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/slipway-build/slipway/sdk/strategy"
)

// A program that is still open for writing when it is started is started when
// it no longer is.
func TestStartBusyProgram(t *testing.T) {
	content, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Skip("this program cannot be read: ", err)
	}
	c := command("good")
	c.Path = filepath.Join(t.TempDir(), "plugin")
	if err := os.WriteFile(c.Path, content, 0o700); err != nil {
		t.Fatal(err)
	}
	writer, err := os.OpenFile(c.Path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(30*time.Millisecond, func() { writer.Close() })
	p := startCommand(t, c, options(t))
	if _, err := p.Describe(t.Context(), strategy.DescribeRequest{}); err != nil {
		t.Error(err)
	}
}

// What a build says last arrives, although the lifeline has ended.
func TestCompletedAfterLifeline(t *testing.T) {
	for range 20 {
		p := start(t, "good", options(t))
		out, wait := build(t.Context(), p)
		p.HangUp()
		if err := wait(); err != nil {
			t.Fatal(err)
		}
		if c, ok := (<-out).(strategy.Completed); !ok || c.Outcome != strategy.Cancelled {
			t.Fatalf("got %v", c)
		}
	}
}

// A plugin that gives no sign of life is told of, and in the end given up.
func TestSilenceIsTold(t *testing.T) {
	said := make(chan string, 100)
	o := options(t)
	o.Silence, o.StallTimeout = 20*time.Millisecond, 500*time.Millisecond
	o.Log = tell(said)
	p := start(t, "good", o)
	_, wait := build(t.Context(), p)
	want := "plugin good: waiting for the build: it said nothing for 500ms"
	if err := wait(); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if got, want := <-said, "WARN plugin good has given no sign of life for 20ms; it may hang"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func tell(said chan<- string) func(slog.Level, string) {
	return func(level slog.Level, line string) { said <- level.String() + " " + line }
}
