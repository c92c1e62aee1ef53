package smoke_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/smoke"
	"github.com/slipway-build/slipway/core/smoke/feature"
	"github.com/slipway-build/slipway/core/smoke/step"
	builtin "github.com/slipway-build/slipway/core/smoke/vocabulary"
	"github.com/slipway-build/slipway/core/smoke/world"
)

// From a file beside an image to a verdict, with the built-in steps, in
// another language and with templates.
func TestFromFeatureToVerdict(t *testing.T) {
	dir, root := t.TempDir(), t.TempDir()
	text := `# language: de
Funktionalität: Netz
  Szenario: Dateien
    Dann the file "/etc/{{ .name }}" contains "hello"
  Szenario: Unbekannt
    Dann the file "/etc/{{ .nam }}" exists
`
	for path, text := range map[string]string{filepath.Join(dir, "netz.feature"): text, filepath.Join(root, "etc", "web"): "hello"} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	v, err := builtin.New()
	if err != nil {
		t.Fatal(err)
	}
	suite, problems := feature.Load(feature.Source{Path: dir, Image: "web"})
	scenarios := suite.For("web", nil, feature.Expression{})
	if problems = append(problems, smoke.Check(scenarios, v)...); len(problems) > 0 {
		t.Fatal(problems)
	}
	s := subject()
	s.Root = func(context.Context) (string, error) { return root, nil }
	record := smoke.Run(t.Context(), smoke.Plan{Scenarios: scenarios, Vocabulary: v, Parts: world.Parts{Subject: s, Expand: func(text string) (string, error) {
		if strings.Contains(text, ".name ") {
			return strings.ReplaceAll(text, "{{ .name }}", "web"), nil
		}
		return "", errors.New("no variable nam")
	}}})
	if record.Scenarios[0].Status != smoke.Passed {
		t.Errorf("the first scenario: %+v", record.Scenarios[0])
	}
	want := `expanding "/etc/{{ .nam }}": no variable nam`
	if _, got := record.Scenarios[1].Failure(); got != want || record.Scenarios[1].Status != smoke.Errored {
		t.Errorf("the second scenario: %s %q, want %q", record.Scenarios[1].Status, got, want)
	}
}

func TestEvidenceOfFailuresOnly(t *testing.T) {
	note := func(sentence string, err error) step.Definition {
		return step.Definition{
			Pattern: sentence, Keyword: step.Then, Doc: "Notes.", Example: sentence,
			Run: func(_ context.Context, w *world.World, _ step.Args) error {
				w.Attach(world.Attachment{Name: sentence, MediaType: "text/plain"})
				return err
			},
		}
	}
	record := smoke.Run(t.Context(), smoke.Plan{
		Scenarios:  parse(t, "Scenario: a", "Then a good note", "Scenario: b", "Then a bad note"),
		Vocabulary: vocabulary(t, note("a good note", nil), note("a bad note", world.Mismatchf("bad"))), Parts: world.Parts{Subject: subject()},
	})
	var got []string
	for _, s := range record.Scenarios {
		for _, a := range s.Attachments {
			got = append(got, s.Name+": "+a.Name)
		}
	}
	if diff := cmp.Diff([]string{"b: a bad note"}, got); diff != "" {
		t.Errorf("attachments (-want +got):\n%s", diff)
	}
}
