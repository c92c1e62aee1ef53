package gate_test

import (
	"testing"

	"github.com/slipway-build/slipway/core/gate"
)

func TestRefusalsFor(t *testing.T) {
	refusals := gate.Refusals{
		{Set: "site", Image: "web", Digest: "sha256:1", Reasons: []string{"there is no verdict of it"}},
		{Set: "site", Image: "api", Digest: "sha256:2", Reasons: []string{"it is held"}},
	}
	for image, want := range map[string]string{
		"web":  "web (sha256:1) is refused: there is no verdict of it",
		"base": "base is held back: it goes with the set site or not at all, and the gate refuses web, api",
	} {
		err := refusals.For(image)
		if err.Error() != want || !gate.Refused(err) {
			t.Errorf("For(%q) = %v, refused %v, want %s", image, err, gate.Refused(err), want)
		}
	}
}
