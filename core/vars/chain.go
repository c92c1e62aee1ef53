package vars

import (
	"slices"
	"strings"

	"github.com/slipway-build/slipway/sdk/diag"
)

// A use is a place where a template names a variable.
type use struct {
	name string
	at   diag.Pos
}

// A chain is how one comes to a place: each use stands in the definition of
// the variable before it.
type chain []use

// names is "a -> b -> a".
func (c chain) names() string {
	names := make([]string, len(c))
	for i, u := range c {
		names[i] = u.name
	}
	return strings.Join(names, " -> ")
}

// places is "p.yml:7:12 uses .outer → vars.yml:3:9 uses .inner".
func (c chain) places() string {
	places := make([]string, len(c))
	for i, u := range c {
		places[i] = u.at.String() + " uses ." + u.name
	}
	return strings.Join(places, " → ")
}

// loop returns the part of the chain that goes from the last variable back to
// itself, begun at the name that sorts first, so that one circle is told in
// one way; nil when there is no circle.
func (c chain) loop() chain {
	if len(c) == 0 {
		return nil
	}
	last := len(c) - 1
	first := slices.IndexFunc(c[:last], func(u use) bool { return u.name == c[last].name })
	if first < 0 {
		return nil
	}
	circle := slices.Clone(c[first+1:]) // the use of each stands in the one before
	least := 0
	for i, u := range circle {
		if u.name < circle[least].name {
			least = i
		}
	}
	circle = slices.Concat(circle[least:], circle[:least])
	return append(circle, circle[0])
}

// explain adds to mistakes in a variable how one came there.
func (c chain) explain(ds diag.List) diag.List {
	if len(c) == 0 {
		return ds
	}
	for i, d := range ds {
		ds[i].Detail = strings.TrimSpace(d.Detail + " " + c.places() + " → " + d.Pos.String() + ".")
	}
	return ds
}
