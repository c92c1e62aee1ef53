package pluginhost_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/slipway-build/slipway/sdk"
	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/rpc"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// modeKey makes this test binary a plugin, good or hostile, or a host.
const modeKey = "SLIPWAY_TEST_MODE"

func TestMain(m *testing.M) {
	switch mode := os.Getenv(modeKey); mode {
	case "":
		os.Exit(m.Run())
	case "host":
		runHost()
	default:
		runPlugin(mode)
	}
}

// runPlugin behaves as mode says, and serves if that leaves it alive.
func runPlugin(mode string) {
	if hangs(mode) {
		fmt.Fprintln(os.Stderr, "lost in thought")
	}
	switch mode {
	case "nothing":
		os.Exit(0)
	case "exit":
		fmt.Fprintln(os.Stderr, "no licence found")
		os.Exit(3)
	case "chatty":
		fmt.Println("hello from init()")
	case "longline":
		fmt.Println(strings.Repeat("x", 200<<10))
		fmt.Fprintln(os.Stderr, strings.Repeat("y", 200<<10))
	case "badlog":
		fmt.Fprintln(os.Stderr, `{"@message":1}`)
		fmt.Fprintln(os.Stderr, `{"@level":"warn","@message":"look out","depth":3}`)
	case "silent":
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	case "mute":
		os.Stdout.Close()
		select {}
	case "certificate":
		fmt.Printf("1|1|unix|/nowhere|grpc|%s\n", strings.Repeat("A", 100))
		os.Exit(4)
	case "major":
		fmt.Printf("1|2|unix|%s/s|grpc\n", os.Getenv("PLUGIN_UNIX_SOCKET_DIR"))
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	case "deaf":
		r, w, _ := os.Pipe()
		os.Stdin = r // hides the end of the lifeline
		defer w.Close()
	case "stubborn", "strays", "suspended":
		signal.Ignore(syscall.SIGTERM, syscall.SIGINT)
		r, w, _ := os.Pipe()
		os.Stdin = r // hides the end of the lifeline
		defer w.Close()
	}
	sdk.ServeStrategy(&plugin{mode: mode})
}

// plugin is a strategy with a behaviour.
type plugin struct {
	strategy.Unimplemented
	mode string
	met  atomic.Int32 // plans that were asked for
}

// hangs reports whether a plugin hangs in one of its methods.
func hangs(mode string) bool { return strings.HasPrefix(mode, "hang") || mode == "stubborn" }

func (p *plugin) hang(method string) {
	if p.mode == "hang"+method || p.mode == "stubborn" {
		select {}
	}
}

func (p *plugin) Describe(_ context.Context, _ strategy.DescribeRequest) (strategy.DescribeResponse, error) {
	if os.Getenv(rpc.CookieKey) == "" { // being served, not asked by Serve
		p.hang("Describe")
	}
	d := strategy.DescribeResponse{Name: p.mode, Version: "1.0.0"}
	if size, err := strconv.Atoi(strings.TrimPrefix(p.mode, "schemaMiB")); err == nil {
		d.ConfigSchema = []byte(`"` + strings.Repeat("x", size<<20) + `"`)
	}
	return d, nil
}

func (p *plugin) Validate(context.Context, strategy.ValidateRequest) (strategy.ValidateResponse, error) {
	p.hang("Validate")
	return strategy.ValidateResponse{}, nil
}

func (p *plugin) Plan(_ context.Context, r strategy.PlanRequest) (strategy.PlanResponse, error) {
	p.hang("Plan")
	if p.mode == "meeting" && p.met.Add(1) < 2 {
		select {} // the other comes, and is the end of both
	}
	if p.mode == "diesOfPlan" || p.mode == "meeting" || p.mode == "poisoned" && r.Target.Image == "poison" {
		os.Exit(9)
	}
	return strategy.PlanResponse{}, nil
}

func (p *plugin) Build(ctx context.Context, _ strategy.BuildRequest, events strategy.Events) error {
	if err := events.Send(strategy.StepStarted{ID: "a", Title: "begun"}); err != nil {
		return err
	}
	if slices.Contains([]string{"stubborn", "strays", "suspended"}, p.mode) {
		for signal.Ignored(syscall.SIGTERM) { // until the SDK has asked for it, which on a busy machine may take
			time.Sleep(time.Millisecond)
		}
		signal.Ignore(syscall.SIGTERM, syscall.SIGHUP)
	}
	p.hang("Build")
	switch p.mode {
	case "deaf":
		signal.Reset(syscall.SIGTERM) // as a plugin without the SDK
	case "flood":
		return flood(events)
	case "quick":
		return events.Send(built)
	case "torrent":
		return torrent(events)
	case "deluge":
		return deluge(events)
	case "latin1":
		return latin1(events)
	case "uncompleted":
		return nil
	case "lastwords":
		fmt.Fprint(os.Stderr, strings.Repeat("so it was\n", 5000), "these are my last words\n")
		fmt.Print("and these I printed\n")
		os.Exit(1)
	case "escapes":
		return escape(events)
	case "goexit":
		go func() { panic("kaboom in a goroutine") }()
		select {}
	case "grandchild":
		if err := grandchild(events, nil); err != nil {
			return err
		}
	case "strays":
		if err := grandchild(events, &syscall.SysProcAttr{Setsid: true}); err != nil {
			return err
		}
		select {}
	case "suspended":
		select {}
	}
	<-ctx.Done()
	if !errors.Is(context.Cause(ctx), strategy.ErrStopped) {
		return ctx.Err()
	}
	return events.Send(strategy.Completed{Outcome: strategy.Cancelled})
}

