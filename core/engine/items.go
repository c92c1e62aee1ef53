package engine

import (
	"fmt"
	"reflect"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// items returns what a loop goes over.
func items(data vars.Data, l *playbook.Loop) ([]any, error) {
	var list any
	var ds diag.List
	if l.Over.Kind() == document.Scalar {
		list, ds = data.Eval(l.Over)
	} else {
		var n document.Node
		n, ds = data.Expand(l.Over)
		list = n.Value()
	}
	if err := ds.Err(); err != nil {
		return nil, err
	}
	v := reflect.ValueOf(list)
	if v.Kind() != reflect.Slice && v.Kind() != reflect.Array {
		return nil, noList(l, list)
	}
	all := make([]any, v.Len())
	for i := range all {
		all[i] = v.Index(i).Interface()
	}
	return all, nil
}

// noList refuses what cannot be looped over.
func noList(l *playbook.Loop, value any) error {
	d := diag.Errorf("wrong-type", l.Over.Pos(), "want a list to loop over, found %s", document.Of(value, diag.Pos{}).Describe())
	if reflect.ValueOf(value).Kind() == reflect.Map {
		return diag.List{d.WithFix("go over its keys: keys %s | sortAlpha; the value of one is index %[1]s .%s", l.Over.Text(), l.Var)}
	}
	return diag.List{d.WithFix("write an expression that gives a list, or the list itself")}
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
		return fmt.Sprint(item)
	}
	n, ds := data.Expand(l.Label)
	if ds.Err() != nil {
		return fmt.Sprint(item)
	}
	return n.Text()
}
