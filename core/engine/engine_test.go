package engine_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A recorder keeps events.
type recorder struct {
	mu     sync.Mutex
	events []event.Event
}

func (r *recorder) Emit(e event.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

// ends lists how steps ended: "Build web ok", in their order.
func (r *recorder) ends() []string {
	var out []string
	for _, e := range r.events {
		if f, ok := e.(event.StepFinished); ok {
			line := f.Step.Name + " " + f.Step.Image + " " + string(f.Outcome)
			if f.Result.Cause != "" {
				line += " by " + f.Result.Cause
			}
			out = append(out, line)
		}
	}
	return out
}

func (r *recorder) finished() event.RunFinished {
	last, _ := r.events[len(r.events)-1].(event.RunFinished)
	return last
}

// An action that does what a function says.
type act func(context.Context, engine.Step) (engine.Result, error)

func (f act) Run(ctx context.Context, s engine.Step) (engine.Result, error) { return f(ctx, s) }

// ok takes a second and is content.
func ok(context.Context, engine.Step) (engine.Result, error) {
	time.Sleep(time.Second)
	return engine.Result{Changed: true}, nil
}

// failing is ok but for one image, for which it answers err.
func failing(image string, err error) act {
	return func(ctx context.Context, s engine.Step) (engine.Result, error) {
		if s.Image.Name == image {
			time.Sleep(time.Second)
			return engine.Result{}, err
		}
		return ok(ctx, s)
	}
}

// family is base ← java ← {app, web}, and other alone.
var parents = map[string]string{"java": "base", "app": "java", "web": "java"}

// prepare loads a playbook over the family.
func prepare(t *testing.T, book string, actions map[string]engine.Action) *plan.Plan {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"base", "java", "app", "web", "other"} {
		if err := os.MkdirAll(filepath.Join(dir, "images", name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "images", name, "Dockerfile"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	inv, ds := inventory.Load(dir, inventory.Options{})
	known := playbook.Actions{}
	for name := range actions {
		known[name] = playbook.Action{Check: func(document.Node) diag.List { return nil }}
		if name == "put" || name == "leak" {
			known[name] = playbook.Action{Check: known[name].Check, Defines: keys}
		}
	}
	read, more := playbook.Parse("p.yml", []byte(book), playbook.Options{Actions: known})
	ds.Add(more...)
	if ds != nil {
		t.Fatal(ds)
	}
	family, ds, err := plan.Relate(t.Context(), inv.Images, func(_ context.Context, m *inventory.Image, _ string) (strategy.PlanResponse, error) {
		var answer strategy.PlanResponse
		if parent := parents[m.Name]; parent != "" {
			answer.Images = []strategy.ImageInput{{Reference: "localhost/" + parent, Kind: strategy.Base}}
		}
		return answer, nil
	})
	if ds != nil || err != nil {
		t.Fatal(ds, err)
	}
	p, ds := plan.New(inv, family, []*playbook.Playbook{read}, plan.Options{Run: plan.RunInfo{ID: "run-1"}})
	if ds != nil {
		t.Fatal(ds)
	}
	return p
}

func keys(args document.Node) []string {
	var names []string
	for _, e := range args.Entries() {
		names = append(names, e.Key.Text())
	}
	return names
}

// run carries a playbook out on the fake clock.
func run(t *testing.T, book string, actions map[string]engine.Action, change func(*engine.Engine)) (*recorder, error) {
	t.Helper()
	p := prepare(t, book, actions)
	events := new(recorder)
	e := &engine.Engine{Actions: actions, Events: events}
	if change != nil {
		change(e)
	}
	var err error
	synctest.Test(t, func(t *testing.T) { err = e.Run(t.Context(), p) })
	return events, err
}

func compare(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Under dag, an image goes on to its next task while others are at the first:
// there is no barrier, but a child waits for its parent's same task.
func TestSchedules(t *testing.T) {
	took := map[string]time.Duration{"base": time.Second, "java": time.Second, "app": time.Second, "web": 5 * time.Second, "other": time.Second}
	var begun time.Time
	var mu sync.Mutex
	started := map[string]int{}
	slow := act(func(_ context.Context, s engine.Step) (engine.Result, error) {
		mu.Lock()
		started[s.ID.Name+" "+s.ID.Image] = int(time.Since(begun).Seconds())
		mu.Unlock()
		time.Sleep(took[s.Image.Name])
		return engine.Result{}, nil
	})
	tests := []struct {
		schedule string
		forks    int
		want     map[string]int
	}{
		{"dag", 0, map[string]int{
			"one base": 0, "one other": 0, "one java": 1, "one app": 2, "one web": 2,
			"two base": 1, "two other": 1, "two java": 2, "two app": 3, "two web": 7,
		}},
		{"linear", 0, map[string]int{
			"one base": 0, "one other": 0, "one java": 1, "one app": 2, "one web": 2,
			"two base": 7, "two other": 7, "two java": 8, "two app": 9, "two web": 9,
		}},
		{"free", 0, map[string]int{
			"one base": 0, "one other": 0, "one java": 0, "one app": 0, "one web": 0,
			"two base": 1, "two other": 1, "two java": 1, "two app": 1, "two web": 5,
		}},
		{"dag", 1, map[string]int{
			"one base": 0, "one java": 1, "one app": 2, "one other": 3, "one web": 4,
			"two base": 9, "two java": 10, "two app": 11, "two other": 12, "two web": 13,
		}},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.schedule, tt.forks), func(t *testing.T) {
			actions := map[string]engine.Action{"work": slow}
			p := prepare(t, "- {images: all, schedule: "+tt.schedule+", tasks: [{name: one, work: }, {name: two, work: }]}", actions)
			clear(started)
			synctest.Test(t, func(t *testing.T) {
				begun = time.Now()
				e := &engine.Engine{Actions: actions, Events: new(recorder), Forks: tt.forks}
				if err := e.Run(t.Context(), p); err != nil {
					t.Error(err)
				}
			})
			compare(t, tt.want, started)
		})
	}
}

func TestFailureBlocksWhatStandsOnIt(t *testing.T) {
	actions := map[string]engine.Action{"work": failing("java", errors.New("boom")), "more": act(ok)}
	events, err := run(t, `
- images: all
  tasks: [{name: one, work: }, {name: two, more: }]
- images: web,other
  tasks: [{name: three, more: }]
`, actions, func(e *engine.Engine) { e.Forks = 1 })
	compare(t, []string{
		"one base changed", "one java failed", "one app blocked by java",
		"one other changed", "one web blocked by java", "two base changed", "two other changed", "three other changed",
	}, events.ends())
	compare(t, &engine.RunError{Failed: true, Images: 3}, err)
	compare(t, "the run ended with 3 images not well", err.Error())
	compare(t, event.RunFinished{Recap: []event.Count{
		{Image: "app", Blocked: 1},
		{Image: "base", OK: 2, Changed: 2},
		{Image: "java", Failed: 1},
		{Image: "other", OK: 3, Changed: 3},
		{Image: "web", Blocked: 1},
	}}, events.finished())
}

func TestFreeBlocksNothing(t *testing.T) {
	actions := map[string]engine.Action{"work": failing("base", errors.New("boom"))}
	events, err := run(t, "- {images: all, schedule: free, tasks: [{name: one, work: }]}", actions, nil)
	compare(t, &engine.RunError{Failed: true, Images: 1}, err)
	got := events.ends()
	slices.Sort(got)
	compare(t, []string{"one app changed", "one base failed", "one java changed", "one other changed", "one web changed"}, got)
}

func TestKindsOfFailure(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want engine.RunError
		end  string
		held int
	}{
		{"failed", errors.New("x"), engine.RunError{Failed: true, Images: 1}, "one web failed", 0},
		{"refused", fmt.Errorf("wrapped: %w", &engine.RefusedError{Err: errors.New("no")}), engine.RunError{Refused: true, Images: 1}, "one web refused", 1},
		{"unreachable", &engine.UnreachableError{Err: errors.New("down")}, engine.RunError{Unreachable: true, Images: 1}, "one web unreachable", 0},
		{"refused and unreachable", &engine.RefusedError{Err: &engine.UnreachableError{Err: errors.New("x")}}, engine.RunError{Refused: true, Images: 1}, "one web refused", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			events, err := run(t, "- {images: web, tasks: [{name: one, work: }]}", map[string]engine.Action{"work": failing("web", tt.err)}, nil)
			compare(t, &tt.want, err)
			compare(t, []string{tt.end}, events.ends())
			if got := events.finished().Recap[0].Held; got != tt.held {
				t.Errorf("held=%d, want %d", got, tt.held)
			}
		})
	}
}

