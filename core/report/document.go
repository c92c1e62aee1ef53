package report

import (
	"sync"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Document collects a run as one answer: its plays, of each its tasks, of each
// task what every image came to.
type Document struct {
	Style Style

	mu  sync.Mutex
	run runDocument
}

var _ event.Sink = (*Document)(nil)

// runDocument is a run. Its form is part of the command line's contract.
type runDocument struct {
	Run         string          `json:"run"`
	Playbooks   []string        `json:"playbooks"`
	Check       bool            `json:"check"`
	Plays       []*playDocument `json:"plays"`
	Diagnostics []Problem       `json:"diagnostics"` // warnings, and what ended the run
	Failure     string          `json:"failure,omitempty"`
	Recap       []event.Count   `json:"recap"`
	Interrupted bool            `json:"interrupted"`
}

// playDocument is a play, or one wave of it.
type playDocument struct {
	Name   string         `json:"name"`
	Wave   int            `json:"wave"` // from 1
	Waves  int            `json:"waves"`
	Images []string       `json:"images"`
	Tasks  []taskDocument `json:"tasks"`
	Ended  string         `json:"ended,omitempty"` // why the play was over before its end
}

// taskDocument is a task with its steps, in the order in which they ended.
type taskDocument struct {
	Name    string         `json:"name"`
	Handler bool           `json:"handler,omitempty"`
	File    string         `json:"file,omitempty"`
	Line    int            `json:"line,omitempty"`
	Steps   []stepDocument `json:"steps"`

	items map[event.Step][]ending // of steps under way
}

// stepDocument is a step, and the items of its loop.
type stepDocument struct {
	ending
	Items []ending `json:"items,omitempty"`
}

// Emit collects e.
func (d *Document) Emit(e event.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch e := e.(type) {
	case event.RunStarted:
		d.run.Run, d.run.Playbooks, d.run.Check = e.Run, e.Playbooks, e.Check
	case event.PlayStarted:
		d.run.Plays = append(d.run.Plays, d.play(e))
	case event.ItemFinished:
		if t := d.task(e.Step); t != nil {
			t.items[e.Step] = append(t.items[e.Step], itemEnding(e))
		}
	case event.StepFinished:
		if t := d.task(e.Step); t != nil {
			t.Steps = append(t.Steps, stepDocument{stepEnding(e), t.items[e.Step]})
			delete(t.items, e.Step)
		}
	case event.NoMoreImages:
		if n := len(d.run.Plays); n > 0 {
			d.run.Plays[n-1].Ended = e.Why
		}
	case event.RunFinished:
		d.run.Recap, d.run.Interrupted = e.Recap, e.Interrupted
	}
}

func (d *Document) play(e event.PlayStarted) *playDocument {
	p := &playDocument{Name: e.Name, Wave: e.Wave, Waves: e.Waves, Images: e.Images, Tasks: make([]taskDocument, len(e.Tasks))}
	for i, t := range e.Tasks {
		p.Tasks[i] = taskDocument{Name: t.Name, Handler: t.Handler, Line: t.Pos.Line, Steps: []stepDocument{}, items: map[event.Step][]ending{}}
		if t.Pos.IsValid() {
			p.Tasks[i].File = d.Style.Path(t.Pos.File)
		}
	}
	return p
}

// task is the one that a step belongs to, of the play under way.
func (d *Document) task(step event.Step) *taskDocument {
	if len(d.run.Plays) == 0 {
		return nil
	}
	tasks := d.run.Plays[len(d.run.Plays)-1].Tasks
	if step.Task >= len(tasks) {
		return nil
	}
	return &tasks[step.Task]
}

// Answer is the run as far as it went, with every warning and mistake, and
// what else kept it from going on.
func (d *Document) Answer(found diag.List, failure string) any {
	d.mu.Lock()
	defer d.mu.Unlock()
	answer := d.run
	answer.Diagnostics, answer.Failure = d.Style.Problems(found), failure
	return answer
}
