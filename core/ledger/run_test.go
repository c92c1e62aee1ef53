package ledger_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/slipway-build/slipway/core/ledger"
)

// childDir tells the re-executed test binary to be a process of its own that
// works in this state directory.
const childDir, childPart = "LEDGER_TEST_DIR", "LEDGER_TEST_PART"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		child(dir, os.Getenv(childPart))
		return
	}
	os.Exit(m.Run())
}

func child(dir, part string) {
	l, err := ledger.Open(dir)
	exitOn(err)
	switch part {
	case "abandon": // begins a run and waits to be killed
		r, err := l.Begin(ledger.Info{})
		exitOn(err)
		os.Stdout.WriteString(r.ID() + "\n")
		select {}
	case "full disk":
		fillDisk(l)
	}
}

func exitOn(err error) {
	if err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
}

// fillDisk journals until the file may not grow, lifts the limit and goes on.
func fillDisk(l *ledger.Ledger) {
	signal.Ignore(unix.SIGXFSZ)
	var was unix.Rlimit
	exitOn(unix.Getrlimit(unix.RLIMIT_FSIZE, &was))
	r, err := l.Begin(ledger.Info{})
	exitOn(err)
	b, err := l.Builds(context.Background())
	exitOn(err)
	exitOn(unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 1000, Max: was.Max}))
	fits := 0
	for ; err == nil; fits++ {
		err = r.Record(push(strings.Repeat("x", 50)))
	}
	if !errors.Is(err, unix.EFBIG) {
		exitOn(errors.Join(errors.New("the journal took more than the disk holds"), err))
	}
	for err = nil; err == nil; {
		err = b.Remember(context.Background(), ledger.Build{Key: "k", ImageID: strings.Repeat("y", 70)})
	}
	exitOn(unix.Setrlimit(unix.RLIMIT_FSIZE, &was))
	exitOn(r.Record(push("after")))
	exitOn(b.Remember(context.Background(), ledger.Build{Key: "after", ImageID: "id"}))
	exitOn(r.End(fits - 1))
}

func push(digest string) ledger.Entry {
	return ledger.Entry{Pushed: &ledger.Push{Image: "web", Repository: "r/web", Digest: digest}}
}

func startChild(t *testing.T, dir, part string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe")
	cmd.Env = append(os.Environ(), childDir+"="+dir, childPart+"="+part)
	return cmd
}

func open(t *testing.T, dir string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(dir)
	check(t, err)
	return l
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestRunIsReadAsItWasJournaled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := open(t, t.TempDir())
		process := ledger.Process{PID: 1, Start: 2, Boot: "b"}
		info := ledger.Info{Playbooks: []string{"site.yml"}, User: "ann", Process: process}
		r, err := l.Begin(info)
		check(t, err)
		begun := time.Now().UTC()
		time.Sleep(time.Second)
		check(t, r.Record(push("sha256:1")))
		check(t, r.End(3))

		got, err := l.Read(r.ID())
		check(t, err)
		second := push("sha256:1")
		second.Time = begun.Add(time.Second)
		want := []ledger.Entry{
			{Time: begun, Begun: &info},
			second,
			{Time: begun.Add(time.Second), Ended: &ledger.End{Code: 3}},
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		runs, err := l.Runs()
		check(t, err)
		wantRuns := []ledger.Summary{{ID: r.ID(), Begun: begun, Info: info, Ended: begun.Add(time.Second), Last: begun.Add(time.Second), Code: 3}}
		if d := cmp.Diff(wantRuns, runs, cmp.FilterPath(
			func(p cmp.Path) bool { return p.Last().String() == ".Busy" }, cmp.Ignore())); d != "" {
			t.Error(d)
		}
	})
}

func TestRunsAreSortedNewestFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := open(t, t.TempDir())
		var want []string
		for range 3 {
			r, err := l.Begin(ledger.Info{})
			check(t, err)
			check(t, r.End(0))
			want = append([]string{r.ID()}, want...)
			time.Sleep(time.Millisecond)
		}
		runs, err := l.Runs()
		check(t, err)
		var got []string
		for _, r := range runs {
			got = append(got, r.ID)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
}

