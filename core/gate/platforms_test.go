package gate_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/gate"
)

const amd64, arm64 = "linux/amd64", "linux/arm64"

// both makes an index of two images of that content and returns its manifest.
func (r *registry) both(repository, content string, tags ...string) gate.Manifest {
	m := r.push(repository, content, tags...)
	m.Images = []gate.Image{{Platform: amd64, ImageID: m.ImageID + "-amd64"}, {Platform: arm64, ImageID: m.ImageID + "-arm64"}}
	m.ImageID = ""
	r.manifests[repository+"@"+m.Digest] = m
	return m
}

// passOn returns a passed verdict of one platform of m.
func passOn(platform, image string, m gate.Manifest) gate.Verdict {
	v := pass(image, m)
	v.Platform = platform
	return v
}

// A pair is a base, on which a web stands, both for two platforms.
type pair struct {
	*world
	base, web gate.Manifest
	set       gate.Set
}

func newPair(t *testing.T) *pair {
	t.Helper()
	w := newWorld(t)
	p := &pair{world: w, base: w.registry.both("r/base", "base", "latest"), web: w.registry.both("r/web", "web", "test")}
	p.set = gate.Set{Name: "web", Members: []gate.Member{{
		Image: "web", Repository: "r/web", Digest: p.web.Digest, From: "test", To: []string{"latest"}, Platforms: []string{amd64, arm64},
		Parent: gate.Parent{Image: "base", Repository: "r/base", Tags: []string{"latest"}, ImageIDs: []string{p.base.Images[0].ImageID, p.base.Images[1].ImageID}},
	}}}
	return p
}

func (p *pair) record(verdicts ...gate.Verdict) {
	p.t.Helper()
	for _, v := range verdicts {
		check(p.t, p.gate.Record(p.t.Context(), p.web, v))
	}
}

// verdict is one of a platform of web, in another state.
func (p *pair) verdict(platform string, state gate.State) gate.Verdict {
	v := passOn(platform, "web", p.web)
	if v.State = state; state != gate.Passed {
		v.Passed = 1
	}
	if state == gate.Waived {
		v.Planned, v.Executed, v.Passed = 0, 0, 0
	}
	return v
}

// Verdicts given on two machines for one digest add up.
func TestVerdictsOfPlatformsAddUp(t *testing.T) {
	p := newPair(t)
	p.record(p.verdict(amd64, gate.Passed), p.verdict(arm64, gate.Errored)) // this machine cannot execute arm64
	if _, err := p.gate.Promote(t.Context(), p.set, gate.Options{}); !gate.Refused(err) {
		t.Fatalf("promoted with one platform proved: %v", err)
	}
	p.record(p.verdict(amd64, gate.Errored), p.verdict(arm64, gate.Passed)) // the other cannot execute amd64
	result, err := p.gate.Promote(t.Context(), p.set, gate.Options{})
	check(t, err)
	v := result.Verdicts["web"]
	passed, waived := v.Proved()
	if d := cmp.Diff([]string{amd64, arm64}, passed); d != "" || waived != nil || v.Passed != 4 || v.State != gate.Passed || p.registry.tags["r/web:latest"] != p.web.Digest {
		t.Errorf("%s waived %v, %+v", d, waived, v)
	}
	if one := v.For(arm64); one.Passed != 2 || v.For("linux/s390x").State != "" || v.For("").Passed != 4 {
		t.Errorf("of one platform: %+v", one)
	}
}

