package plan_test

import (
	"fmt"
	"testing"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/sdk/diag"
)

// BenchmarkPlan loads an inventory and plans a playbook over it, the answers of
// strategies being free. The time per image must not grow with their number.
func BenchmarkPlan(b *testing.B) {
	for _, n := range []int{250, 500, 1000, 2000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			is, groups := images{"i0": nil}, "all:\n  vars: {registry: quay.io, namespace: acme}\n  children:\n"
			for i := 1; i < n; i++ {
				is[fmt.Sprint("i", i)] = []string{fmt.Sprint("base quay.io/acme/i", (i-1)/3)}
			}
			for i := range n {
				if i%10 == 0 {
					groups += fmt.Sprintf("    g%d:\n      images:\n", i/10)
				}
				groups += fmt.Sprintf("        i%d:\n", i)
			}
			dir, _ := is.load(b, groups)
			take := func(document.Node) diag.List { return nil }
			book := "- {images: 'i0+,&all', tasks: [{build: }, {debug: {msg: '{{ .image.name }} {{ .registry }}'}}]}"
			for b.Loop() {
				inv, ds := inventory.Load(dir, inventory.Options{})
				read, more := playbook.Parse("p.yml", []byte(book), playbook.Options{Actions: playbook.Actions{"build": {Check: take}, "debug": {Check: take}}})
				ds.Add(more...)
				f, more, err := plan.Relate(b.Context(), inv.Images, is.ask)
				ds.Add(more...)
				_, more = plan.New(inv, f, []*playbook.Playbook{read}, plan.Options{Limit: "all"})
				ds.Add(more...)
				if ds != nil || err != nil {
					b.Fatal(ds, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/image")
		})
	}
}
