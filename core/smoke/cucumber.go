package smoke

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/slipway-build/slipway/core/smoke/world"
)

// The JSON that Cucumber's viewers read. It has no schema of its own in any
// module that can be imported: godog's is internal.
type (
	cucumberFeature struct {
		URI         string             `json:"uri"`
		ID          string             `json:"id"`
		Keyword     string             `json:"keyword"`
		Name        string             `json:"name"`
		Description string             `json:"description"`
		Line        int                `json:"line"`
		Elements    []cucumberScenario `json:"elements"`
	}
	cucumberScenario struct {
		ID          string         `json:"id"`
		Keyword     string         `json:"keyword"`
		Type        string         `json:"type"`
		Name        string         `json:"name"`
		Description string         `json:"description"`
		Line        int            `json:"line"`
		Tags        []cucumberTag  `json:"tags"`
		Steps       []cucumberStep `json:"steps"`
	}
	cucumberTag struct {
		Name string `json:"name"`
		Line int    `json:"line"`
	}
	cucumberStep struct {
		Keyword    string              `json:"keyword"`
		Name       string              `json:"name"`
		Line       int                 `json:"line"`
		Result     cucumberResult      `json:"result"`
		Embeddings []cucumberEmbedding `json:"embeddings,omitempty"`
	}
	cucumberResult struct {
		Status   string `json:"status"`
		Duration int64  `json:"duration"` // nanoseconds
		Error    string `json:"error_message,omitempty"`
	}
	cucumberEmbedding struct {
		Name     string `json:"name"`
		MimeType string `json:"mime_type"`
		Data     []byte `json:"data"` // base64
	}
)

// WriteCucumber writes a record as Cucumber JSON. The format knows fewer
// statuses: a check that could not be performed is failed, and a scenario whose
// steps all passed but which has not gets one more step that says why.
func WriteCucumber(w io.Writer, r Record) error {
	features := []cucumberFeature{}
	for _, group := range byFeature(r.Scenarios) {
		f := cucumberFeature{URI: group[0].URI, ID: identifier(group[0].Feature), Keyword: "Feature", Name: group[0].Feature, Line: 1}
		for _, s := range group {
			f.Elements = append(f.Elements, cucumberElement(f.ID, s))
		}
		features = append(features, f)
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(features); err != nil {
		return fmt.Errorf("writing Cucumber JSON: %w", err)
	}
	return nil
}

func cucumberElement(feature string, s ScenarioRecord) cucumberScenario {
	e := cucumberScenario{
		ID: fmt.Sprintf("%s;%s;%d", feature, identifier(s.Name), s.Line), Keyword: "Scenario", Type: "scenario", Name: s.Name, Line: s.Line,
		Tags: []cucumberTag{}, Steps: []cucumberStep{},
	}
	for _, tag := range s.Tags {
		e.Tags = append(e.Tags, cucumberTag{Name: tag, Line: s.Line})
	}
	evidence := embeddings(s.Attachments)
	for _, step := range s.Steps {
		c := cucumberStep{Keyword: step.Keyword + " ", Name: step.Text, Line: step.Line, Result: cucumberOutcome(step.Status, step.Error)}
		c.Result.Duration = step.Duration.Nanoseconds()
		if step.Status != Passed {
			c.Embeddings, evidence = evidence, nil
		}
		e.Steps = append(e.Steps, c)
	}
	if s.Error != "" || len(s.Steps) == 0 {
		e.Steps = append(e.Steps, cucumberStep{Keyword: "* ", Name: "the scenario itself", Line: s.Line, Result: cucumberOutcome(s.Status, s.Error), Embeddings: evidence})
	}
	return e
}

func cucumberOutcome(status Status, text string) cucumberResult {
	result := cucumberResult{Status: string(status), Error: text}
	switch status {
	case Errored:
		result.Status = string(Failed)
	case NotRun:
		result.Status = string(Skipped)
	default: // Cucumber has the same word
	}
	return result
}

func embeddings(attachments []world.Attachment) []cucumberEmbedding {
	var out []cucumberEmbedding
	for _, a := range attachments {
		out = append(out, cucumberEmbedding{Name: a.Name, MimeType: a.MediaType, Data: a.Body})
	}
	return out
}

// identifier is how Cucumber makes an id of a name.
func identifier(name string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimSpace(name), " ", "-"))
}
