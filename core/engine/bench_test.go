package engine_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// BenchmarkRun is what a run of 1,000 images in a tree of three levels costs,
// with 20 tasks in blocks that do nothing, each notifying a handler: the engine
// alone, and with two templates in every step.
func BenchmarkRun(b *testing.B) {
	nothing := act(func(context.Context, engine.Step) (engine.Result, error) { return engine.Result{Changed: true}, nil })
	for name, words := range map[string]string{"plain": "work: ", "templates": `work: {n: "{{ .image.name }}"}, when: ne .image.name ""`} {
		b.Run(name, func(b *testing.B) {
			p := large(b, 1000, 20, words)
			e := &engine.Engine{Actions: map[string]engine.Action{"work": nothing}, Events: sinkFunc(func(event.Event) {}), Forks: 8}
			b.ReportAllocs()
			for b.Loop() {
				if err := e.Run(b.Context(), p); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/20000, "µs/step")
		})
	}
}

// large is a plan of many images and tasks.
func large(tb testing.TB, images, tasks int, words string) *plan.Plan {
	tb.Helper()
	dir := tb.TempDir()
	for i := range images {
		at := filepath.Join(dir, "images", fmt.Sprintf("i%04d", i))
		if err := os.MkdirAll(at, 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(at, "Dockerfile"), nil, 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	inv, found := inventory.Load(dir, inventory.Options{})
	family, ds, err := plan.Relate(tb.Context(), inv.Images, func(_ context.Context, m *inventory.Image, _ string) (strategy.PlanResponse, error) {
		var i int
		var answer strategy.PlanResponse
		if _, err := fmt.Sscanf(m.Name, "i%d", &i); err == nil && i > 0 {
			answer.Images = []strategy.ImageInput{{Reference: fmt.Sprintf("localhost/i%04d", (i-1)/32), Kind: strategy.Base}}
		}
		return answer, nil
	})
	found.Add(ds...)
	var book strings.Builder
	book.WriteString("- images: all\n  handlers: [{name: tell, work: }]\n  tasks:\n")
	for i := range tasks {
		fmt.Fprintf(&book, "    - block: [{name: task %d, %s, notify: tell, register: r%d}]\n      rescue: [{name: mend %d, work: }]\n", i, words, i, i)
	}
	known := playbook.Actions{"work": {Check: func(document.Node) diag.List { return nil }}}
	read, ds := playbook.Parse("p.yml", []byte(book.String()), playbook.Options{Actions: known})
	found.Add(ds...)
	p, ds := plan.New(inv, family, []*playbook.Playbook{read}, plan.Options{})
	found.Add(ds...)
	if err != nil || found.Err() != nil {
		tb.Fatal(err, found)
	}
	return p
}