func TestRecordWantsOneThing(t *testing.T) {
	r, err := open(t, t.TempDir()).Begin(ledger.Info{})
	check(t, err)
	both := push("d")
	both.Ended = &ledger.End{}
	for _, e := range []ledger.Entry{{}, both} {
		if err := r.Record(e); err == nil || err.Error() != "a journal entry needs exactly one thing that happened" {
			t.Errorf("Record(%+v) = %v", e, err)
		}
	}
	check(t, r.End(0))
	if err := r.Record(push("d")); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Record after End = %v", err)
	}
}

func TestTornLastLineIsCutOff(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	r, err := l.Begin(ledger.Info{})
	check(t, err)
	check(t, r.Record(push("whole")))
	check(t, r.Close())
	path := filepath.Join(r.Dir(), "journal.jsonl")
	whole, err := os.ReadFile(path)
	check(t, err)
	// A torn line may be longer than what is read at once, and may look whole but for its newline.
	for _, torn := range []string{"{", `{"pushed":{"digest":"torn"}}`, `{"` + strings.Repeat("z", 10000)} {
		check(t, os.WriteFile(path, append(whole, torn...), 0o600))
		if digests := pushes(t, l, r.ID()); !cmp.Equal(digests, []string{"whole"}) {
			t.Errorf("with %.40q at the end: %v", torn, digests)
		}
		again, err := l.Resume(r.ID(), anyway)
		check(t, err)
		check(t, again.Record(push("later")))
		check(t, again.Close())
		if digests := pushes(t, l, r.ID()); !cmp.Equal(digests, []string{"whole", "later"}) {
			t.Errorf("appended after %.40q: %v", torn, digests)
		}
	}
}

func TestDamageInTheMiddleIsAnError(t *testing.T) {
	l := open(t, t.TempDir())
	r, err := l.Begin(ledger.Info{})
	check(t, err)
	path := filepath.Join(r.Dir(), "journal.jsonl")
	check(t, os.WriteFile(path, []byte("{\"ended\":{\"code\":1}}\nnonsense\n{\"ended\":{\"code\":1}}\n"), 0o600))
	_, err = l.Read(r.ID())
	want := "reading " + path + ": line 2, 21 bytes in, is damaged: invalid character 'o' in literal null (expecting 'u')"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func pushes(t *testing.T, l *ledger.Ledger, id string) (digests []string) {
	t.Helper()
	entries, err := l.Read(id)
	check(t, err)
	for _, e := range entries {
		if e.Pushed != nil {
			digests = append(digests, e.Pushed.Digest)
		}
	}
	return digests
}

func TestUnknownRun(t *testing.T) {
	l := open(t, t.TempDir())
	for _, id := range []string{"", "..", "../../etc", "20260101T000000.000Z-abcdef"} {
		_, err := l.Read(id)
		if !errors.Is(err, ledger.ErrUnknownRun) {
			t.Errorf("Read(%q) = %v", id, err)
		}
		if _, err := l.Resume(id, anyway); !errors.Is(err, ledger.ErrUnknownRun) {
			t.Errorf("Resume(%q) = %v", id, err)
		}
	}
}

func TestUnfinishedRunsAreThoseOfDeadProcesses(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	cmd := startChild(t, dir, "abandon")
	out, err := cmd.StdoutPipe()
	check(t, err)
	check(t, cmd.Start())
	line := make([]byte, 64)
	n, err := out.Read(line)
	check(t, err)
	id := strings.TrimSpace(string(line[:n]))

	if left, err := l.Unfinished(); err != nil || len(left) != 0 {
		t.Errorf("while it runs: %v, %v", left, err)
	}
	if _, err := l.Resume(id, anyway); !errors.Is(err, ledger.ErrBusy) {
		t.Errorf("Resume while it runs = %v", err)
	}
	check(t, cmd.Process.Kill())
	cmd.Wait()
	left, err := l.Unfinished()
	check(t, err)
	if len(left) != 1 || left[0].ID != id {
		t.Fatalf("after it was killed: %+v", left)
	}
	r, err := l.Resume(id, anyway)
	check(t, err)
	check(t, r.End(0))
	if left, err := l.Unfinished(); err != nil || len(left) != 0 {
		t.Errorf("after it was resumed and ended: %v, %v", left, err)
	}
}

func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if out, err := startChild(t, dir, "full disk").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	l := open(t, dir)
	runs, err := l.Runs()
	check(t, err)
	digests := pushes(t, l, runs[0].ID)
	if len(digests) != runs[0].Code+1 || digests[len(digests)-1] != "after" || runs[0].Code < 1 {
		t.Errorf("%d entries were acknowledged, read %v", runs[0].Code, digests)
	}
	b, err := l.Builds(t.Context())
	check(t, err)
	if _, ok, err := b.Built("after"); err != nil || !ok {
		t.Errorf("Built(after) = %v, %v", ok, err)
	}
}

