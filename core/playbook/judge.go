package playbook

import (
	"fmt"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// judge refuses what single keywords cannot know to be wrong: what is said of
// a promotion or of smoke tests to get round the gate, and what is to be done
// for every item though one step does it for all images.
func (r *reader) judge(t *Task, at place) {
	if t.Action == promoteAction {
		r.add(argued(t, "a promotion is refused or it is done, and no task may say otherwise")...)
	}
	if t.Retry != nil && (t.Action == promoteAction || t.Action == smokeAction) {
		r.add(diag.Errorf("gate", t.Retry.Pos, "%s cannot be repeated until it comes out well", t.Action).
			WithFix("let single steps of a scenario wait with within, or mend what fails now and then"))
	}
	if at.looped && t.RunOnce && !at.keywords.RunOnce {
		r.add(diag.Errorf("once-loop", t.Pos, "%s is to be done once for all images, and stands in a block that each image goes through for its own items", t.Title()).
			WithFix("say run_once of the whole block, or take the task out of it"))
	}
	if (t.Loop != nil || at.looped) && r.options.Actions.joins(t) {
		r.add(diag.Errorf("joint-loop", t.ActionPos, "%s is done once for all images of the play, so it cannot be done for every item of a loop", t.Action).
			WithFix("take it out of the loop"))
	}
}

// CheckVerdicts refuses tasks that say of smoke tests how they came out, when
// some play promotes: the gate stands on their verdict.
func CheckVerdicts(books []*Playbook) diag.List {
	var found diag.List
	promotes := false
	for _, p := range plays(books) {
		for t := range Leaves(p.all()) {
			promotes = promotes || t.Action == promoteAction
			if t.Action == smokeAction {
				found.Add(argued(t, "the gate stands on the verdict of the smoke tests, and no task may say otherwise")...)
			}
		}
	}
	if !promotes {
		return nil
	}
	return found.Sorted()
}

// argued tells of keywords that change what an action came to.
func argued(t *Task, why string) diag.List {
	var found diag.List
	refuse := func(key string, n document.Node) {
		found.Add(diag.Errorf("gate", n.Pos(), "%s has no meaning on %s: %s", key, t.Action, why).WithFix("%s", fmt.Sprintf("take %s out", key)))
	}
	if ignore, ok := t.IgnoreErrors.Value().(bool); !t.IgnoreErrors.IsZero() && (ignore || !ok) {
		refuse("ignore_errors", t.IgnoreErrors)
	}
	if len(t.FailedWhen) > 0 {
		refuse("failed_when", t.FailedWhen[0])
	}
	if len(t.ChangedWhen) > 0 {
		refuse("changed_when", t.ChangedWhen[0])
	}
	return found
}
