package ledger_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/slipway-build/slipway/core/ledger"
)

// BenchmarkRecord journals steps, one after the other and as many at once as a
// run has under way.
func BenchmarkRecord(b *testing.B) {
	for _, forks := range []int{1, 4, 16} {
		b.Run(fmt.Sprint(forks, " forks"), func(b *testing.B) {
			l, err := ledger.Open(b.TempDir())
			if err != nil {
				b.Fatal(err)
			}
			r, err := l.Begin(ledger.Info{})
			if err != nil {
				b.Fatal(err)
			}
			var all sync.WaitGroup
			for i := range forks {
				all.Go(func() {
					for n := i; n < b.N; n += forks {
						if err := r.Record(ledger.Entry{StepFinished: &ledger.Step{Play: "p", Task: "t", Image: "web", At: ledger.Place{Task: n}}}); err != nil {
							b.Error(err)
						}
					}
				})
			}
			all.Wait()
			if err := r.End(0); err != nil {
				b.Fatal(err)
			}
		})
	}
}
