package dockerfile_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/plugins/dockerfile"
	"github.com/slipway-build/slipway/plugins/internal/buildtest"
	"github.com/slipway-build/slipway/sdk/strategy"
)

func TestPlan(t *testing.T) {
	dir := buildtest.Workspace(t, map[string]string{
		"Dockerfile":    "ARG V=1\nFROM golang:$V AS build\nCOPY src /src\nFROM example.com/ns/base\nCOPY --from=build /a /a\nCOPY asset.txt /\n",
		".dockerignore": "*.md\n",
		"src/main.go":   "package main",
		"asset.txt":     "asset",
		"features/x":    "not an input",
	})
	got, err := dockerfile.Strategy{}.Plan(t.Context(), strategy.PlanRequest{
		Config:    json.RawMessage(`{}`),
		Workspace: dir,
		Args:      map[string]string{"V": "2"},
	})
	if err != nil {
		t.Fatal(err)
	}
	ignored := []string{"*.md"}
	want := strategy.PlanResponse{
		Images: []strategy.ImageInput{
			{Reference: "golang:2", Kind: strategy.Builder, File: "Dockerfile", Line: 2, Column: 6},
			{Reference: "example.com/ns/base", Kind: strategy.Base, File: "Dockerfile", Line: 4, Column: 6},
		},
		Inputs: []strategy.Input{
			{Path: "Dockerfile"},
			{Path: "Containerfile"},
			{Path: "Dockerfile.dockerignore"},
			{Path: "Dockerfile.containerignore"},
			{Path: ".containerignore"},
			{Path: ".dockerignore"},
			{Path: "asset.txt", Exclude: ignored},
			{Path: "src", Exclude: ignored},
		},
		Reads: []strategy.Input{{Path: "Dockerfile"}, {Path: ".dockerignore"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPlanMistakes(t *testing.T) {
	tests := []struct {
		name, config string
		files        map[string]string
		want         string
	}{
		{"no file", `{}`, map[string]string{"dockerfile": "FROM scratch\n"}, `error[no-dockerfile]: there is no Containerfile or Dockerfile in the workspace (did you mean "dockerfile"?)`},
		{"both", `{}`, map[string]string{"Dockerfile": "FROM scratch\n", "Containerfile": "FROM scratch\n"}, "Dockerfile: error[two-dockerfiles]: there is a Containerfile as well (remove one, or say which with file:)"},
		{"other file", `{"file": "Dockerfile.wbe"}`, map[string]string{"Dockerfile.web": "FROM scratch\n"}, `error[no-dockerfile]: there is no Dockerfile.wbe in the workspace (did you mean "Dockerfile.web"?)`},
		{"no context", `{"context": "src"}`, map[string]string{"Dockerfile": "FROM scratch\n"}, "error[no-context]: there is no folder src in the workspace"},
		{"outside", `{"file": "../Dockerfile", "context": "/etc"}`, nil, "error[path-outside]: file \"../Dockerfile\" leads out of the workspace (write it relative to the workspace)\nerror[path-outside]: context \"/etc\" leads out of the workspace (write it relative to the workspace)"},
		{"unknown key", `{"tagret": "x"}`, nil, `error[bad-config]: unknown field "tagret"`},
		{"several", `{}`, map[string]string{"Dockerfile": "FROM scratch\nCOPY a /\nCOPY b /\n"}, "Dockerfile:2:6: error[missing-source]: COPY a: no such file in the build context (put it there, or take the line out)\nDockerfile:3:6: error[missing-source]: COPY b: no such file in the build context (put it there, or take the line out)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := dockerfile.Strategy{}.Plan(t.Context(), strategy.PlanRequest{Config: json.RawMessage(tt.config), Workspace: buildtest.Workspace(t, tt.files)})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got.Diagnostics.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDescribe(t *testing.T) {
	got, err := dockerfile.Strategy{}.Describe(t.Context(), strategy.DescribeRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var schema struct{ Properties map[string]any }
	if err := json.Unmarshal(got.ConfigSchema, &schema); err != nil {
		t.Fatalf("the schema is no JSON: %v", err)
	}
	for _, key := range []string{"file", "context", "target"} {
		v, err := dockerfile.Strategy{}.Validate(t.Context(), strategy.ValidateRequest{Config: json.RawMessage(`{"` + key + `": "x"}`)})
		if err != nil || len(v.Diagnostics) > 0 || schema.Properties[key] == nil {
			t.Errorf("%s: Validate finds %v, %v; the schema says %v", key, v.Diagnostics, err, schema.Properties[key])
		}
	}
}
