package smoke_test

import (
	"context"
	"errors"
	"net"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/smoke"
	"github.com/slipway-build/slipway/core/smoke/world"
)

// deployment answers a list of services for each time it is asked; the last
// list stays.
type deployment struct {
	answers [][]world.ServiceState
	err     error
	asked   int
}

func (d *deployment) Dial(context.Context, string) (net.Conn, error) {
	return nil, errors.New("nothing listens")
}

func (d *deployment) Services(context.Context) ([]world.ServiceState, error) {
	if d.err != nil {
		return nil, d.err
	}
	answer := d.answers[min(d.asked, len(d.answers)-1)]
	d.asked++
	return answer, nil
}

func (d *deployment) Logs(string) ([]byte, error) { return nil, nil }

func TestDeploymentMustRunTheDigest(t *testing.T) {
	right := world.ServiceState{Name: "web", Image: "web", ImageID: "sha256:id", Running: true, Healthy: true}
	wrong, gone := right, right
	wrong.ImageID, gone.ImageID = "sha256:old", ""
	other := world.ServiceState{Name: "db", ImageID: "sha256:db", Running: true}
	tests := []struct {
		name     string
		d        *deployment
		state    smoke.State
		reasons  []string
		executed int
	}{
		{"the same", &deployment{answers: [][]world.ServiceState{{other, right}}}, smoke.StatePassed, nil, 1},
		{
			"another digest", &deployment{answers: [][]world.ServiceState{{right, wrong}}}, smoke.StateFailed,
			[]string{`the deployment runs another digest: the service "web" runs sha256:old, the image under test is sha256:id`},
			0,
		},
		{
			"nothing yet", &deployment{answers: [][]world.ServiceState{{gone}}}, smoke.StateFailed,
			[]string{`the deployment runs another digest: the service "web" runs nothing, the image under test is sha256:id`},
			0,
		},
		{"not deployed", &deployment{answers: [][]world.ServiceState{{other}}}, smoke.StateFailed, []string{"the deployment runs no container of web"}, 0},
		{
			"replaced meanwhile", &deployment{answers: [][]world.ServiceState{{right}, {wrong}}}, smoke.StateFailed,
			[]string{`the deployment runs another digest: the service "web" runs sha256:old, the image under test is sha256:id`},
			1,
		},
		{"silent", &deployment{err: errors.New("no route")}, smoke.StateError, []string{"asking the deployment for its services: no route"}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			record := smoke.Run(t.Context(), smoke.Plan{
				Scenarios: parse(t, "Scenario: a", "Then it works"), Vocabulary: vocabulary(t),
				Parts: world.Parts{Subject: subject(), Deployment: tt.d},
			})
			v := smoke.Conclude(record, smoke.Policy{})
			if v.State != tt.state || record.Executed != tt.executed {
				t.Errorf("state %q after %d scenarios, want %q after %d", v.State, record.Executed, tt.state, tt.executed)
			}
			if diff := cmp.Diff(tt.reasons, v.Reasons); diff != "" {
				t.Errorf("reasons (-want +got):\n%s", diff)
			}
		})
	}
}
