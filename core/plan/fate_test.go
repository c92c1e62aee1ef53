package plan_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/sdk/diag"
)

// facts of an image on a base, with one argument.
func facts(base, arg string) buildkey.Facts {
	f := buildkey.Facts{Strategy: "dockerfile", Args: map[string]string{"A": arg}}
	if base != "" {
		f.Images = []buildkey.ImageIdentity{{Reference: "localhost/base", Kind: "base", Identity: base}}
	}
	return f
}

func TestDecide(t *testing.T) {
	onBase := buildkey.ImageIdentity{Reference: "localhost/base", Kind: "base"}
	open := []plan.Open{{Parent: "base", Input: onBase}, {Parent: "base", Input: buildkey.ImageIdentity{Reference: "base", Kind: "copy"}}}
	last := &plan.LastBuild{Facts: facts("id1", "1"), ImageID: "web1"}
	tests := []struct {
		name  string
		known plan.Known
		want  plan.Ruling
	}{
		{
			"never built",
			plan.Known{Facts: facts("id1", "1"), Key: "k"},
			plan.Ruling{Fate: plan.Build, Key: "k", Reasons: []buildkey.Reason{{Kind: "first"}}},
		},
		{
			"known",
			plan.Known{Facts: facts("id1", "1"), Key: "k", Found: "web1", Last: last},
			plan.Ruling{Fate: plan.Reuse, Key: "k"},
		},
		{
			"changed",
			plan.Known{Facts: facts("id2", "2"), Key: "k", Last: last},
			plan.Ruling{Fate: plan.Build, Key: "k", Reasons: []buildkey.Reason{
				{Kind: "image", What: "localhost/base (base)", Old: "id1", New: "id2"}, {Kind: "arg", What: "A", Old: "1", New: "2"},
			}},
		},
		{
			"gone",
			plan.Known{Facts: facts("id1", "1"), Key: "k", Last: last},
			plan.Ruling{Fate: plan.Build, Key: "k", Reasons: []buildkey.Reason{{Kind: "missing", Old: "web1"}}},
		},
		{
			"volatile",
			plan.Known{Facts: facts("id1", "1"), Key: "k", Found: "web1", Volatile: "ADD of a branch"},
			plan.Ruling{Fate: plan.Build, Key: "k", Reasons: []buildkey.Reason{{Kind: "volatile", New: "ADD of a branch"}}},
		},
		{
			"parent open",
			plan.Known{Facts: facts("", "1"), Open: open, Last: last},
			plan.Ruling{Fate: plan.Maybe, WaitsFor: []string{"base"}, Reasons: []buildkey.Reason{
				{Kind: "parent", What: "base", Old: "id1"}, {Kind: "parent", What: "base"},
			}},
		},
		{
			"parent open and changed itself",
			plan.Known{Facts: facts("", "2"), Open: open[:1], Last: last},
			plan.Ruling{Fate: plan.Maybe, WaitsFor: []string{"base"}, Reasons: []buildkey.Reason{
				{Kind: "parent", What: "base", Old: "id1"}, {Kind: "arg", What: "A", Old: "1", New: "2"},
			}},
		},
		{
			"parent open, volatile",
			plan.Known{Facts: facts("", "1"), Open: open[:1], Volatile: "ADD of a branch"},
			plan.Ruling{Fate: plan.Build, WaitsFor: []string{"base"}, Reasons: []buildkey.Reason{{Kind: "volatile", New: "ADD of a branch"}}},
		},
		{
			"registry silent",
			plan.Known{Key: "k", Last: last, Trouble: []plan.Trouble{{What: "r/web:sw-k", Err: errors.New("no answer")}}},
			plan.Ruling{Fate: plan.Blocked, Key: "k", Reasons: []buildkey.Reason{{Kind: "unknown", What: "r/web:sw-k", New: "no answer"}}},
		},
		{
			"base that cannot be looked up, at a place of this machine",
			plan.Known{Trouble: []plan.Trouble{{What: "ext", Err: diag.Errorf("base-unknown", diag.Pos{File: "/home/me/Dockerfile", Line: 1}, "ext is silent").WithFix("log in")}}},
			plan.Ruling{Fate: plan.Blocked, Reasons: []buildkey.Reason{{Kind: "unknown", What: "ext", New: "ext is silent (log in)"}}},
		},
		{
			"registry silent about a volatile one",
			plan.Known{Volatile: "ADD of a branch", Trouble: []plan.Trouble{{What: "ext", Err: errors.New("no answer")}}},
			plan.Ruling{Fate: plan.Blocked, Reasons: []buildkey.Reason{{Kind: "unknown", What: "ext", New: "no answer"}}},
		},
		{
			"parent blocked",
			plan.Known{Facts: facts("", "1"), Open: []plan.Open{{Parent: "base", Input: onBase, Blocked: true}}},
			plan.Ruling{Fate: plan.Blocked, WaitsFor: []string{"base"}, Reasons: []buildkey.Reason{{Kind: "parent", What: "base"}}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.known.Platform, tt.want.Platform = "linux/arm64", "linux/arm64"
			if diff := cmp.Diff(tt.want, plan.Decide(tt.known)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// ruling is what was decided for a platform.
func ruling(platform string, fate plan.Fate, key string, reasons ...buildkey.Reason) plan.Ruling {
	return plan.Ruling{Platform: platform, Fate: fate, Key: buildkey.Key(key), Reasons: reasons}
}

func TestJoin(t *testing.T) {
	first, changed := buildkey.Reason{Kind: "first"}, buildkey.Reason{Kind: "arg", What: "A", Old: "1", New: "2"}
	open := plan.Ruling{Platform: "linux/arm64", Fate: plan.Maybe, WaitsFor: []string{"base"}, Reasons: []buildkey.Reason{{Kind: "parent", What: "base"}}}
	right, wrong := plan.WantedTag{Tag: "a", Now: "d1", Want: "d1"}, plan.WantedTag{Tag: "b", Want: "d1"}
	index := buildkey.Index(map[string]buildkey.Key{"linux/amd64": "k1", "linux/arm64": "k2"})
	tests := []struct {
		name    string
		rulings []plan.Ruling
		tags    []plan.WantedTag
		want    plan.Decision
		text    string // the fates of the platforms, when they differ
	}{
		{"one platform", []plan.Ruling{ruling("linux/amd64", plan.Build, "k1", first, changed)}, nil, plan.Decision{Fate: plan.Build, Key: "k1", Reasons: []buildkey.Reason{first, changed}}, ""},
		{"tag elsewhere", []plan.Ruling{ruling("linux/amd64", plan.Reuse, "k1")}, []plan.WantedTag{right, wrong}, plan.Decision{Fate: plan.Retag, Key: "k1", Reasons: []buildkey.Reason{{Kind: "tag", What: "b", New: "d1"}}}, ""},
		{"tags right", []plan.Ruling{ruling("linux/amd64", plan.Reuse, "k1")}, []plan.WantedTag{right}, plan.Decision{Fate: plan.Reuse, Key: "k1"}, ""},
		{"both known", []plan.Ruling{ruling("linux/amd64", plan.Reuse, "k1"), ruling("linux/arm64", plan.Reuse, "k2")}, nil, plan.Decision{Fate: plan.Reuse, Key: index}, ""},
		{"both never built", []plan.Ruling{ruling("linux/amd64", plan.Build, "k1", first), ruling("linux/arm64", plan.Build, "k2", first)}, nil, plan.Decision{Fate: plan.Build, Key: index, Reasons: []buildkey.Reason{first}}, ""},
		{"both changed", []plan.Ruling{ruling("linux/amd64", plan.Build, "k1", changed), ruling("linux/arm64", plan.Build, "k2", changed)}, nil, plan.Decision{Fate: plan.Build, Key: index, Reasons: []buildkey.Reason{changed}}, ""},
		{
			"one is new",
			[]plan.Ruling{ruling("linux/amd64", plan.Reuse, "k1"), ruling("linux/arm64", plan.Build, "k2", first)},
			[]plan.WantedTag{wrong},
			plan.Decision{Fate: plan.Build, Key: index, Reasons: []buildkey.Reason{{Kind: "platform", What: "linux/arm64", New: "linux/arm64"}}},
			"reuse build ",
		},
		{"one is open", []plan.Ruling{ruling("linux/amd64", plan.Reuse, "k1"), open}, nil, plan.Decision{Fate: plan.Maybe, WaitsFor: []string{"base"}, Reasons: open.Reasons}, "reuse maybe "},
		{
			"one is open, one is built",
			[]plan.Ruling{ruling("linux/amd64", plan.Build, "k1", changed), open},
			nil,
			plan.Decision{Fate: plan.Build, WaitsFor: []string{"base"}, Reasons: []buildkey.Reason{changed, open.Reasons[0]}},
			"build maybe ",
		},
		{"one is blocked", []plan.Ruling{ruling("linux/amd64", plan.Build, "k1", changed), ruling("linux/arm64", plan.Blocked, "")}, nil, plan.Decision{Fate: plan.Blocked, Reasons: []buildkey.Reason{changed}}, "build blocked "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := plan.Join("web", tt.rulings, tt.tags)
			fates := ""
			for _, r := range got.Rulings() {
				fates += string(r.Fate) + " "
			}
			if tt.want.Image = "web"; len(tt.rulings) > 1 {
				tt.want.Platforms = tt.rulings
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || fates != tt.text {
				t.Errorf("differing %q, want %q (-want +got):\n%s", fates, tt.text, diff)
			}
		})
	}
}

func TestDecisionJSON(t *testing.T) {
	tests := []struct {
		name     string
		decision plan.Decision
		want     string
	}{
		{
			"reuse",
			plan.Decision{Image: "web", Fate: plan.Reuse, Key: "k"},
			`{"name":"web","decision":"reuse","key":"k","reasons":[],"waits_for":[]}`,
		},
		{
			"maybe",
			plan.Decision{Image: "web", Fate: plan.Maybe, WaitsFor: []string{"base"}, Reasons: []buildkey.Reason{{Kind: "parent", What: "base"}}},
			`{"name":"web","decision":"maybe","key":"","reasons":[{"kind":"parent","what":"base","old":"","new":""}],"waits_for":["base"]}`,
		},
		{
			"several platforms",
			plan.Decision{Image: "web", Fate: plan.Reuse, Key: "k", Platforms: []plan.Ruling{{Platform: "linux/amd64", Fate: plan.Reuse, Key: "k1"}}},
			`{"name":"web","decision":"reuse","key":"k","reasons":[],"waits_for":[],` +
				`"platforms":[{"platform":"linux/amd64","decision":"reuse","key":"k1","reasons":[],"waits_for":[]}]}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := json.Marshal(tt.decision)
			if err != nil || string(got) != tt.want {
				t.Errorf("%s, %v; want %s", got, err, tt.want)
			}
		})
	}
}

const (
	oneCommit     = "0123456789abcdef0123456789abcdef01234567"
	anotherCommit = "fedcba9876543210fedcba9876543210fedcba98"
)

func TestBecause(t *testing.T) {
	tests := []struct {
		reasons []buildkey.Reason
		want    string
	}{
		{nil, ""},
		{[]buildkey.Reason{{Kind: "first"}}, "first build"},
		{[]buildkey.Reason{{Kind: "missing", Old: "id"}}, "its build is gone"},
		{[]buildkey.Reason{{Kind: "volatile", New: "ADD of a branch"}}, "ADD of a branch"},
		{[]buildkey.Reason{{Kind: "parent", What: "base"}}, "waits for base"},
		{[]buildkey.Reason{{Kind: "tag", What: "v1"}}, "tag v1 names something else"},
		{[]buildkey.Reason{{Kind: "unknown", What: "x", New: "x is silent"}}, "x is silent"},
		{[]buildkey.Reason{{Kind: "unknown", What: "x", New: "no answer"}}, "cannot tell about x: no answer"},
		{
			[]buildkey.Reason{{Kind: "unknown", What: "quay.io/acme/web:sw-0123", New: "no answer"}},
			"cannot tell whether it was built: no answer",
		},
		{[]buildkey.Reason{{Kind: "file", What: "index.html", Old: "a", New: "b"}}, "index.html changed"},
		{[]buildkey.Reason{{Kind: "arg", What: "A", New: "b"}, {Kind: "file"}}, "arg A is new and 1 more"},
		{[]buildkey.Reason{{Kind: "image", What: "base (base)", Old: "b"}}, "base (base) is gone"},
		{[]buildkey.Reason{{Kind: "source", What: "https://git.example/app main", New: oneCommit}}, "source https://git.example/app main is new"},
		{
			[]buildkey.Reason{{Kind: "source", What: "https://git.example/app main", Old: oneCommit, New: anotherCommit + " (3 commits)"}},
			"source https://git.example/app main: 0123456 → fedcba9 (3 commits)",
		},
		{[]buildkey.Reason{{Kind: "source", What: "image builder", Old: "/app → .", New: "/opt/app → ."}}, "source image builder changed"},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			if got := (plan.Decision{Reasons: tt.reasons}).Because(); got != tt.want {
				t.Errorf("Because() = %q, want %q", got, tt.want)
			}
		})
	}
}
