package playbook

import "iter"

// Walk iterates over tasks in the order in which they would run: every block
// before its tasks, then those of rescue, then those of always.
func Walk(tasks []*Task) iter.Seq[*Task] {
	return func(yield func(*Task) bool) { walk(tasks, yield) }
}

func walk(tasks []*Task, yield func(*Task) bool) bool {
	for _, t := range tasks {
		if !yield(t) {
			return false
		}
		if b := t.Block; b != nil && (!walk(b.Tasks, yield) || !walk(b.Rescue, yield) || !walk(b.Always, yield)) {
			return false
		}
	}
	return true
}

// Leaves iterates over tasks as [Walk] does, without the blocks.
func Leaves(tasks []*Task) iter.Seq[*Task] {
	return func(yield func(*Task) bool) {
		for t := range Walk(tasks) {
			if t.Block == nil && !yield(t) {
				return
			}
		}
	}
}

// plays returns the plays of all playbooks.
func plays(books []*Playbook) []*Play {
	var all []*Play
	for _, b := range books {
		all = append(all, b.Plays...)
	}
	return all
}
