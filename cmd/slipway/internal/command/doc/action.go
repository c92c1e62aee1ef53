package doc

import (
	"maps"
	"slices"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/playbook"
)

// actions tell of what tasks can do.
func actions() topic[declare.Description] {
	known := action.All()
	all := make([]declare.Description, 0, len(known))
	for _, name := range slices.Sorted(maps.Keys(known)) {
		all = append(all, known[name].Declare().Describe())
	}
	return topic[declare.Description]{
		word: "action", all: all,
		name:    func(d declare.Description) string { return d.Name },
		summary: func(d declare.Description) string { return d.Summary },
		text:    text, page: page,
		other: func(name string) string {
			if slices.ContainsFunc(playbook.AllKeywords(), func(k playbook.Keyword) bool { return k.Name == name }) {
				return "it is a keyword: slipway doc -t keyword " + name
			}
			return ""
		},
	}
}
