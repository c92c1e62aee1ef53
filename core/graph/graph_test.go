package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/graph"
)

// parse reads "c<a,b d<c e": c depends on a and b.
func parse(edges string) *graph.Graph[string] {
	var g graph.Graph[string]
	for f := range strings.FieldsSeq(edges) {
		key, deps, _ := strings.Cut(f, "<")
		if deps == "" {
			g.Add(key)
			continue
		}
		g.Add(key, strings.Split(deps, ",")...)
	}
	return &g
}

func TestOrder(t *testing.T) {
	tests := []struct{ name, edges, want string }{
		{"empty", "", "[]"},
		{"own order", "b c a", "[a b c]"},
		{"dependencies first", "a<z z<m", "[m z a]"},
		{"diamond", "d<b,c b<a c<a", "[a b c d]"},
		{"added twice", "b<a b<a a", "[a b]"},
		{"cycle", "a<b b<c c<a d", "dependency cycle: a -> b -> c -> a"},
		{"cycle below", "top<a a<b b<a", "dependency cycle: a -> b -> a"},
		{"itself", "a<a", "dependency cycle: a -> a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			order, err := parse(tt.edges).Order()
			got := fmt.Sprint(order)
			if err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("Order(%s) = %s, want %s", tt.edges, got, tt.want)
			}
		})
	}
}

func TestReach(t *testing.T) {
	g := parse("d<b,c b<a c<a e<d alone")
	tests := []struct {
		name string
		got  []string
		want []string
	}{
		{"all ancestors", g.Ancestors("e", -1), []string{"a", "b", "c", "d"}},
		{"two levels up", g.Ancestors("e", 2), []string{"b", "c", "d"}},
		{"all descendants", g.Descendants("a", -1), []string{"b", "c", "d", "e"}},
		{"one level down", g.Descendants("a", 1), []string{"b", "c"}},
		{"no level", g.Descendants("a", 0), nil},
		{"alone", g.Ancestors("alone", -1), nil},
		{"direct", g.Deps("d"), []string{"b", "c"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A ladder of diamonds has exponentially many paths; the search must not walk
// them.
func TestLadderIsLinear(t *testing.T) {
	var g graph.Graph[int]
	const levels = 5000
	for i := range levels {
		g.Add(3*i+1, 3*i)
		g.Add(3*i+2, 3*i)
		g.Add(3*i+3, 3*i+1, 3*i+2)
	}
	order, err := g.Order()
	if err != nil || len(order) != 3*levels+1 {
		t.Fatalf("Order: %d keys, %v", len(order), err)
	}
	if n := len(g.Ancestors(3*levels, -1)); n != 3*levels {
		t.Errorf("Ancestors: %d, want %d", n, 3*levels)
	}
}
