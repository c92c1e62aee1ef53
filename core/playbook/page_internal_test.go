package playbook

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/slipway-build/slipway/core/document"
)

// Every keyword has a place in the guide.
func TestPageNamesEveryKeyword(t *testing.T) {
	page, err := os.ReadFile("../../docs/playbooks.md")
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, word := range regexp.MustCompile("`([a-z_]+)[:` ]").FindAllStringSubmatch(string(page), -1) {
		named = append(named, word[1])
	}
	for _, written := range []any{
		new(aPlay), new(anyKeywords), new(taskKeywords), new(aTask), new(aHandler), new(looping), new(loopControl), new(retrying), new(aBlock), new(roleImport), new(playbookImport),
	} {
		for _, key := range document.Keys(written) {
			if !slices.Contains(named, key) {
				t.Errorf("docs/playbooks.md does not tell of %s", key)
			}
		}
	}
}
