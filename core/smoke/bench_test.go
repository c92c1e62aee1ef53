package smoke_test

import (
	"fmt"
	"testing"

	"github.com/slipway-build/slipway/core/smoke"
	builtin "github.com/slipway-build/slipway/core/smoke/vocabulary"
	"github.com/slipway-build/slipway/core/smoke/world"
)

// One run of godog for each scenario must not be felt beside a container.
func BenchmarkScenario(b *testing.B) {
	v, err := builtin.New()
	if err != nil {
		b.Fatal(err)
	}
	var lines []string
	for i := range 100 {
		lines = append(lines, fmt.Sprintf("Scenario: s%d", i), "Then the image has at most 3 layers", `And the image does not have the label "x"`)
	}
	scenarios := parse(b, lines...)
	for b.Loop() {
		record := smoke.Run(b.Context(), smoke.Plan{Scenarios: scenarios, Vocabulary: v, Parts: world.Parts{Subject: subject()}})
		if got := smoke.Conclude(record, smoke.Policy{}); got.Passed != 100 {
			b.Fatalf("%+v", got)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*100), "µs/scenario")
}
