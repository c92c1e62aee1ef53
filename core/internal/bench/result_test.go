package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPage(t *testing.T) {
	const output = `goos: linux
BenchmarkStart
BenchmarkStart-2   	      68	  16940494 ns/op	         8.5 answer-ms	         1.25 ratio
BenchmarkStart-2   	      68	  16940494 ns/op	         9.5 answer-ms	         1.75 ratio
BenchmarkLoad/images=1000-2   1   2500000 ns/op   1048576 B/op   12 allocs/op
PASS
`
	p := page{machine: machine{date: "2026-01-02", kernel: "6.1", goVersion: "go1.26", arch: "amd64", processors: 2}, count: 2}
	p.add(section{title: "Measured", about: "This.", pkg: "./x", benchmark: "Y", time: "1x"}, parse(output))
	p.add(section{title: "Skipped", about: "That.", pkg: "./x", benchmark: "Z", time: "1x"},
		parse("=== RUN\n--- SKIP: BenchmarkZ\n    z_test.go:7: needs the command buildah\nok\n"))
	want := `
## Measured

This.

    go test ./x -v -run ^$ -bench ^BenchmarkY$ -benchtime 1x -count 2 -timeout 30m

| benchmark | figure | median | least | most |
|---|---|---:|---:|---:|
| Start | answer-ms | 9 | 8.5 | 9.5 |
| Start | ratio | 1.5 | 1.25 | 1.75 |
| Load/images=1000 | ms | 2.5 | 2.5 | 2.5 |
| Load/images=1000 | allocated-MiB | 1 | 1 | 1 |

## Skipped

That.

    go test ./x -v -run ^$ -bench ^BenchmarkZ$ -benchtime 1x -count 2 -timeout 30m

Not measured: needs the command buildah.
`
	if diff := cmp.Diff(want, p.body.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
