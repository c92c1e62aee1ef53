package smoke_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/smoke"
	"github.com/slipway-build/slipway/core/smoke/world"
)

func sample() smoke.Record {
	step := func(text string, status smoke.Status, err string) smoke.StepRecord {
		return smoke.StepRecord{Keyword: "Then", Text: text, Line: 3, Status: status, Error: err, Duration: time.Millisecond}
	}
	scenario := func(name string, status smoke.Status, text string, steps ...smoke.StepRecord) smoke.ScenarioRecord {
		return smoke.ScenarioRecord{
			ID: "web.feature:2", URI: "web.feature", Line: 2, Feature: "The web", Name: name, Tags: []string{"@fast"}, Status: status, Error: text,
			Duration: 1500 * time.Millisecond, Steps: steps,
		}
	}
	failed := scenario("b", smoke.Failed, "", step("it works", smoke.Passed, ""), step("it <is> fine", smoke.Failed, "found \x1b[31mred\x1b[0m & ]]> blue"))
	failed.Attachments = []world.Attachment{{Name: "the container: log", MediaType: "text/plain", Body: []byte("boom\x00")}}
	return smoke.Record{
		Image: "web", Reference: "registry.example/web@sha256:aa", ImageID: "sha256:id", Duration: 3 * time.Second, Planned: 4, Executed: 3,
		Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Scenarios: []smoke.ScenarioRecord{
			scenario("a", smoke.Passed, "", step("it works", smoke.Passed, "")),
			failed,
			scenario("c", smoke.Errored, "cleaning up: busy", step("it works", smoke.Passed, "")),
			scenario("d", smoke.NotRun, "", step("it works", smoke.NotRun, "")),
		},
		Refusal: &smoke.Refusal{Reason: "the deployment runs another digest", Failed: true},
	}
}

func TestWriteJUnit(t *testing.T) {
	var b bytes.Buffer
	if err := smoke.WriteJUnit(&b, sample()); err != nil {
		t.Fatal(err)
	}
	want := `<testsuites name="registry.example/web@sha256:aa" time="3.000" tests="5" errors="1" failures="3">
	<testsuite name="The web" tests="4" failures="2" errors="1" id="0" time="6.000" timestamp="2026-01-02T03:04:05Z" file="web.feature">
		<properties>
			<property name="reference" value="registry.example/web@sha256:aa"></property>
			<property name="imageID" value="sha256:id"></property>
		</properties>
		<testcase name="a" classname="web.feature:2" time="1.500" status="passed"></testcase>
		<testcase name="b" classname="web.feature:2" time="1.500" status="failed">
			<failure message="Then it &lt;is&gt; fine: found [31mred[0m &amp; ]]&gt; blue" type="failed"><![CDATA[passed    web.feature:3 Then it works
failed    web.feature:3 Then it <is> fine
          found [31mred[0m & ]]]]><![CDATA[> blue
]]></failure>
			<system-out><![CDATA[== the container: log
boom
]]></system-out>
		</testcase>
		<testcase name="c" classname="web.feature:2" time="1.500" status="error">
			<error message="cleaning up: busy" type="error"><![CDATA[passed    web.feature:3 Then it works
cleaning up: busy
]]></error>
		</testcase>
		<testcase name="d" classname="web.feature:2" time="1.500" status="not-run">
			<failure message="Then it works: not-run" type="not-run"><![CDATA[not-run   web.feature:3 Then it works
]]></failure>
		</testcase>
	</testsuite>
	<testsuite name="the subject" tests="1" failures="1" errors="0" id="0" time="0.000" timestamp="2026-01-02T03:04:05Z">
		<testcase name="what runs is the image under test" classname="web">
			<failure message="the deployment runs another digest"></failure>
		</testcase>
	</testsuite>
</testsuites>
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("JUnit (-want +got):\n%s", diff)
	}
}

func TestWriteCucumber(t *testing.T) {
	var b bytes.Buffer
	if err := smoke.WriteCucumber(&b, sample()); err != nil {
		t.Fatal(err)
	}
	var features []struct {
		URI, ID  string
		Elements []struct {
			ID, Name string
			Steps    []struct {
				Name   string
				Result struct {
					Status       string
					ErrorMessage string `json:"error_message"`
				}
				Embeddings []struct{ Name, Data string }
			}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &features); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range features[0].Elements {
		for _, s := range e.Steps {
			line := strings.Join([]string{e.ID, s.Name, s.Result.Status, s.Result.ErrorMessage}, "|")
			for _, embedding := range s.Embeddings {
				line += "|" + embedding.Name + "=" + embedding.Data
			}
			got = append(got, line)
		}
	}
	want := []string{
		"the-web;a;2|it works|passed|",
		"the-web;b;2|it works|passed|",
		"the-web;b;2|it <is> fine|failed|found \x1b[31mred\x1b[0m & ]]> blue|the container: log=Ym9vbQA=",
		"the-web;c;2|it works|passed|",
		"the-web;c;2|the scenario itself|failed|cleaning up: busy",
		"the-web;d;2|it works|skipped|",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}