// The gate says which platform is in the way, and of what.
func TestRefusedPlatforms(t *testing.T) {
	tests := []struct {
		name  string
		given func(p *pair)
		want  string // the reasons
	}{
		{"none", func(*pair) {}, "there is no verdict of it, wanted passed: smoke-test it"},
		{
			"one", func(p *pair) { p.record(p.verdict(amd64, gate.Passed)) },
			"linux/arm64: there is no verdict of it, wanted passed: smoke-test it on a machine that can run it",
		},
		{
			"one failed", func(p *pair) { p.record(p.verdict(amd64, gate.Passed), p.verdict(arm64, gate.Failed)) },
			"linux/arm64: its verdict is failed (1 of 2 scenarios passed), wanted passed: mend it and smoke-test it again",
		},
		{
			"waived by nobody who may", func(p *pair) { p.record(p.verdict(amd64, gate.Passed), p.verdict(arm64, gate.Waived)) },
			"linux/arm64: it was waived, and gate.platforms asks for it now: smoke-test it",
		},
		{
			"waived without evidence", func(p *pair) {
				p.set.Members[0].Waived = []string{arm64}
				p.record(p.verdict(amd64, gate.Passed))
			}, "linux/arm64: there is no verdict of it, wanted passed: smoke-test it on a machine that can run it",
		},
		{
			"all waived", func(p *pair) {
				p.set.Members[0].Waived = []string{amd64, arm64}
				p.record(p.verdict(amd64, gate.Waived), p.verdict(arm64, gate.Waived))
			}, "no platform of it passed: smoke-test one at least",
		},
		{
			"a platform too few", func(p *pair) {
				p.set.Members[0].Platforms = []string{amd64, arm64, "linux/s390x"}
				p.record(p.verdict(amd64, gate.Passed), p.verdict(arm64, gate.Passed))
			}, "it has no image for linux/s390x, which image.yml names: build and push it again",
		},
		{
			"other features on one", func(p *pair) {
				other := p.verdict(arm64, gate.Passed)
				other.FeaturesDigest = "sha256:other"
				p.record(p.verdict(amd64, gate.Passed), other)
				p.set.Members[0].Binding = &gate.Binding{FeaturesDigest: "sha256:f", Vocabulary: "1"}
			}, `linux/arm64: its verdict is stale: it was given with the features "sha256:other", wanted "sha256:f": smoke-test it again`,
		},
		{
			"one on another parent", func(p *pair) {
				p.record(p.verdict(amd64, gate.Passed), p.verdict(arm64, gate.Passed))
				p.set.Members[0].Parent.ImageIDs[1] = "sha256:old"
			}, "it was built on base sha256:old, and r/base:latest is BASE-amd64, BASE-arm64: promote base first, or in the same set",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPair(t)
			tt.given(p)
			_, err := p.gate.Promote(t.Context(), p.set, gate.Options{})
			want := "web (" + p.web.Digest + ") is refused: " + tt.want
			base := p.base.Images[0].ImageID[:len(p.base.Images[0].ImageID)-len("-amd64")]
			if got := short(err.Error(), map[string]string{base: "BASE"}); got != short(want, nil) {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// A platform that is waived today, and of which that is recorded, goes without.
func TestWaivedPlatform(t *testing.T) {
	p := newPair(t)
	p.set.Members[0].Waived = []string{arm64}
	p.record(p.verdict(amd64, gate.Passed), p.verdict(arm64, gate.Failed), p.verdict(arm64, gate.Waived))
	result, err := p.gate.Promote(t.Context(), p.set, gate.Options{})
	check(t, err)
	v := result.Verdicts["web"]
	passed, waived := v.Proved()
	if d := cmp.Diff([][]string{{amd64}, {arm64}}, [][]string{passed, waived}); d != "" || v.Passed != 2 {
		t.Errorf("%s%+v", d, v)
	}
}

// A verdict of several platforms is as old as the oldest.
func TestAgeOfPlatforms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t)
		p.record(p.verdict(amd64, gate.Passed))
		time.Sleep(2 * time.Hour)
		p.record(p.verdict(arm64, gate.Passed))
		if _, err := p.gate.Promote(t.Context(), p.set, gate.Options{MaxAge: time.Hour}); !gate.Refused(err) {
			t.Errorf("an old verdict passed for a young one: %v", err)
		}
		p.record(p.verdict(amd64, gate.Passed))
		_, err := p.gate.Promote(t.Context(), p.set, gate.Options{MaxAge: time.Hour})
		check(t, err)
	})
}

// What is of no platform of the digest is neither recorded nor believed.
func TestVerdictOfAnotherPlatform(t *testing.T) {
	p := newPair(t)
	for platform, want := range map[string]string{
		"linux/s390x": `recording a verdict: it is of platform "linux/s390x", and ` + p.web.Digest + ` has ["linux/amd64" "linux/arm64"]`,
		"":            `recording a verdict: it is of platform "", and ` + p.web.Digest + ` has ["linux/amd64" "linux/arm64"]`,
	} {
		if err := p.gate.Record(t.Context(), p.web, passOn(platform, "web", p.web)); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	forge(p.registry, p.web, passOn("linux/s390x", "web", p.web))
	if _, err := p.gate.Find(t.Context(), p.web); err == nil {
		t.Error("evidence of a platform that the digest does not have was passed over")
	}
}