func TestFailFast(t *testing.T) {
	actions := map[string]engine.Action{"work": failing("base", errors.New("boom"))}
	events, err := run(t, "- {images: 'base,other', tasks: [{name: one, work: }, {name: two, work: }]}", actions, func(e *engine.Engine) { e.Forks, e.FailFast = 1, true })
	compare(t, []string{"one base failed", "no more images: one failed on base, and the first failure ends the run"}, events.lines())
	compare(t, &engine.RunError{Failed: true, Images: 1}, err)
	if events.finished().Interrupted {
		t.Error("stopping at a failure is no interruption")
	}
}

func TestInterrupt(t *testing.T) {
	actions := map[string]engine.Action{"work": act(func(ctx context.Context, _ engine.Step) (engine.Result, error) {
		<-ctx.Done()
		return engine.Result{}, errors.New("killed")
	})}
	p := prepare(t, "- {images: 'other,web', tasks: [{name: one, work: }]}", actions)
	events := new(recorder)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Minute, func() { cancel(errors.New("the user pressed ctrl-c")) })
		err := (&engine.Engine{Actions: actions, Events: events, Forks: 1}).Run(ctx, p)
		compare(t, "the run was interrupted", fmt.Sprint(err))
	})
	compare(t, []string{"one other failed"}, events.ends())
	f, _ := events.events[2].(event.StepFinished)
	compare(t, "the user pressed ctrl-c: killed", fmt.Sprint(f.Result.Err))
	if !events.finished().Interrupted {
		t.Error("not told as interrupted")
	}
}

