package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// A machine is where was measured, and when.
type machine struct {
	date, kernel, goVersion, arch string
	processors                    int
}

func here() machine {
	kernel, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		kernel = []byte("unknown")
	}
	return machine{
		date: time.Now().UTC().Format(time.DateOnly), kernel: strings.TrimSpace(string(kernel)),
		goVersion: runtime.Version(), arch: runtime.GOARCH, processors: runtime.NumCPU(),
	}
}

// A page is the document being written.
type page struct {
	machine machine
	count   int
	body    strings.Builder
}

const head = `# Benchmarks

Written by ` + "`make bench`" + ` on %s: %d processors (%s), Linux %s, %s. The command
above each table made it. Each figure is the median of the runs that ` + "`-count`" + ` asks for, with the
least and the most beside it. What is compared was measured in turn within one run, so that a ratio holds
where single times do not: these are figures of one machine, which others may have been using, and
no test depends on them.
`

func (p *page) text() string {
	m := p.machine
	return fmt.Sprintf(head, m.date, m.processors, m.arch, m.kernel, m.goVersion) + p.body.String()
}

// add writes a section.
func (p *page) add(s section, r results) {
	fmt.Fprintf(&p.body, "\n## %s\n\n%s\n\n    go %s\n\n", s.title, s.about, strings.Join(s.args(p.count), " "))
	if len(r.rows) == 0 {
		fmt.Fprintf(&p.body, "Not measured: %s.\n", r.skipped)
		return
	}
	p.body.WriteString("| benchmark | figure | median | least | most |\n|---|---|---:|---:|---:|\n")
	for _, row := range r.rows {
		median, least, most := row.spread()
		fmt.Fprintf(&p.body, "| %s | %s | %s | %s | %s |\n", row.name, row.unit, number(median), number(least), number(most))
	}
}

// number writes three significant digits, and whole numbers whole.
func number(x float64) string {
	if x >= 100 {
		return strconv.FormatFloat(x, 'f', 0, 64)
	}
	return strconv.FormatFloat(x, 'g', 3, 64)
}
