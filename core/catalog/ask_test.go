package catalog_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/catalog"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// answers is a session that answers as it was told; nil stands for a method
// that a plugin does not have.
type answers struct {
	strategy.Unimplemented
	validate *strategy.ValidateResponse
	plan     *strategy.PlanResponse
	broken   error
}

func (a answers) Validate(context.Context, strategy.ValidateRequest) (strategy.ValidateResponse, error) {
	if a.validate == nil {
		return strategy.ValidateResponse{}, fmt.Errorf("plugin hello: %w", strategy.ErrUnimplemented)
	}
	return *a.validate, a.broken
}

func (a answers) Plan(context.Context, strategy.PlanRequest) (strategy.PlanResponse, error) {
	if a.plan == nil {
		return strategy.PlanResponse{}, fmt.Errorf("plugin hello: %w", strategy.ErrUnimplemented)
	}
	return *a.plan, nil
}

// The schema is held to the config first, then the strategy judges it, then it
// plans; none of them is asked when something is wrong, and each may be missing.
func TestPlan(t *testing.T) {
	remark, mistake := diag.Warningf("a", diag.Pos{}, "odd"), diag.Errorf("b", diag.Pos{}, "wrong")
	inputs := []strategy.Input{{Path: "x"}}
	tests := map[string]struct {
		config  string
		session answers
		want    strategy.PlanResponse
	}{
		"against the schema": {`{"level":0}`, answers{}, strategy.PlanResponse{Diagnostics: diag.List{
			{Code: "config.minimum", Path: "/level", Summary: `"level": minimum: got 0, want 1`},
		}}},
		"judged wrong": {
			`{"level":1}`,
			answers{validate: &strategy.ValidateResponse{Diagnostics: diag.List{remark, mistake}}},
			strategy.PlanResponse{Diagnostics: diag.List{remark, mistake}},
		},
		"planned": {
			`{"level":1}`,
			answers{validate: &strategy.ValidateResponse{Diagnostics: diag.List{remark}}, plan: &strategy.PlanResponse{Inputs: inputs}},
			strategy.PlanResponse{Inputs: inputs, Diagnostics: diag.List{remark}},
		},
		"with neither": {`{"level":1}`, answers{}, strategy.PlanResponse{Volatile: "the strategy archive does not say what it depends on"}},
	}
	c, _ := newCatalog(t, catalog.Options{})
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := c.Plan(t.Context(), "archive", test.session, strategy.PlanRequest{Config: json.RawMessage(test.config)})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	broken := answers{validate: new(strategy.ValidateResponse), broken: errors.New("it broke")}
	if _, err := c.Plan(t.Context(), "archive", broken, strategy.PlanRequest{Config: json.RawMessage(`{"level":1}`)}); !errors.Is(err, broken.broken) {
		t.Errorf("got %v", err)
	}
}
