package catalog

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A witness is somebody who is asked, and a workspace that he reads.
type witness struct {
	*testing.T
	dir    string
	file   string
	answer strategy.PlanResponse
	err    error
	asked  int
	later  time.Duration // by how much the clock is ahead: files that were just written are old then
}

func newWitness(t *testing.T) *witness {
	w := &witness{T: t, dir: t.TempDir(), file: filepath.Join(t.TempDir(), "cache", "answers"), later: time.Hour}
	w.answer = strategy.PlanResponse{
		Images: []strategy.ImageInput{{Reference: "localhost/base", Kind: strategy.Base, File: "Dockerfile", Line: 1, Column: 6}},
		Inputs: []strategy.Input{{Path: "Dockerfile"}, {Path: ".dockerignore"}, {Path: "src", Exclude: []string{"src/*.md"}}},
		Reads:  []strategy.Input{{Path: "Dockerfile"}},
	}
	for _, name := range []string{"Dockerfile", "src/main.go", "notes"} {
		w.write(name, "as it was")
	}
	return w
}

func (w *witness) write(name, text string) {
	w.Helper()
	at := filepath.Join(w.dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o755), os.WriteFile(at, []byte(text), 0o644)); err != nil {
		w.Fatal(err)
	}
}

// process asks one question as one process after another would.
func (w *witness) process(question string) strategy.PlanResponse {
	w.Helper()
	a, err := OpenAnswers(w.file, nil)
	if err != nil {
		w.Fatal(err)
	}
	a.now = func() time.Time { return time.Now().Add(w.later) }
	answer, err := a.plan(w.Context(), question, w.dir, func() (strategy.PlanResponse, error) {
		w.asked++
		return w.answer, w.err
	})
	if !errors.Is(err, w.err) {
		w.Errorf("error %v, want %v", err, w.err)
	}
	if err := a.Save(); err != nil {
		w.Error(err)
	}
	return answer
}

// An answer is used again while all that it can depend on is as it was.
func TestAnswersAreRemembered(t *testing.T) {
	tests := map[string]struct {
		change func(*witness)
		asked  int
	}{
		"nothing":                         {func(*witness) {}, 1},
		"what is in a selected file":      {func(w *witness) { w.write("src/main.go", "otherwise") }, 1},
		"a file that nothing selects":     {func(w *witness) { w.write("notes", "otherwise") }, 1},
		"a file that is excluded":         {func(w *witness) { w.write("src/more.md", "") }, 1},
		"what is in a file that was read": {func(w *witness) { w.write("Dockerfile", "otherwise") }, 2},
		"a file more":                     {func(w *witness) { w.write("src/more.go", "") }, 2},
		"a file that was absent":          {func(w *witness) { w.write(".dockerignore", "") }, 2},
		"a file less":                     {func(w *witness) { w.remove("src/main.go") }, 2},
		"a file that became a link":       {func(w *witness) { w.remove("src/main.go"); w.link("src/main.go", "../notes") }, 2},
		"the workspace is gone":           {func(w *witness) { w.remove(".") }, 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWitness(t)
			want := w.process("question")
			tt.change(w)
			got := w.process("question")
			if w.asked != tt.asked {
				t.Errorf("asked %d times, want %d", w.asked, tt.asked)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the answer is another (-first +second):\n%s", diff)
			}
		})
	}
}

func (w *witness) remove(name string) {
	if err := os.RemoveAll(filepath.Join(w.dir, name)); err != nil {
		w.Fatal(err)
	}
}

func (w *witness) link(name, target string) {
	if err := os.Symlink(target, filepath.Join(w.dir, name)); err != nil {
		w.Fatal(err)
	}
}

// What nobody promised to say again, or what may have changed while it was being
// said, is asked for each time.
func TestAnswersThatAreAskedForAgain(t *testing.T) {
	tests := map[string]func(*witness){
		"nothing was read": func(w *witness) { w.answer.Reads = nil },
		"a complaint":      func(w *witness) { w.answer.Diagnostics = diag.List{diag.Warningf("odd", diag.Pos{}, "this is odd")} },
		"a failure":        func(w *witness) { w.err = errors.New("it broke") },
		"young files":      func(w *witness) { w.later = 0 },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWitness(t)
			change(w)
			w.process("question")
			w.process("question")
			if w.asked != 2 {
				t.Errorf("asked %d times, want each time", w.asked)
			}
		})
	}
}

// Another question, or one to another program, is none that was answered.
func TestQuestions(t *testing.T) {
	r := strategy.PlanRequest{Workspace: "/w", Args: map[string]string{"A": "1"}}
	other := r
	other.Args = map[string]string{"A": "2"}
	seen := map[string]string{}
	for name, q := range map[string]string{
		"one":             question("program", "dockerfile", r),
		"another program": question("program 2", "dockerfile", r),
		"another name":    question("program", "s2i", r),
		"another request": question("program", "dockerfile", other),
	} {
		if seen[q] != "" {
			t.Errorf("%s is the same question as %s", name, seen[q])
		}
		seen[q] = name
	}
	same := strategy.PlanRequest{Workspace: "/w", Args: map[string]string{"A": "1"}}
	if seen[question("program", "dockerfile", same)] != "one" {
		t.Error("equal questions differ")
	}
}

func TestForgottenAnswers(t *testing.T) {
	w := newWitness(t)
	w.process("question")
	w.later += forget + 2*day
	w.process("another")
	w.process("question")
	if w.asked != 3 {
		t.Errorf("asked %d times, want the first question twice", w.asked)
	}
}

func TestSpoiltAnswers(t *testing.T) {
	w := newWitness(t)
	if err := errors.Join(os.MkdirAll(filepath.Dir(w.file), 0o755), os.WriteFile(w.file, []byte(`{"question":{"Answer":7`), 0o600)); err != nil {
		t.Fatal(err)
	}
	w.process("question")
	w.process("question")
	if w.asked != 1 {
		t.Errorf("asked %d times, want once", w.asked)
	}
}