func TestWhenAndRegister(t *testing.T) {
	var seen []string
	var mu sync.Mutex
	actions := map[string]engine.Action{
		"make": act(func(_ context.Context, s engine.Step) (engine.Result, error) {
			return engine.Result{Changed: s.Image.Name == "web", Detail: "done", Values: map[string]any{"digest": "sha256:" + s.Image.Name}}, nil
		}),
		"show": act(func(_ context.Context, s engine.Step) (engine.Result, error) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, s.Image.Name+": "+s.Args.Get("msg").Text())
			return engine.Result{}, nil
		}),
	}
	events, err := run(t, `
- images: web,other
  tasks:
    - {name: make, make: , register: made}
    - {name: only web, when: .made.changed, show: {msg: "{{ .made.digest }} {{ .made.msg }} {{ .run.id }}"}, register: shown}
    - {name: was it, when: [.shown.skipped, not .made.failed], show: {msg: "{{ .shown.skipped }}"}}
- images: other
  tasks: [{name: later, show: {msg: "{{ .made.digest }}"}}]
`, actions, func(e *engine.Engine) { e.Forks = 1 })
	if err != nil {
		t.Fatal(err)
	}
	compare(t, []string{"web: sha256:web done run-1", "other: true", "other: sha256:other"}, seen)
	compare(t, []string{
		"make other ok", "make web changed", "only web other skipped", "only web web ok", "was it other ok", "was it web skipped", "later other ok",
	}, events.ends())
}

func TestTemplatesThatFailInTheRun(t *testing.T) {
	actions := map[string]engine.Action{"make": act(ok)}
	events, _ := run(t, `
- images: web
  tasks:
    - {make: , register: made}
    - {name: bad, make: {msg: "{{ .made.nope }}"}}
`, actions, nil)
	var last event.StepFinished
	for _, e := range events.events {
		if f, ok := e.(event.StepFinished); ok {
			last = f
		}
	}
	compare(t, `p.yml:5:35: error[undefined-variable]: undefined variable .made.nope: .made has no "nope" (define it, or give it a value where it is missing: .made.nope | default "…")`, fmt.Sprint(last.Result.Err))
}

// Every step starts once before it finishes, with its output between; a blocked
// one only finishes.
func TestEventsInOrder(t *testing.T) {
	actions := map[string]engine.Action{"work": act(func(_ context.Context, s engine.Step) (engine.Result, error) {
		for _, part := range []string{"one\ntw", "o\nold\rnew\n", "dos\r\n", "\n", "no end"} {
			if _, err := io.WriteString(s.Log, part); err != nil {
				return engine.Result{}, err
			}
		}
		return engine.Result{}, errors.New("boom")
	})}
	path := filepath.Join(t.TempDir(), "log")
	events, _ := run(t, "- {images: web, tasks: [{name: one, work: }]}", actions, func(e *engine.Engine) {
		e.Logs = func(event.Step) (io.WriteCloser, string, error) {
			f, err := os.Create(path)
			return f, path, err
		}
	})
	var got []string
	for _, e := range events.events {
		switch e := e.(type) {
		case event.PlayStarted:
			got = append(got, fmt.Sprint("play ", e.Images, e.Tasks))
		case event.StepStarted:
			got = append(got, "start")
		case event.LogLine:
			got = append(got, "line "+e.Text)
		case event.StepFinished:
			got = append(got, fmt.Sprint("finish ", e.Result.Log == path))
		case event.RunFinished:
			got = append(got, "end")
		}
	}
	compare(t, []string{"play [web] [{one false p.yml:1:25}]", "start", "line one", "line two", "line new", "line dos", "line ", "line no end", "finish true", "end"}, got)
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "one\ntwo\nold\rnew\ndos\r\n\nno end", string(kept))
}
