package playbook

import (
	"slices"
	"strings"

	"github.com/slipway-build/slipway/sdk/diag"
)

// Names that stand for more than one tag.
const (
	tagAlways   = "always"
	tagNever    = "never"
	tagTagged   = "tagged"
	tagUntagged = "untagged"
	tagAll      = "all"
)

// Tags returns every tag of some playbooks, sorted. Those of handlers are not
// among them: a handler runs when it is notified, whatever its tags.
func Tags(books []*Playbook) []string {
	var tags []string
	for _, p := range plays(books) {
		for t := range Leaves(slices.Concat(p.PreTasks, p.Tasks, p.PostTasks)) {
			tags = append(tags, t.Tags...)
		}
	}
	slices.Sort(tags)
	return slices.Compact(tags)
}

// Select returns those of tasks that run when the tags run are asked for and
// the tags skip are not wanted. Every part of a block goes by the tags of its
// own tasks; a block of which nothing is left is left out.
func Select(tasks []*Task, run, skip []string) []*Task {
	var chosen []*Task
	for _, t := range tasks {
		if t.Block == nil {
			if t.Selected(run, skip) {
				chosen = append(chosen, t)
			}
			continue
		}
		pruned := *t
		pruned.Block = &Block{
			Tasks:  Select(t.Block.Tasks, run, skip),
			Rescue: Select(t.Block.Rescue, run, skip),
			Always: Select(t.Block.Always, run, skip),
		}
		if len(pruned.Block.Tasks)+len(pruned.Block.Rescue)+len(pruned.Block.Always) > 0 {
			chosen = append(chosen, &pruned)
		}
	}
	return chosen
}

// CheckTags tells of asked-for tags that no task has.
func CheckTags(asked, known []string) diag.List {
	var found diag.List
	special := []string{tagAlways, tagNever, tagTagged, tagUntagged, tagAll}
	for _, tag := range asked {
		if slices.Contains(known, tag) || slices.Contains(special, tag) {
			continue
		}
		found.Add(unknownTag(tag, known))
	}
	return found
}

func unknownTag(tag string, known []string) diag.Diagnostic {
	d := diag.Diagnostic{Code: "unknown-tag", Summary: "no task has the tag \"" + tag + "\""}
	all := "the tags are " + strings.Join(known, ", ")
	switch hint := diag.Suggest(tag, known); {
	case len(known) == 0:
		return d.WithFix("no task has a tag at all")
	case hint != "":
		return d.WithFix("%s", hint+" "+all)
	default:
		return d.WithFix("%s", all)
	}
}

// Selected reports whether a task runs when the tags run are asked for and the
// tags skip are not wanted: Ansible's rule. Without run it is as with "all".
func (t *Task) Selected(run, skip []string) bool {
	if len(run) == 0 {
		run = []string{tagAll}
	}
	return t.asked(run) && !t.skipped(skip)
}

func (t *Task) asked(run []string) bool {
	has := func(tag string) bool { return slices.Contains(t.Tags, tag) }
	switch {
	case has(tagAlways):
		return true
	case slices.ContainsFunc(run, has):
		return true
	case slices.Contains(run, tagAll):
		return !has(tagNever)
	case slices.Contains(run, tagTagged) && len(t.Tags) > 0:
		return !has(tagNever)
	default:
		return slices.Contains(run, tagUntagged) && len(t.Tags) == 0
	}
}

// skipped: "all" and "tagged" are looked for before single tags, so that
// "always" survives "--skip-tags all,foo", as in Ansible.
func (t *Task) skipped(skip []string) bool {
	has := func(tag string) bool { return slices.Contains(t.Tags, tag) }
	switch {
	case slices.Contains(skip, tagAll):
		return !has(tagAlways) || slices.Contains(skip, tagAlways)
	case slices.ContainsFunc(skip, has):
		return true
	case slices.Contains(skip, tagTagged) && len(t.Tags) > 0:
		return true
	default:
		return slices.Contains(skip, tagUntagged) && len(t.Tags) == 0
	}
}
