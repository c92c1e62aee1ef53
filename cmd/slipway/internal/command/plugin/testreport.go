package plugin

import (
	"fmt"
	"io"
	"strconv"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/slipway-build/slipway/sdk/plugintest"
)

// A testedCheck is one check as `slipway plugin test --json` tells of it.
type testedCheck struct {
	ID      string  `json:"id"`
	Title   string  `json:"title"`
	Outcome string  `json:"outcome"` // "passed", "failed" or "skipped"
	Reason  string  `json:"reason,omitempty"`
	Seconds float64 `json:"seconds"`
}

// testAnswer is what --json answers.
func testAnswer(command []string, results []plugintest.Result) any {
	var checks []testedCheck
	for _, r := range results {
		c := testedCheck{ID: r.ID, Title: r.Title, Outcome: "passed", Reason: r.Skipped, Seconds: r.Took.Seconds()}
		switch {
		case r.Err != nil:
			c.Outcome, c.Reason = "failed", r.Err.Error()
		case r.Skipped != "":
			c.Outcome = "skipped"
		}
		checks = append(checks, c)
	}
	return map[string]any{"command": command, "checks": checks}
}

// writeJUnit writes one suite with a case for each check.
func writeJUnit(w io.Writer, name string, results []plugintest.Result) error {
	suite := junit.Testsuite{Name: name}
	var total float64
	for _, r := range results {
		total += r.Took.Seconds()
		c := junit.Testcase{Name: r.ID + " " + r.Title, Classname: "plugintest", Time: seconds(r.Took.Seconds())}
		switch {
		case r.Err != nil:
			c.Failure = &junit.Result{Message: strconv.QuoteToGraphic(r.Err.Error())}
		case r.Skipped != "":
			c.Skipped = &junit.Result{Message: r.Skipped}
		}
		suite.AddTestcase(c)
	}
	suite.Time = seconds(total)
	var report junit.Testsuites
	report.AddSuite(suite)
	return report.WriteXML(w)
}

func seconds(s float64) string { return fmt.Sprintf("%.3f", s) }
