package schema_test

import (
	"reflect"
	"testing"

	"github.com/slipway-build/slipway/core/schema"
)

func TestWords(t *testing.T) {
	whole := map[string]any{"type": "integer"}
	tests := []struct {
		s    map[string]any
		want string
	}{
		{schema.Text(), "text"},
		{whole, "whole number"},
		{map[string]any{"type": "number"}, "number"},
		{map[string]any{}, "anything"},
		{map[string]any{"const": false}, "false"},
		{schema.Enum("dag", "free"), "dag|free"},
		{schema.OrTemplate(map[string]any{"type": "boolean"}), "true or false"},
		{schema.OrOne(schema.Text()), "text, or list of text"},
		{schema.Type(reflect.TypeFor[[]string]()), "list of text"},
		{schema.Type(reflect.TypeFor[map[string][]int]()), "mapping of list of whole numbers"},
		{schema.Mapping(whole), "mapping of whole numbers"},
		{map[string]any{"type": "object"}, "mapping"},
		{schema.List(schema.Ref("task")), "list of tasks"},
		{schema.Ref("loop_control"), "loop control"},
		{map[string]any{"type": "array"}, "list"},
		{schema.Titled("percentage", map[string]any{"type": "number"}), "percentage"},
		{schema.Duration(), "duration"},
	}
	for _, tt := range tests {
		if got := schema.Words(tt.s); got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.s, got, tt.want)
		}
	}
}
