package engine

import (
	"context"
	"time"

	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/core/vars"
)

// items returns what the task's loop goes over, and the pause between two.
func (j *job) items(ctx context.Context) ([]any, time.Duration, error) {
	all, found := j.data(ctx).List(j.task.Loop.Over)
	pause, wrong := j.duration(ctx, j.task.Loop.Pause, 0)
	found.Add(wrong...)
	return all, pause, found.Err()
}

// named is what a loop calls an item and what is around it.
func named(l *playbook.Loop, all []any, i int) map[string]any {
	roots := map[string]any{l.Var: all[i], l.IndexVar: i}
	if !l.Extended {
		return roots
	}
	loop := map[string]any{
		"index": i + 1, "index0": i, "first": i == 0, "last": i == len(all)-1, "length": len(all),
		"revindex": len(all) - i, "revindex0": len(all) - i - 1, "allitems": all,
	}
	if i > 0 {
		loop["previtem"] = all[i-1]
	}
	if i < len(all)-1 {
		loop["nextitem"] = all[i+1]
	}
	roots["loop"] = loop
	return roots
}

// labelOf is what is shown of an item.
func labelOf(data vars.Data, l *playbook.Loop, item any) string {
	if l.Label.IsZero() {
		return vars.Text(item)
	}
	n, ds := data.Expand(l.Label)
	if ds.Err() != nil {
		return vars.Text(item)
	}
	return n.Text()
}
