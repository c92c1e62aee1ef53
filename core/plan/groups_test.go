package plan_test

import (
	"testing"

	"github.com/slipway-build/slipway/core/plan"
)

// A plan depends on a computed group when it chooses other images with it.
func TestUses(t *testing.T) {
	p, ds := bind(t, "- {images: base, tasks: [{build: }]}\n- {images: 'changed+,&java+', allow_empty: true, tasks: [{build: }]}", plan.Options{})
	if ds != nil {
		t.Fatal(ds)
	}
	if !p.Uses("changed") || p.Uses("stale") {
		t.Errorf("changed: %v, stale: %v", p.Uses("changed"), p.Uses("stale"))
	}
	given := p.Groups
	p.SetGroup("changed", []string{"java"})
	chosen, ds := p.Plays[1].Select(p.Groups)
	if got := names(chosen); ds != nil || got != "java web" {
		t.Errorf("got %s, %v", got, ds)
	}
	if given["changed"] != nil {
		t.Error("the groups that were given were changed")
	}
}
