package pluginhost_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/platform"
	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

func TestStartFails(t *testing.T) {
	tests := map[string]string{
		"exit":   "plugin exit (pid N) exited with status 3 before it was ready; it said last:\n  no licence found",
		"silent": "starting plugin silent: it did not say within 400ms that it was ready",
		"mute":   "starting plugin mute: it closed its standard output without the handshake",
		"major":  "error[plugin.version]: plugin major speaks protocol 2, and slipway speaks 1 (install a version of major for protocol 1, or another slipway)",
	}
	for mode, want := range tests {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			o := options(t)
			if mode == "silent" {
				o.StartTimeout = 400 * time.Millisecond
			}
			_, err := pluginhost.Start(t.Context(), command(mode), o)
			if diff := cmp.Diff(want, pidless(err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// pidless is the text of err with process numbers made N.
func pidless(err error) string {
	return regexp.MustCompile(`pid \d+`).ReplaceAllString(fmt.Sprint(err), "pid N")
}

// A handshake with a certificate must not crash a host that uses no TLS, and
// one without a server behind it is a crash at the first call.
func TestHandshakeOnly(t *testing.T) {
	p := start(t, "certificate", options(t))
	_, err := p.Describe(t.Context(), strategy.DescribeRequest{})
	if want := "plugin certificate (pid N) exited with status 4"; pidless(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestStartMissingProgram(t *testing.T) {
	_, err := pluginhost.Start(t.Context(), pluginhost.Command{Path: "/no/such/program"}, options(t))
	want := "starting plugin program: fork/exec /no/such/program: no such file or directory"
	if fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// What the kernel says of a program that it cannot start is put into words.
func TestStartNoProgram(t *testing.T) {
	tests := map[string]struct{ content, want string }{
		"foreign":     {"\x7fELF and nothing else", "exec format error: it is neither a program for this machine, " + platform.Own() + ", nor a script with #! at its beginning"},
		"script":      {"#!/no/such/interpreter -x\n", "no such file or directory: the program is there, and its interpreter, /no/such/interpreter -x, is not"},
		"interpreted": {"#!/bin/sh\nexit 3\n", "exited with status 3 before it was ready"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, []byte(test.content), 0o700); err != nil {
				t.Fatal(err)
			}
			_, err := pluginhost.Start(t.Context(), pluginhost.Command{Path: path}, options(t))
			if !strings.HasSuffix(fmt.Sprint(err), test.want) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestStartLongSocketPath(t *testing.T) {
	o := options(t)
	o.SocketDir = "/tmp/" + strings.Repeat("x", 80)
	_, err := pluginhost.Start(t.Context(), command("good"), o)
	want := "starting plugin good: the socket's path would have 123 bytes, more than 107; choose a folder shorter than " + o.SocketDir
	if fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestStartCancelled(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("interrupted"))
	_, err := pluginhost.Start(ctx, command("silent"), options(t))
	if want := "starting plugin silent: interrupted"; fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// A plugin that prints where it should not is still a plugin.
func TestTolerated(t *testing.T) {
	for _, mode := range []string{"good", "chatty", "longline", "badlog"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			p := start(t, mode, options(t))
			d, err := p.Describe(t.Context(), strategy.DescribeRequest{})
			if err != nil || d.Name != mode {
				t.Fatalf("got %+v, %v", d, err)
			}
			if mode == "chatty" && !slices.Equal(p.Stray(), []string{"hello from init()"}) {
				t.Errorf("stray: %q", p.Stray())
			}
		})
	}
}

func TestLogLines(t *testing.T) {
	var mu sync.Mutex
	var got []string
	o := options(t)
	o.Log = func(level slog.Level, line string) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, level.String()+" "+line)
	}
	p := start(t, "badlog", o)
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{`INFO {"@message":1}`, "WARN look out depth=3"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestHangs(t *testing.T) {
	calls := map[string]func(*pluginhost.Process, context.Context) error{
		"Describe": func(p *pluginhost.Process, ctx context.Context) error {
			_, err := p.Describe(ctx, strategy.DescribeRequest{})
			return err
		},
		"Validate": func(p *pluginhost.Process, ctx context.Context) error {
			_, err := p.Validate(ctx, strategy.ValidateRequest{})
			return err
		},
		"Plan": func(p *pluginhost.Process, ctx context.Context) error {
			_, err := p.Plan(ctx, strategy.PlanRequest{})
			return err
		},
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := start(t, "hang"+name, impatient(t))
			want := fmt.Sprintf("plugin hang%s: waiting for the strategy's answer: it did not answer %s within 300ms%s", name, name, lastWords)
			if err := call(p, t.Context()); fmt.Sprint(err) != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

// lastWords is how an error quotes what plugins say that hang.
const lastWords = "; it said last:\n  lost in thought"

// impatient is for plugins that do nothing of what they are asked to do.
func impatient(t *testing.T) pluginhost.Options {
	o := options(t)
	o.CallTimeout, o.StopGrace = 300*time.Millisecond, 300*time.Millisecond
	o.LifelineGrace, o.TermGrace = 200*time.Millisecond, 200*time.Millisecond
	return o
}

// build starts a build, waits until it has begun, and returns how to get its
// error.
func build(ctx context.Context, p *pluginhost.Process) (events, func() error) {
	out, result := make(events, 100), make(chan error, 1)
	go func() {
		err := p.Build(ctx, strategy.BuildRequest{ID: "b"}, out)
		close(out)
		result <- err
	}()
	<-out
	return out, func() error { return <-result }
}

func TestBuildStops(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	p := start(t, "good", options(t))
	out, wait := build(ctx, p)
	cancel(errors.New("interrupted"))
	if err := wait(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strategy.Event(strategy.Completed{Outcome: strategy.Cancelled}), <-out); diff != "" {
		t.Error(diff)
	}
}

func TestBuildIgnoresStop(t *testing.T) {
	for _, mode := range []string{"hangBuild", "stubborn"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancelCause(t.Context())
			p := start(t, mode, impatient(t))
			_, wait := build(ctx, p)
			cancel(errors.New("interrupted"))
			want := "plugin " + mode + ": stopping the build (interrupted): it did not complete within 300ms" + lastWords
			if err := wait(); fmt.Sprint(err) != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

// A plugin is ended while it builds, in bounded time: one that answers Stop and
// goes on, and one that answers nothing, because it is suspended.
func TestCloseDuringBuild(t *testing.T) {
	for _, suspended := range []bool{false, true} {
		t.Run(fmt.Sprint("suspended ", suspended), func(t *testing.T) {
			t.Parallel()
			p := start(t, "hangBuild", impatient(t))
			_, wait := build(t.Context(), p)
			if suspended {
				if err := syscall.Kill(p.PID(), syscall.SIGSTOP); err != nil {
					t.Fatal(err)
				}
			}
			if err := p.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err, want := wait(), "plugin hangBuild: it was ended before it had answered"; fmt.Sprint(err) != want {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
}

// Every step of the ladder that is taken is told.
func TestLadder(t *testing.T) {
	const lifeline = "WARN plugin %s goes on although its input has ended; sending SIGTERM"
	const term = "WARN plugin %s ignores SIGTERM; killing it"
	patient, once, never := options(t), options(t), impatient(t)
	once.LifelineGrace = never.LifelineGrace
	tests := map[string]struct {
		pluginhost.Options
		want []string
	}{"good": {patient, nil}, "deaf": {once, []string{lifeline}}, "stubborn": {never, []string{lifeline, term}}}
	for mode, test := range tests {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var got []string
			test.Log = func(level slog.Level, line string) {
				mu.Lock()
				defer mu.Unlock()
				if level == slog.LevelWarn {
					got = append(got, level.String()+" "+strings.Replace(line, mode, "%s", 1))
				}
			}
			p := start(t, mode, test.Options)
			build(t.Context(), p)
			if err := p.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBuildSuspended(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	p := start(t, "hangBuild", impatient(t)) // a good one may be done before it is stopped
	_, wait := build(ctx, p)
	if err := syscall.Kill(p.PID(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	cancel(errors.New("interrupted"))
	want := "plugin hangBuild: stopping the build (interrupted): it did not complete within 300ms" + lastWords
	if err := wait(); fmt.Sprint(err) != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestBuildKilled(t *testing.T) {
	p := start(t, "good", options(t))
	_, wait := build(t.Context(), p)
	if err := syscall.Kill(p.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	err := wait()
	crash, ok := errors.AsType[*pluginhost.CrashError](err)
	if !ok || crash.Signal != syscall.SIGKILL || crash.PID != p.PID() || crash.Name != "good" {
		t.Errorf("got %#v", err)
	}
	if want := "plugin good (pid N) was killed by SIGKILL"; pidless(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestBuildPanicsInGoroutine(t *testing.T) {
	p := start(t, "goexit", options(t))
	_, wait := build(t.Context(), p)
	err := wait()
	if text := pidless(err); !strings.HasPrefix(text, "plugin goexit (pid N) exited with status 2; it said last:\n") ||
		!strings.Contains(text, "kaboom in a goroutine") {
		t.Errorf("got %v", err)
	}
}

func TestBuildUncompleted(t *testing.T) {
	p := start(t, "uncompleted", options(t))
	out, wait := build(t.Context(), p)
	if err := wait(); err != nil {
		t.Fatal(err)
	}
	want := strategy.Completed{Outcome: strategy.Failed, Diagnostics: diag.List{{
		Code: "plugin.protocol", Summary: "the build ended without saying how", Fix: "report this to the author of the strategy",
	}}}
	if diff := cmp.Diff(strategy.Event(want), <-out); diff != "" {
		t.Error(diff)
	}
}

// A grandchild that holds standard error open neither delays the end nor
// survives it. The witness is a pipe that ends when nobody holds it any more.
func TestGrandchild(t *testing.T) {
	witness, held, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c := command("grandchild")
	c.ExtraFiles = []*os.File{held}
	p := startCommand(t, c, options(t))
	held.Close()
	out, wait := build(t.Context(), p)
	<-out // the grandchild has started
	if err := syscall.Kill(p.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if _, ok := errors.AsType[*pluginhost.CrashError](wait()); !ok {
		t.Error("no crash was reported")
	}
	if _, err := io.ReadAll(witness); err != nil {
		t.Error(err)
	}
}

// What a plugin that has to be killed has started in other groups ends with it.
func TestStrays(t *testing.T) {
	witness, held, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c := command("strays")
	c.ExtraFiles = []*os.File{held}
	p := startCommand(t, c, impatient(t))
	held.Close()
	out, wait := build(t.Context(), p)
	<-out // the grandchild has started
	if err := p.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if err, want := wait(), "plugin strays: it was ended before it had answered"; fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := io.ReadAll(witness); err != nil {
		t.Error(err)
	}
}

// What a plugin prints just before it dies is told, all of it and at once.
func TestLastWords(t *testing.T) {
	p := start(t, "lastwords", options(t))
	_, wait := build(t.Context(), p)
	crash, ok := errors.AsType[*pluginhost.CrashError](wait())
	if !ok {
		t.Fatal("no crash was reported")
	}
	if want := strings.Repeat("so it was\n", 5000) + "these are my last words\n"; crash.Stderr != want {
		t.Errorf("got %d bytes, want %d; they end with %q", len(crash.Stderr), len(want), crash.Stderr[max(0, len(crash.Stderr)-100):])
	}
	if want := []string{"and these I printed"}; !slices.Equal(p.Stray(), want) {
		t.Errorf("printed %q, want %q", p.Stray(), want)
	}
}

// A process that left the group of a dead plugin and goes on writing to its
// standard error delays nothing; it ends when nobody reads that any more.
func TestEscapedGrandchild(t *testing.T) {
	p := start(t, "escapes", options(t))
	_, wait := build(t.Context(), p)
	if crash, ok := errors.AsType[*pluginhost.CrashError](wait()); !ok || crash.Signal != syscall.SIGKILL {
		t.Errorf("got %v", crash)
	}
}
