package site

import (
	"fmt"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Task is one task of a command that needs no playbook.
type Task struct {
	Action string
	Args   map[string]any
}

// adHocBook is the playbook as a document that stands nowhere.
func adHocBook(pattern string, tasks []Task) document.Node {
	var list []any
	var verbs []string
	for _, t := range tasks {
		list = append(list, map[string]any{"name": strings.ToUpper(t.Action[:1]) + t.Action[1:], t.Action: t.Args})
		verbs = append(verbs, t.Action)
	}
	play := map[string]any{"name": fmt.Sprintf("%s %s", strings.Join(verbs, ", "), pattern), "images": pattern, "tasks": list}
	return document.Of([]any{play}, diag.Pos{})
}
