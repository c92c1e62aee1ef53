// Package engine carries out a plan: which step when, what becomes of what
// waits for it, and how the run ends.
//
// It knows no registry, no process and no terminal: what a task does is an
// [Action] it is given, what happens goes to an [event.Sink].
//
// Defaults, and why:
//   - Under schedule "dag" a step waits for the same image's previous task and
//     for the same task on every parent of the image, and nothing else. The only
//     barriers are the tasks that are one for all images: joint actions,
//     run_once and end_play.
//   - A failed step takes its image out of the run, or into the rescue of the
//     block it stands in; a step that waits for it on a child is blocked, which
//     inside of a block is a failure as any other. Everything else goes on.
//   - The gate's no is none that a playbook can take back: neither failed_when,
//     nor ignore_errors, nor a retry, and a rescue leaves the run's verdict as it is.
//   - Interrupted, nothing starts any more: neither rescue nor always nor handlers.
//     What has been done is told as it was done, so that the run can be resumed.
//   - A run that is resumed is the same run once more, in which what had been
//     finished is remembered instead of done: see [Past]. What nobody can look up
//     afterwards is told before it begins: see [Opaque] and [Undertaking].
package engine

import (
	"context"
	"errors"
	"time"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/playbook"
)

// An Engine carries out plans. Its fields are set before the first run.
type Engine struct {
	Actions       map[string]Action
	Events        event.Sink
	Facts         Facts // nil: no template knows any
	Logs          Logs  // nil: output is shown and not kept
	Forks         int   // steps under way at once, unless a play says otherwise; 0: no bound
	Check         bool  // change nothing
	Diff          bool  // have actions say what they change
	FailFast      bool  // stop at the first failure
	ForceHandlers bool  // handlers run for failed images, too
	StartAt       *playbook.Task
	Confirm       Confirm       // asked before each task; nil: all are carried out
	Heartbeat     time.Duration // how long a step may be silent before it is told that it is under way; 0: for ever
	Journal       Journal       // nil: the run is not to be resumed
	Past          Past          // what the run had finished before it was interrupted
}

// An Answer says whether a task is to be carried out.
type Answer int

// The answers.
const (
	No       Answer = iota // pass it over
	Yes                    // carry it out
	Continue               // carry it out, and ask no more
)

// Confirm asks whether a task is to be carried out. Tasks are then done one
// after the other, as under schedule "linear".
type Confirm func(ctx context.Context, task string) (Answer, error)

// A Journal is told what a run that is resumed must know and no event says. Events
// tell it the rest.
type Journal interface {
	// Undertake is told of an undertaking before it is done, and returns when that
	// is on disk. After an error it is not done.
	Undertake(u Undertaking) error
	// Withhold is told what a step that may not be logged leaves to those after
	// it, or an item of its loop does, before the event that says that it is
	// finished; index is that of the item, -1 for the step itself. A journal that
	// cannot keep it stops the run.
	Withhold(step event.Step, index int, kept event.Kept)
}

// A fastError is the cause of a run that stopped at its first failure.
type fastError struct{ task, image string }

func (*fastError) Error() string { return "stopped at the first failure" }

// Run carries out p. It returns nil when every step of every image went well,
// else a [*RunError], or diagnostics when a play turns out to select nothing; with
// either of them a [*StoppedError] that is the cause of ctx.
// What can be known before has been checked when p was made.
func (e *Engine) Run(ctx context.Context, p *plan.Plan) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r := newRun(e, p, stop)
	err := r.plays(ctx)
	stopped, _ := errors.AsType[*StoppedError](context.Cause(ctx))
	_, fast := errors.AsType[*fastError](context.Cause(ctx))
	interrupted := ctx.Err() != nil && stopped == nil && !fast
	e.Events.Emit(event.RunFinished{Recap: r.recap(), Interrupted: interrupted})
	if err == nil {
		err = r.verdict(interrupted)
	}
	if stopped != nil {
		err = errors.Join(err, stopped)
	}
	return err
}

// plays runs the plays one after the other, until one of them ends the run.
func (r *run) plays(ctx context.Context) error {
	begun, current := r.engine.StartAt == nil, book{}
	if several(r.plan) {
		defer r.closeBook(&current)
	}
	for _, p := range r.plan.Plays {
		program := compile(p, r.engine)
		start, here := program.at[r.engine.StartAt]
		if begun = begun || here; !begun {
			continue
		}
		if several(r.plan) && !r.turn(&current, p) {
			return nil
		}
		goOn, err := r.play(ctx, p, program, start)
		if !goOn || err != nil {
			return err
		}
	}
	return nil
}

// play runs one play over the images that are still in the run, and says
// whether the run goes on after it.
func (r *run) play(ctx context.Context, p *plan.Play, program *program, start int) (goOn bool, err error) {
	selected, err := r.choose(p)
	if err != nil {
		return false, err
	}
	waves := p.Batches(r.alive(selected))
	if len(waves) == 0 {
		waves = append(waves, nil) // the play is told of all the same
	}
	for i, images := range waves {
		w := newWave(r, p, program, selected, images)
		w.begin(i+1, len(waves), start)
		err := w.carryOut(ctx)
		if first, ok := errors.AsType[*fastError](context.Cause(ctx)); ok {
			w.stop(0, "%s failed on %s, and the first failure ends the run", first.task, first.image)
		} else if err != nil || ctx.Err() != nil {
			return false, err
		}
		if why := w.ends(); why != "" {
			r.engine.Events.Emit(event.NoMoreImages{Play: p.Index, Why: why})
			return false, nil
		}
		if w.ended() {
			break
		}
	}
	return true, nil
}
