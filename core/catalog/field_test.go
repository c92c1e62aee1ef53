package catalog_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/catalog"
	"github.com/slipway-build/slipway/sdk"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// What an author says in tags is what a user reads.
func TestFields(t *testing.T) {
	type limits struct {
		Memory int `json:"memory,omitempty" min:"64" max:"4096"`
	}
	type step struct {
		Run string `json:"run" doc:"A command."`
	}
	type config struct {
		Base   string `json:"base" enum:"debian,alpine" default:"debian" doc:"What it stands on."`
		Token  string `json:"token,omitempty" secret:"true"`
		File   string `json:"file" path:"workspace" pattern:"^[a-z]+$"`
		Limits limits `json:"limits,omitempty"` //nolint:modernize // what it says is that limits may be left out
		Steps  []step `json:"steps,omitempty" max:"9"`
	}
	d, err := sdk.New(sdk.Definition[config]{Name: "x", Version: "1.0.0"}).Describe(t.Context(), strategy.DescribeRequest{})
	if err != nil {
		t.Fatal(err)
	}
	want := []catalog.Field{
		{Name: "base", Type: "string", Doc: "What it stands on.", Default: `"debian"`, Allowed: `"debian", "alpine"`},
		{Name: "file", Type: "string", Allowed: "matches ^[a-z]+$; a path of the workspace", Required: true},
		{Name: "limits", Type: "object"},
		{Name: "limits.memory", Type: "integer", Allowed: "≥ 64; ≤ 4096"},
		{Name: "steps", Type: "array", Allowed: "items ≤ 9"},
		{Name: "steps[].run", Type: "string", Doc: "A command.", Required: true},
		{Name: "token", Type: "string", Allowed: "secret"},
	}
	if diff := cmp.Diff(want, catalog.Fields(d.ConfigSchema)); diff != "" {
		t.Error(diff)
	}
	if got := catalog.Fields(json.RawMessage("no schema")); got != nil {
		t.Errorf("got %v", got)
	}
}
