package gate_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/gate"
)

// forge attaches whatever evidence, as anyone who may write could.
func forge(r *registry, m gate.Manifest, v gate.Verdict) {
	key := m.Repository + "@" + m.Digest + gate.VerdictType
	r.referrers[key] = append(r.referrers[key], gate.Manifest{Digest: "sha256:forged", Annotations: map[string]string{
		"build.slipway.image": v.Image, "build.slipway.repository": v.Repository, "build.slipway.digest": v.Digest,
		"build.slipway.image-id": v.ImageID, "build.slipway.state": string(v.State),
		"build.slipway.planned": strconv.Itoa(v.Planned), "build.slipway.executed": strconv.Itoa(v.Executed),
		"build.slipway.passed": strconv.Itoa(v.Passed), "build.slipway.features": v.FeaturesDigest,
		"build.slipway.tags": v.TagExpression, "build.slipway.vocabulary": v.Vocabulary,
		"build.slipway.deployment": v.DeploymentDigest,
		"build.slipway.started":    v.Started.Format(time.RFC3339Nano), "build.slipway.finished": v.Finished.Format(time.RFC3339Nano),
		"build.slipway.run": v.RunID, "build.slipway.actor": v.Actor, "build.slipway.reasons": "null",
	}})
}

func TestEvidenceIsReadAsItWasRecorded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		m := w.registry.push("r/web", "web")
		v := pass("web", m)
		v.Started, v.Finished = v.Started.UTC(), v.Finished.UTC()
		v.State, v.Passed, v.Reasons = gate.Failed, 1, []string{"one", `"two"`}
		v.TagExpression, v.DeploymentDigest, v.Actor = "@a and not @b", "sha256:d", "ann"
		check(t, w.gate.Record(t.Context(), m, v))
		got, err := w.gate.Find(t.Context(), m)
		check(t, err)
		if d := cmp.Diff(v, got); d != "" {
			t.Error(d)
		}
		if v.Key() != got.Key() {
			t.Error("the key did not survive")
		}
	})
}

func TestNewestConclusiveVerdictCounts(t *testing.T) {
	type said struct {
		state gate.State
		after time.Duration
	}
	for _, c := range []struct {
		name string
		said []said
		want gate.State // empty: none
	}{
		{"none", nil, ""},
		{"an error alone", []said{{gate.Errored, 0}}, ""},
		{"passed", []said{{gate.Passed, 0}}, gate.Passed},
		{"failed later", []said{{gate.Passed, 0}, {gate.Failed, 1}}, gate.Failed},
		{"failed later, listed first", []said{{gate.Failed, 1}, {gate.Passed, 0}}, gate.Failed},
		{"passed later", []said{{gate.Failed, 0}, {gate.Passed, 1}}, gate.Passed},
		{"an error later", []said{{gate.Passed, 0}, {gate.Errored, 1}}, gate.Passed},
		{"incomplete later", []said{{gate.Passed, 0}, {gate.Incomplete, 1}}, gate.Incomplete},
		{"at once", []said{{gate.Failed, 0}, {gate.Passed, 0}}, gate.Failed},
		{"at once, listed the other way", []said{{gate.Passed, 0}, {gate.Failed, 0}}, gate.Failed},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			m := w.registry.push("r/web", "web")
			start := time.Now()
			for _, s := range c.said {
				v := pass("web", m)
				v.State, v.Finished = s.state, start.Add(s.after)
				forge(w.registry, m, v)
			}
			got, err := w.gate.Find(t.Context(), m)
			if got.State != c.want || (c.want == "") != errors.Is(err, fs.ErrNotExist) {
				t.Errorf("got %q, %v", got.State, err)
			}
		})
	}
}

