package report_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/report"
	"github.com/slipway-build/slipway/sdk/diag"
)

// findings are one of each kind: with a whole place, with a file alone, with
// no place, and with text that would break a careless format.
func findings() report.Findings {
	return report.Findings{
		Style: report.Style{Dir: "/home/me"}, Version: "1.2.3",
		Rules: map[string]string{"unknown-key": "a key that nobody reads"},
		Found: diag.List{
			diag.Errorf("unknown-key", diag.Pos{File: "/home/me/a b.yml", Line: 3, Column: 7, End: 11}, "unknown key %q", "wehn").
				WithDetail("The other one is at /home/me/c.yml.").WithFix("did you mean %q?", "when"),
			diag.Warningf("tie", diag.Pos{File: "/srv/x:y,z.yml"}, "100%% of\r\nit ::error::"),
			{Severity: diag.Note, Summary: "by the way"},
		},
		Failure: "the registry is away",
	}
}

func TestFindingsForGitHub(t *testing.T) {
	var b strings.Builder
	if err := findings().GitHub(&b); err != nil {
		t.Fatal(err)
	}
	want := `::error file=a b.yml,line=3,col=7,endColumn=11,title=unknown-key::unknown key "wehn"%0AThe other one is at c.yml.%0Ahint: did you mean "when"?
::warning file=/srv/x%3Ay%2Cz.yml,title=tie::100%25 of%0D%0Ait ::error::
::notice title=slipway::by the way
::error title=slipway::the registry is away
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFindingsAsJSON(t *testing.T) {
	var b strings.Builder
	if err := findings().JSON(&b); err != nil {
		t.Fatal(err)
	}
	want := `{"diagnostics":[{"severity":"error","code":"unknown-key","message":"unknown key \"wehn\"","detail":"The other one is at c.yml.","fix":"did you mean \"when\"?","file":"a b.yml","line":3,"column":7,"end_column":11},` +
		`{"severity":"warning","code":"tie","message":"100% of\r\nit ::error::","file":"/srv/x:y,z.yml"},{"severity":"note","message":"by the way"}],"failure":"the registry is away"}` + "\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFindingsAsSARIF(t *testing.T) {
	var b strings.Builder
	if err := findings().SARIF(&b); err != nil {
		t.Fatal(err)
	}
	want := `{
  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
  "version": "2.1.0",
  "runs": [
    {
      "tool": {
        "driver": {
          "name": "slipway",
          "version": "1.2.3",
          "rules": [
            {"id": "problem"},
            {"id": "tie"},
            {"id": "unknown-key", "shortDescription": {"text": "a key that nobody reads"}}
          ]
        }
      },
      "originalUriBaseIds": {"%SRCROOT%": {"uri": "file:///home/me/"}},
      "columnKind": "unicodeCodePoints",
      "invocations": [
        {
          "executionSuccessful": false,
          "toolExecutionNotifications": [{"level": "error", "message": {"text": "the registry is away"}}]
        }
      ],
      "results": [
        {
          "ruleId": "unknown-key", "ruleIndex": 2, "level": "error",
          "message": {"text": "unknown key \"wehn\"\nThe other one is at c.yml.\nhint: did you mean \"when\"?"},
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {"uri": "a%20b.yml", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 3, "startColumn": 7, "endColumn": 11}
              }
            }
          ]
        },
        {
          "ruleId": "tie", "ruleIndex": 1, "level": "warning",
          "message": {"text": "100% of\r\nit ::error::"},
          "locations": [{"physicalLocation": {"artifactLocation": {"uri": "file:///srv/x:y,z.yml"}}}]
        },
        {"ruleId": "problem", "ruleIndex": 0, "level": "note", "message": {"text": "by the way"}}
      ]
    }
  ]
}`
	var wanted, got any
	for text, into := range map[string]*any{want: &wanted, b.String(): &got} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(wanted, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
