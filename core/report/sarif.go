package report

import (
	"cmp"
	"encoding/json"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/sdk/diag"
)

// The parts of SARIF 2.1.0 that findings need.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool            `json:"tool"`
		Bases       map[string]sarifFile `json:"originalUriBaseIds,omitempty"`
		ColumnKind  string               `json:"columnKind"`
		Invocations []sarifInvocation    `json:"invocations"`
		Results     []sarifResult        `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID    string     `json:"id"`
		Short *sarifText `json:"shortDescription,omitempty"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Level   string    `json:"level"`
		Message sarifText `json:"message"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
	}
	sarifLocation struct {
		Physical sarifPlace `json:"physicalLocation"`
	}
	sarifPlace struct {
		File   sarifFile    `json:"artifactLocation"`
		Region *sarifRegion `json:"region,omitempty"`
	}
	sarifFile struct {
		URI  string `json:"uri"`
		Base string `json:"uriBaseId,omitempty"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
		EndColumn   int `json:"endColumn,omitempty"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
)

// sourceRoot is the customary name of the folder that relative paths begin at.
const sourceRoot = "%SRCROOT%"

// SARIF writes the findings as SARIF 2.1.0, one run with one rule for each code
// that occurs. Paths are relative to the reader's folder where they lie below.
func (f Findings) SARIF(w io.Writer) error {
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "slipway", Version: f.Version, Rules: f.sarifRules()}},
		ColumnKind: "unicodeCodePoints", Results: []sarifResult{},
		Invocations: []sarifInvocation{{Successful: f.Failure == ""}},
	}
	if f.Style.Dir != "" {
		run.Bases = map[string]sarifFile{sourceRoot: {URI: fileURI(strings.TrimSuffix(f.Style.Dir, "/") + "/")}}
	}
	if f.Failure != "" {
		run.Invocations[0].Notifications = []sarifNotification{{Level: "error", Message: sarifText{f.Failure}}}
	}
	for _, d := range f.Found {
		run.Results = append(run.Results, f.sarifResult(d, run.Tool.Driver.Rules))
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}})
}

// codeOf is the rule of a diagnostic: every result of SARIF has one.
func codeOf(d diag.Diagnostic) string { return cmp.Or(d.Code, "problem") }

func (f Findings) sarifRules() []sarifRule {
	rules := []sarifRule{}
	for _, d := range f.Found {
		id := codeOf(d)
		if slices.ContainsFunc(rules, func(r sarifRule) bool { return r.ID == id }) {
			continue
		}
		rule := sarifRule{ID: id}
		if doc := f.Rules[id]; doc != "" {
			rule.Short = &sarifText{doc}
		}
		rules = append(rules, rule)
	}
	slices.SortFunc(rules, func(a, b sarifRule) int { return strings.Compare(a.ID, b.ID) })
	return rules
}

func (f Findings) sarifResult(d diag.Diagnostic, rules []sarifRule) sarifResult {
	id := codeOf(d)
	r := sarifResult{
		RuleID: id, RuleIndex: slices.IndexFunc(rules, func(r sarifRule) bool { return r.ID == id }),
		Level: d.Severity.String(), Message: sarifText{f.Style.said(d)},
	}
	if !d.Pos.IsValid() {
		return r
	}
	place := sarifPlace{File: f.sarifFile(d.Pos.File)}
	if d.Pos.Line > 0 {
		place.Region = &sarifRegion{StartLine: d.Pos.Line, StartColumn: d.Pos.Column, EndColumn: d.Pos.End}
	}
	r.Locations = []sarifLocation{{place}}
	return r
}

func (f Findings) sarifFile(file string) sarifFile {
	shown := f.Style.Path(file)
	if filepath.IsAbs(shown) {
		return sarifFile{URI: fileURI(shown)}
	}
	relative := url.URL{Path: filepath.ToSlash(shown)}
	return sarifFile{URI: relative.EscapedPath(), Base: sourceRoot}
}

func fileURI(path string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()
}
