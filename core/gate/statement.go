package gate

import (
	"encoding/json"
	"strings"
)

// The types of what the gate attaches. The blob of each is an in-toto
// statement; only the artifact types tell them apart without reading it.
const (
	VerdictType   = "application/vnd.slipway.verdict.v1+json"
	PromotionType = "application/vnd.slipway.promotion.v1+json"
	HoldType      = "application/vnd.slipway.hold.v1+json"
	StatementType = "application/vnd.in-toto+json"
)

const (
	testResult         = "https://in-toto.io/attestation/test-result/v0.1"
	promotionPredicate = "https://slipway.build/attestation/promotion/v1"
	holdPredicate      = "https://slipway.build/attestation/hold/v1"
)

// A statement is an in-toto Statement v1.
type statement struct {
	Type          string     `json:"_type"`
	Subject       []resource `json:"subject"`
	PredicateType string     `json:"predicateType"`
	Predicate     any        `json:"predicate"`
}

// A resource is an in-toto ResourceDescriptor.
type resource struct {
	Name   string            `json:"name,omitempty"`
	Digest map[string]string `json:"digest,omitempty"`
}

func describe(name, digest string) resource {
	algorithm, value, _ := strings.Cut(digest, ":")
	return resource{Name: name, Digest: map[string]string{algorithm: value}}
}

func stated(m Manifest, predicateType string, predicate any) ([]byte, error) {
	return json.Marshal(statement{
		Type:          "https://in-toto.io/Statement/v1",
		Subject:       []resource{describe(m.Repository, m.Digest)},
		PredicateType: predicateType,
		Predicate:     predicate,
	})
}

// A testPredicate is in-toto's test-result predicate. A reader of that
// predicate passes over the field it does not know.
type testPredicate struct {
	Result        string     `json:"result"` // PASSED, WARNED or FAILED
	Configuration []resource `json:"configuration"`
	PassedTests   []string   `json:"passedTests"`
	WarnedTests   []string   `json:"warnedTests"`
	FailedTests   []string   `json:"failedTests"`
	Slipway       Verdict    `json:"slipway"`
}

func (v Verdict) predicate() testPredicate {
	p := testPredicate{Configuration: v.configuration(), Slipway: v}
	switch v.State {
	case Passed:
		p.Result = "PASSED"
	case Flaky, Waived:
		p.Result = "WARNED"
	default:
		p.Result = "FAILED"
	}
	for _, s := range v.Scenarios {
		switch s.State {
		case Passed:
			p.PassedTests = append(p.PassedTests, s.ID)
		case Flaky:
			p.WarnedTests = append(p.WarnedTests, s.ID)
		default:
			p.FailedTests = append(p.FailedTests, s.ID)
		}
	}
	return p
}

func (v Verdict) configuration() []resource {
	out := []resource{}
	for _, c := range []struct{ name, digest string }{
		{"features", v.FeaturesDigest},
		{"deployment", v.DeploymentDigest},
	} {
		if c.digest != "" {
			out = append(out, describe(c.name, c.digest))
		}
	}
	return out
}
