package buildkey_test

import (
	"testing"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/sdk/strategy"
)

func TestSelects(t *testing.T) {
	inputs := []strategy.Input{
		{Path: "Dockerfile"},
		{Path: "assets", Exclude: []string{"**/*.md", "!assets/keep.md"}},
		{Path: "*/go.mod"},
		{Path: "sub/hidden", Exclude: []string{"sub/hidden"}},
		{Path: "sub/part", Exclude: []string{"sub/part", "!sub/part/keep"}},
		{URL: "https://files.test/x"},
	}
	tests := []struct {
		path string
		want bool
	}{
		{"Dockerfile", true},
		{"Dockerfile/below", true},
		{"Dockerfile2", false},
		{"assets/a/b", true},
		{"assets/notes.md", false},
		{"assets/keep.md", true},
		{"src/go.mod", true},
		{"go.mod", false},
		{"src", false},
		{"src/", true}, // there may be a go.mod
		{"src/below/", false},
		{"sub/hidden/", false},
		{"sub/part/", true}, // but for what is kept
		{"features/web.feature", false},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			got, err := buildkey.Selects(inputs, tt.path)
			if err != nil || got != tt.want {
				t.Errorf("Selects(%s) = %t, %v; want %t", tt.path, got, err, tt.want)
			}
		})
	}
	if got, err := buildkey.Selects([]strategy.Input{{Path: "."}}, "any/thing"); err != nil || !got {
		t.Errorf("the whole workspace does not hold any/thing: %v", err)
	}
}
