// Command bench runs the project's benchmarks and writes what they measured to
// a page of the documentation: `make bench`.
//
// The benchmarks stand beside the code they measure, in files called
// *_bench_test.go. What is compared is measured in turn within one benchmark,
// which reports the ratio itself: a machine that slows down then slows both.
// A benchmark is run three times, or once when its preparation takes minutes, and
// the page shows the median with the least and the most. Nothing here judges a
// figure.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
)

func main() {
	to := flag.String("to", filepath.Join("docs", "benchmarks.md"), "the page to write")
	count := flag.Int("count", 3, "how often each benchmark is run")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *to, *count); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1) //nolint:forbidigo // this is main
	}
}

// run measures every section and writes the page, whole or not at all.
func run(ctx context.Context, to string, count int) error {
	p := page{machine: here(), count: count}
	for _, s := range sections() {
		fmt.Fprintln(os.Stderr, "bench:", s.title)
		measured, err := s.measure(ctx, count)
		if err != nil {
			return err
		}
		p.add(s, measured)
	}
	return os.WriteFile(to, []byte(p.text()), 0o644) //nolint:gosec // a page for everybody
}
