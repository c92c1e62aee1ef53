package smoke

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/jstemmer/go-junit-report/v2/junit"
)

// WriteJUnit writes a record as JUnit XML: one suite for each feature, one case
// for each scenario. Only a passed scenario is green: one that was skipped, is
// pending or did not run is a failure here, because viewers count a skipped
// case as good. A refusal is a case of its own.
func WriteJUnit(w io.Writer, r Record) error {
	report := junit.Testsuites{Name: r.Reference, Time: seconds(r.Duration)}
	for _, group := range byFeature(r.Scenarios) {
		report.AddSuite(junitSuite(r, group))
	}
	if r.Refusal != nil {
		suite := junit.Testsuite{Name: "the subject", Time: seconds(0)}
		suite.SetTimestamp(r.Started)
		suite.AddTestcase(refusalCase(r))
		report.AddSuite(suite)
	}
	if err := report.WriteXML(w); err != nil {
		return fmt.Errorf("writing JUnit: %w", err)
	}
	return nil
}

func refusalCase(r Record) junit.Testcase {
	c := junit.Testcase{Name: "what runs is the image under test", Classname: r.Image}
	result := &junit.Result{Message: printable(r.Refusal.Reason)}
	if r.Refusal.Failed {
		c.Failure = result
	} else {
		c.Error = result
	}
	return c
}

// byFeature groups scenarios by file, in the order of the record.
func byFeature(scenarios []ScenarioRecord) [][]ScenarioRecord {
	var groups [][]ScenarioRecord
	index := map[string]int{}
	for _, s := range scenarios {
		i, ok := index[s.URI]
		if !ok {
			i = len(groups)
			index[s.URI] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], s)
	}
	return groups
}

func junitSuite(r Record, scenarios []ScenarioRecord) junit.Testsuite {
	suite := junit.Testsuite{Name: scenarios[0].Feature, File: scenarios[0].URI}
	suite.SetTimestamp(r.Started)
	suite.AddProperty("reference", r.Reference)
	suite.AddProperty("imageID", r.ImageID)
	var total time.Duration
	for _, s := range scenarios {
		total += s.Duration
		suite.AddTestcase(junitCase(s))
	}
	suite.Time = seconds(total)
	return suite
}

func junitCase(s ScenarioRecord) junit.Testcase {
	c := junit.Testcase{Name: s.Name, Classname: s.ID, Time: seconds(s.Duration), Status: string(s.Status)}
	if s.Status == Passed {
		return c
	}
	at, text := s.Failure()
	result := &junit.Result{Message: printable(text), Type: string(s.Status), Data: printable(transcript(s))}
	if text == "" {
		result.Message = string(s.Status)
	}
	if at.Text != "" {
		result.Message = printable(fmt.Sprintf("%s %s: %s", at.Keyword, at.Text, result.Message))
	}
	if s.Status == Errored {
		c.Error = result
	} else {
		c.Failure = result
	}
	if evidence := evidenceText(s); evidence != "" {
		c.SystemOut = &junit.Output{Data: printable(evidence)}
	}
	return c
}

// transcript is the scenario with the status of each step.
func transcript(s ScenarioRecord) string {
	var b strings.Builder
	for _, step := range s.Steps {
		fmt.Fprintf(&b, "%-9s %s:%d %s %s\n", step.Status, s.URI, step.Line, step.Keyword, step.Text)
		if step.Error != "" {
			fmt.Fprintf(&b, "          %s\n", step.Error)
		}
	}
	if s.Error != "" {
		fmt.Fprintln(&b, s.Error)
	}
	return b.String()
}

func evidenceText(s ScenarioRecord) string {
	var b strings.Builder
	for _, a := range s.Attachments {
		fmt.Fprintf(&b, "== %s\n%s\n", a.Name, a.Body)
	}
	return b.String()
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

// printable leaves out what XML cannot hold: logs have colours.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || unicode.IsGraphic(r) {
			return r
		}
		return -1
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
