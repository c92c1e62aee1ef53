package playbook

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/document"
)

func everyKeyword() []string {
	all := []string{"import_role", "import_tasks", "meta"} // say what a task is, as an action does
	for _, part := range []any{
		new(aPlay), new(anyKeywords), new(taskKeywords), new(playbookImport), new(aRole), new(aBlock), new(looping),
		new(loopControl), new(anImport), new(aMeta), new(aTask), new(aHandler), new(retrying),
	} {
		all = append(all, document.Keys(part)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func TestEveryKeywordIsExplained(t *testing.T) {
	if diff := cmp.Diff(everyKeyword(), slices.Sorted(maps.Keys(keywordDocs()))); diff != "" {
		t.Errorf("(-keywords +explained):\n%s", diff)
	}
}

func TestSchemaKnowsEveryKeyword(t *testing.T) {
	s := Schema(map[string]map[string]any{"debug": {"type": "object"}})
	known := map[string]bool{}
	for kind, def := range s["$defs"].(map[string]any) {
		if kind == "task" {
			continue // says which keys decide what a task is
		}
		properties, _ := def.(map[string]any)["properties"].(map[string]any)
		for name, property := range properties {
			known[name] = true
			if data, err := json.Marshal(property); err != nil || string(data) == "{}" {
				t.Errorf("%s may be anything: %s, %v", name, data, err)
			}
		}
	}
	for _, name := range everyKeyword() {
		if !known[name] {
			t.Errorf("an editor would not know %s", name)
		}
	}
}
