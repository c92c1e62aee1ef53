package deploy_test

import (
	"bytes"
	"testing"

	"github.com/slipway-build/slipway/core/container"
)

// A container that joins finds the services by their names.
func TestJoin(t *testing.T) {
	b := newBed(t)
	d := b.up(t, "services: {web: {image: 'web:test', command: [serve, '80', from web]}}")
	var out bytes.Buffer
	spec := d.Join(container.Spec{ImageID: b.images["web:test"], Command: []string{"get", "http://web"}, Stdout: &out, Stderr: &out})
	end, err := b.runtime.Run(t.Context(), spec)
	if err != nil || end.ExitCode != 0 || out.String() != "from web" {
		t.Errorf("it ended with %v, %v, and printed %q", end, err, out.String())
	}
}