func TestEvidenceThatCannotBeRelied(t *testing.T) {
	w := newWorld(t)
	m := w.registry.push("r/web", "web")
	v := pass("web", m)
	forge(w.registry, m, v)
	v.Digest = "sha256:another"
	forge(w.registry, m, v)
	_, err := w.gate.Find(t.Context(), m)
	want := "reading the evidence of r/web@" + m.Digest +
		": referrer sha256:forged cannot be relied on (delete it if it is not yours): it is of sha256:another"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestContradictionsAreNotRecorded(t *testing.T) {
	w := newWorld(t)
	m := w.registry.push("r/web", "web")
	for _, c := range []struct {
		spoil func(*gate.Verdict)
		want  string
	}{
		{func(v *gate.Verdict) { v.Digest = "sha256:x" }, "recording a verdict: it is of r/web@sha256:x, not of r/web@" + m.Digest},
		{func(v *gate.Verdict) { v.State = gate.Held }, `recording a verdict: "held" is no outcome of a smoke run`},
		{func(v *gate.Verdict) { v.Finished = time.Time{} }, "recording a verdict: it does not say when it was finished"},
		{
			func(v *gate.Verdict) { v.Planned, v.Executed, v.Passed = 0, 0, 0 },
			"recording a verdict of web: its verdict says passed of no scenario, wanted at least one: write a scenario for it",
		},
		{
			func(v *gate.Verdict) { v.Executed = 1 },
			"recording a verdict of web: its verdict says passed, but 2 scenarios were planned, 1 executed and 2 passed: smoke-test it again",
		},
	} {
		v := pass("web", m)
		c.spoil(&v)
		if err := w.gate.Record(t.Context(), m, v); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	if w.registry.writes != 0 {
		t.Errorf("%d writes", w.registry.writes)
	}
}

func TestKeyTellsEveryPartApart(t *testing.T) {
	seen := map[string]bool{}
	for _, b := range []gate.Binding{
		{},
		{FeaturesDigest: "a"},
		{TagExpression: "a"},
		{Vocabulary: "a"},
		{DeploymentDigest: "a"},
		{FeaturesDigest: "a", TagExpression: "b"},
		{FeaturesDigest: "ab"},
		{TagExpression: "ab"},
	} {
		for _, digest := range []string{"x", "y"} {
			seen[gate.Verdict{Digest: digest, Binding: b}.Key()] = true
		}
	}
	if len(seen) != 16 {
		t.Errorf("%d keys of 16 verdicts", len(seen))
	}
}

// spy keeps the blobs that are attached.
type spy struct {
	*registry
	blobs []gate.Artifact
}

func (s *spy) Attach(ctx context.Context, m gate.Manifest, a gate.Artifact) (gate.Manifest, error) {
	s.blobs = append(s.blobs, a)
	return s.registry.Attach(ctx, m, a)
}

func TestEvidenceIsAnInTotoStatement(t *testing.T) {
	w := newWorld(t)
	m := w.registry.push("r/web", "web")
	s := &spy{registry: w.registry}
	g, err := gate.New(s, w.ledger, w.journal, gate.Trust{})
	check(t, err)
	v := pass("web", m)
	v.Scenarios = []gate.Scenario{{ID: "a.feature:1", State: gate.Passed}, {ID: "a.feature:9", State: gate.Passed}}
	check(t, g.Record(t.Context(), m, v))
	var got map[string]any
	check(t, json.Unmarshal(s.blobs[0].Blob, &got))
	delete(got["predicate"].(map[string]any), "slipway")
	hex := strings.TrimPrefix(m.Digest, "sha256:")
	want := map[string]any{
		"_type":         "https://in-toto.io/Statement/v1",
		"subject":       []any{map[string]any{"name": "r/web", "digest": map[string]any{"sha256": hex}}},
		"predicateType": "https://in-toto.io/attestation/test-result/v0.1",
		"predicate": map[string]any{
			"result":        "PASSED",
			"configuration": []any{map[string]any{"name": "features", "digest": map[string]any{"sha256": "f"}}},
			"passedTests":   []any{"a.feature:1", "a.feature:9"},
			"warnedTests":   nil, "failedTests": nil,
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// FuzzEvidence feeds whatever state, number and time to the reader: only what
// says passed of every planned scenario promotes.
func FuzzEvidence(f *testing.F) {
	f.Add("passed", "2", "2", "2", "2026-01-01T00:00:00Z", "null")
	f.Add("passed", "-1", "-1", "-1", "", "[")
	f.Add("error", "0", "", "x", "0", `["a"]`)
	f.Fuzz(func(t *testing.T, state, planned, executed, passed, finished, reasons string) {
		w := newWorld(t)
		m := w.registry.push("r/web", "web")
		forge(w.registry, m, pass("web", m))
		key := "r/web@" + m.Digest + gate.VerdictType
		a := w.registry.referrers[key][0].Annotations
		a["build.slipway.state"], a["build.slipway.planned"], a["build.slipway.executed"] = state, planned, executed
		a["build.slipway.passed"], a["build.slipway.finished"], a["build.slipway.reasons"] = passed, finished, reasons
		_, err := w.gate.Promote(t.Context(), gate.Set{Members: []gate.Member{
			{Image: "web", Repository: "r/web", Digest: m.Digest, To: []string{"latest"}},
		}}, gate.Options{})
		n, bad := strconv.Atoi(planned)
		same := strings.TrimLeft(planned, "+0") == strings.TrimLeft(executed, "+0") && strings.TrimLeft(executed, "+0") == strings.TrimLeft(passed, "+0")
		if err == nil && (state != "passed" || bad != nil || n < 1 || !same) {
			t.Errorf("promoted by %q %q %q %q", state, planned, executed, passed)
		}
	})
}