// grandchild starts a process that holds the witness and ignores SIGTERM, and
// says so.
func grandchild(events strategy.Events, attributes *syscall.SysProcAttr) error {
	child := exec.Command("sh", "-c", "trap '' TERM; sleep 1000 & wait")
	child.ExtraFiles = []*os.File{os.NewFile(3, "witness")}
	child.Stdout, child.Stderr = os.NewFile(1, "stdout"), os.NewFile(2, "stderr")
	child.SysProcAttr = attributes
	if err := child.Start(); err != nil {
		return err
	}
	return events.Send(strategy.StepStarted{ID: "grandchild"})
}

// escape starts a process that leaves the group and holds standard error open
// as long as it can write there, and dies.
func escape(events strategy.Events) error {
	child := exec.Command("sh", "-c", "while echo still here >&2; do sleep 0.01; done")
	child.Stderr = os.NewFile(2, "stderr")
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := child.Start(); err != nil {
		return err
	}
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	return events.Send(strategy.StepStarted{ID: "unreachable"})
}

// built is the end of a build that went well.
var built = strategy.Completed{Outcome: strategy.OK, Image: &strategy.Image{Reference: "oci:/x", ID: "sha256:1"}}

// Sizes of a torrent: much more than any buffer on the way.
const (
	torrentBytes = 32 << 20
	torrentLine  = 32 << 10
)

// torrent prints and logs as fast as it can, with steps in between.
func torrent(events strategy.Events) error {
	line := strings.Repeat("z", torrentLine-1) + "\n"
	for i := range torrentBytes / torrentLine {
		fmt.Fprint(os.Stderr, line)
		id := fmt.Sprint("torrent", i)
		for _, e := range []strategy.Event{
			strategy.StepStarted{ID: id}, strategy.Log{Step: id, Data: []byte(line)}, strategy.StepFinished{ID: id, Outcome: strategy.OK},
		} {
			if err := events.Send(e); err != nil {
				return err
			}
		}
	}
	return events.Send(built)
}

// delugeKey says for how long a deluge goes on.
const delugeKey = "SLIPWAY_TEST_DELUGE"

// deluge logs and prints at full speed, from many goroutines, and says in its
// last step how many lines it logged.
func deluge(events strategy.Events) error {
	lasts, err := time.ParseDuration(os.Getenv(delugeKey))
	if err != nil {
		return err
	}
	end := time.Now().Add(lasts)
	var all sync.WaitGroup
	var lines atomic.Int64
	for range 4 {
		all.Go(func() {
			for time.Now().Before(end) {
				_ = events.Send(strategy.Log{Step: "a", Data: []byte("and another line\n")})
				lines.Add(1)
				fmt.Fprintln(os.Stderr, "and another line")
			}
		})
	}
	all.Wait()
	_ = events.Send(strategy.StepFinished{ID: "a", Outcome: strategy.OK, Detail: fmt.Sprint(lines.Load())})
	return events.Send(built)
}

// oddText is no UTF-8, as the output of many programs.
const oddText = "caf\xe9 \xff\xfe\n"

// latin1 says it everywhere.
func latin1(events strategy.Events) error {
	fmt.Fprint(os.Stderr, oddText)
	for _, e := range []strategy.Event{
		strategy.StepStarted{ID: "b", Title: oddText},
		strategy.Log{Step: "b", Data: []byte(oddText)},
		strategy.StepFinished{ID: "b", Outcome: strategy.Failed, Detail: oddText},
	} {
		if err := events.Send(e); err != nil {
			return err
		}
	}
	return errors.New(oddText)
}

// options are those of a host that is patient with a busy machine, and whose
// plugins leave no socket behind.
func options(t testing.TB) pluginhost.Options {
	dir, err := os.MkdirTemp("/tmp", "ph")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("left behind in the socket folder: %v", left)
		}
		os.RemoveAll(dir)
	})
	return pluginhost.Options{
		StartTimeout: patience, CallTimeout: patience, StopGrace: patience, LifelineGrace: patience, TermGrace: patience, SocketDir: dir,
	}
}

// patience is more than any plugin takes that does what it should.
const patience = 30 * time.Second

func command(mode string) pluginhost.Command {
	self, _ := filepath.EvalSymlinks("/proc/self/exe")
	return pluginhost.Command{Name: mode, Path: self, Env: append(pluginhost.Environment(os.Environ()), modeKey+"="+mode)}
}

// start starts a plugin that is ended, with nothing left, when the test ends.
// One that hangs has spoken before it returns.
func start(t *testing.T, mode string, o pluginhost.Options) *pluginhost.Process {
	t.Helper()
	p := startCommand(t, command(mode), o)
	for hangs(mode) && p.Stderr() == "" && t.Context().Err() == nil {
		time.Sleep(time.Millisecond)
	}
	return p
}

func startCommand(t *testing.T, c pluginhost.Command, o pluginhost.Options) *pluginhost.Process {
	t.Helper()
	p, err := pluginhost.Start(t.Context(), c, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(context.Background()); err != nil {
			t.Error(err)
		}
		gone(t, p.PID())
	})
	return p
}

// gone fails when a process of the group is left, and stays: what was killed
// takes the kernel a moment to end.
func gone(t *testing.T, group int) {
	t.Helper()
	for end := time.Now().Add(patience); !pluginhost.GroupIsOver(group); {
		if time.Now().After(end) {
			t.Fatalf("processes of group %d are left", group)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// events sends what it receives to a channel.
type events chan strategy.Event

func (e events) Send(event strategy.Event) error { e <- event; return nil }
