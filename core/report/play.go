package report

import "github.com/slipway-build/slipway/core/event"

// A playState knows which lines of a play, or of one of its waves, may be shown
// already.
type playState struct {
	tasks []taskState
	turn  int // the task that is being shown
}

type taskState struct {
	event.Task
	lines []string
	done  map[string]bool
	left  int  // images that may still say something
	shown bool // the banner stands
}

func newPlayState(e event.PlayStarted) *playState {
	p := &playState{tasks: make([]taskState, len(e.Tasks))}
	for i, task := range e.Tasks {
		p.tasks[i] = taskState{Task: task, done: map[string]bool{}, left: len(e.Images)}
	}
	return p
}

// add records lines of a task, which are to come before those of later tasks.
func (p *playState) add(task int, lines string) {
	if task < len(p.tasks) && lines != "" {
		p.tasks[task].lines = append(p.tasks[task].lines, lines)
	}
}

// done records that an image has nothing more to say at a task.
func (p *playState) done(task int, image string) {
	if task >= len(p.tasks) || p.tasks[task].done[image] {
		return
	}
	p.tasks[task].done[image] = true
	p.tasks[task].left--
}

// ready reports whether the task in turn has something to show or is complete.
func (p *playState) ready() bool {
	return p.turn < len(p.tasks) && (len(p.tasks[p.turn].lines) > 0 || p.tasks[p.turn].left <= 0)
}
