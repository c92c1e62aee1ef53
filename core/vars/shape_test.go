package vars_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/vars"
)

func text() *vars.Shape { return &vars.Shape{Below: map[string]*vars.Shape{}} }

// A variable of -e is what templates see, whatever a task registers under its
// name: then the shape of the result says nothing.
func TestGivenWinsOverAResult(t *testing.T) {
	later := vars.Later{"made": {Below: map[string]*vars.Shape{"path": text()}}}
	d := vars.Data{Scope: new(vars.Scope)}
	n := parse(t, "v: '{{ .made.other }}'")
	if got := d.Check(n, later).Error(); got == "" {
		t.Error("a result has no such name")
	}
	d.Scope.DefineAll(parse(t, "made: {other: 1}"), vars.Extra, "")
	if got := d.Check(n, later).Error(); got != "" {
		t.Errorf("given with -e: %s", got)
	}
}

func TestShapeOr(t *testing.T) {
	open := &vars.Shape{}
	one := &vars.Shape{Below: map[string]*vars.Shape{"a": text(), "both": {Below: map[string]*vars.Shape{"x": text()}}}}
	other := &vars.Shape{Below: map[string]*vars.Shape{"b": text(), "both": {Below: map[string]*vars.Shape{"y": text()}}}}
	either := &vars.Shape{Below: map[string]*vars.Shape{
		"a": text(), "b": text(), "both": {Below: map[string]*vars.Shape{"x": text(), "y": text()}},
	}}
	tests := []struct{ a, b, want *vars.Shape }{
		{one, other, either}, {other, one, either}, {one, nil, nil}, {nil, one, nil}, {one, open, nil}, {open, one, nil},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, tt.a.Or(tt.b)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
