package vars

import (
	"slices"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Reserved returns the names that only slipway sets.
func Reserved() []string {
	return []string{"image", "images", "groups", "play", "run", "item", "index", "loop", "failed_task", "failed_result"}
}

// CheckName tells what is wrong with the name of a variable: it must be
// usable in a template and not be one that slipway sets.
func CheckName(name document.Node) diag.List {
	text := name.Text()
	for i, r := range text {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return diag.List{diag.Errorf("variable-name", name.Pos(), "%q cannot be the name of a variable: templates could not say .%s", text, text).
				WithFix("use letters, digits and '_', and begin with a letter")}
		}
	}
	if slices.Contains(Reserved(), text) {
		return diag.List{diag.Errorf("reserved-name", name.Pos(), "%q is set by slipway and cannot be a variable", text).WithFix("choose another name")}
	}
	return nil
}
