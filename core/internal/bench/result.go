package main

import (
	"slices"
	"strconv"
	"strings"
)

// results are what a section's benchmarks measured.
type results struct {
	rows    []*row // in the order of their first appearance
	skipped string // why nothing was measured, if so
}

// A row is one figure of one benchmark, measured several times.
type row struct {
	name, unit string
	values     []float64
}

// parse reads what `go test -bench -v` prints: lines such as
//
//	BenchmarkStart-2   50   16940494 ns/op   8.829 answer-ms
//
// and, for a benchmark that could not run here, its reason on the line after
// "--- SKIP".
func parse(output string) results {
	var r results
	lines := strings.Split(output, "\n")
	for i, line := range lines {
		if strings.HasPrefix(strings.TrimSpace(line), "--- SKIP") && i+1 < len(lines) {
			_, r.skipped, _ = strings.Cut(lines[i+1], ": ")
			continue
		}
		fields := strings.Fields(line)
		if len(fields) >= 4 && strings.HasPrefix(fields[0], "Benchmark") {
			r.addLine(fields)
		}
	}
	return r
}

// addLine adds the pairs of a value and its unit that follow a benchmark's
// name and number of iterations.
func (r *results) addLine(fields []string) {
	name := plainName(fields[0])
	custom := slices.ContainsFunc(fields[2:], func(f string) bool { return strings.HasSuffix(f, "-s") || strings.HasSuffix(f, "-ms") })
	for i := 2; i+1 < len(fields); i += 2 {
		value, err := strconv.ParseFloat(fields[i], 64)
		unit := fields[i+1]
		if err != nil || unit == "allocs/op" || custom && unit == "ns/op" {
			continue // the benchmark tells its times itself
		}
		if unit == "ns/op" {
			value, unit = value/1e6, "ms"
		}
		if unit == "B/op" {
			value, unit = value/(1<<20), "allocated-MiB"
		}
		r.add(name, unit, value)
	}
}

// plainName takes off the word Benchmark and the number of processors.
func plainName(name string) string {
	name = strings.TrimPrefix(name, "Benchmark")
	if at := strings.LastIndex(name, "-"); at > 0 {
		if _, err := strconv.Atoi(name[at+1:]); err == nil {
			name = name[:at]
		}
	}
	return name
}

func (r *results) add(name, unit string, value float64) {
	at := slices.IndexFunc(r.rows, func(x *row) bool { return x.name == name && x.unit == unit })
	if at < 0 {
		r.rows = append(r.rows, &row{name: name, unit: unit})
		at = len(r.rows) - 1
	}
	r.rows[at].values = append(r.rows[at].values, value)
}

// spread returns the median, least and most of a row's values.
func (r *row) spread() (median, least, most float64) {
	sorted := slices.Sorted(slices.Values(r.values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2, sorted[0], sorted[n-1]
}