func TestLogPathsDiffer(t *testing.T) {
	r, err := open(t, t.TempDir()).Begin(ledger.Info{})
	check(t, err)
	seen := map[string]bool{}
	long := strings.Repeat("l", 300)
	for _, p := range [][2]string{{"a", "b"}, {"a,b", ""}, {"", "a,b"}, {"..", ".."}, {"a/b", "c"}, {"a", "b/c"}, {long, "1"}, {long, "2"}} {
		path := r.LogPath(p[0], p[1])
		if seen[path] || filepath.Dir(path) != filepath.Join(r.Dir(), "logs") {
			t.Errorf("LogPath(%.20q, %.20q) = %s", p[0], p[1], path)
		}
		seen[path] = true
		check(t, os.WriteFile(path, nil, 0o600))
	}
}

func TestLogs(t *testing.T) {
	l := open(t, t.TempDir())
	r, err := l.Begin(ledger.Info{})
	check(t, err)
	want := []ledger.Log{{Image: "web", Task: "Build, and 100 % more"}, {Image: "a/b", Task: "Smoke"}, {Image: "web", Task: strings.Repeat("ü", 32)}}
	for i := range want {
		task := want[i].Task
		if i == 2 {
			task = strings.Repeat("ü", 300)
		}
		want[i].Path, want[i].Last = r.LogPath(want[i].Image, task), time.Unix(int64(1000+i), 0)
		check(t, os.WriteFile(want[i].Path, nil, 0o600))
		check(t, os.Chtimes(want[i].Path, want[i].Last, want[i].Last))
	}
	got, err := l.Logs(r.ID())
	check(t, err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	check(t, os.RemoveAll(filepath.Join(r.Dir(), "logs")))
	if got, err := l.Logs(r.ID()); len(got) > 0 || err != nil {
		t.Errorf("of a pruned run: %v, %v", got, err)
	}
	if _, err := l.Logs("20260101T000000.000Z-000000"); !errors.Is(err, ledger.ErrUnknownRun) {
		t.Errorf("of no run: %v", err)
	}
}

func TestProcessNumbersAreNotEnough(t *testing.T) {
	self, err := ledger.Self()
	check(t, err)
	if alive, err := self.Alive(); !alive || err != nil {
		t.Errorf("Alive(self) = %v, %v", alive, err)
	}
	for _, other := range []ledger.Process{
		{PID: self.PID, Start: self.Start + 1, Boot: self.Boot},
		{PID: self.PID, Start: self.Start, Boot: "another boot"},
		{PID: 1 << 30, Start: self.Start, Boot: self.Boot},
	} {
		if alive, err := other.Alive(); alive || err != nil {
			t.Errorf("Alive(%+v) = %v, %v", other, alive, err)
		}
	}
}

// anyway takes up every run.
func anyway([]ledger.Entry) error { return nil }

// Who looks at a project in which nothing was ever done leaves it as it is.
func TestLookingMakesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	l, err := ledger.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	runs, err := l.Runs()
	open, err2 := l.OpenPromotions()
	history, err3 := l.History("web")
	pruned, err4 := l.Prune(ledger.Keep{}, false)
	if err := errors.Join(err, err2, err3, err4); err != nil || len(runs)+len(open)+len(history)+len(pruned) > 0 {
		t.Errorf("%v, %v, %v, %v; %v", runs, open, history, pruned, err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s was made: %v", dir, err)
	}
}
