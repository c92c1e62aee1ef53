package report

import "github.com/slipway-build/slipway/core/event"

// A playState knows which lines of a play may be shown already.
type playState struct {
	images []string
	tasks  []taskState
	turn   int            // the task that is being shown
	out    map[string]int // image → task at which it left the play
}

type taskState struct {
	name  string
	lines []string
	done  map[string]bool
	shown bool // the banner stands
}

func newPlayState(e event.PlayStarted) *playState {
	p := &playState{images: e.Images, tasks: make([]taskState, len(e.Tasks)), out: map[string]int{}}
	for i, name := range e.Tasks {
		p.tasks[i] = taskState{name: name, done: map[string]bool{}}
	}
	return p
}

// finish records the lines of a finished step.
func (p *playState) finish(e event.StepFinished, lines string) {
	if e.Step.Task >= len(p.tasks) {
		return
	}
	task := &p.tasks[e.Step.Task]
	task.name = e.Step.Name
	task.lines = append(task.lines, lines)
	task.done[e.Step.Image] = true
	if at, ok := p.out[e.Step.Image]; !e.Outcome.Good() && (!ok || e.Step.Task < at) {
		p.out[e.Step.Image] = e.Step.Task
	}
}

// ready reports whether the task in turn has something to show or is complete.
func (p *playState) ready() bool {
	return p.turn < len(p.tasks) && (len(p.tasks[p.turn].lines) > 0 || p.complete(p.turn))
}

// complete reports whether no image will say anything more at a task.
func (p *playState) complete(task int) bool {
	for _, image := range p.images {
		at, out := p.out[image]
		if !p.tasks[task].done[image] && (!out || at > task) {
			return false
		}
	}
	return true
}
