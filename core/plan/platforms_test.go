package plan_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A ship is an image with its platforms and what a strategy would answer for
// each of them.
type ship struct {
	platforms string // "linux/amd64 linux/arm64"
	answer    func(platform string) []strategy.ImageInput
}

// relate makes a family of ships, in the order of their names.
func relate(t *testing.T, ships map[string]ship, names ...string) (*plan.Family, diag.List) {
	t.Helper()
	var images []*inventory.Image
	for _, name := range names {
		images = append(images, &inventory.Image{
			Name: name, Dir: "/i/" + name, Repository: "localhost/" + name, Platforms: strings.Fields(ships[name].platforms),
			Pos: diag.Pos{File: "/i/" + name + "/image.yml", Line: 1},
		})
	}
	f, found, err := plan.Relate(t.Context(), images, func(_ context.Context, m *inventory.Image, platform string) (strategy.PlanResponse, error) {
		answer := strategy.PlanResponse{Diagnostics: diag.List{diag.Warningf("told", diag.Pos{File: "Dockerfile", Line: 9}, "once")}}
		if ask := ships[m.Name].answer; ask != nil {
			answer.Images = ask(platform)
		}
		return answer, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return f, found
}

// standsOn is an image that stands on one reference, for the platform it is built for.
func standsOn(reference, of string) func(string) []strategy.ImageInput {
	return func(string) []strategy.ImageInput {
		return []strategy.ImageInput{{Reference: reference, Kind: strategy.Base, File: "Dockerfile", Line: 1, Column: 6, Platform: of}}
	}
}

func TestPlatformsOfParents(t *testing.T) {
	const both = "linux/amd64 linux/arm64"
	tests := []struct {
		name  string
		ships map[string]ship
		want  string // errors
	}{
		{"the same", map[string]ship{"base": {platforms: both}, "web": {both, standsOn("base", "")}}, ""},
		{"more than needed", map[string]ship{"base": {platforms: both}, "web": {"linux/arm64/v8", standsOn("base", "")}}, ""},
		{"one that is asked for", map[string]ship{"base": {platforms: "linux/amd64"}, "web": {both, standsOn("base", "linux/amd64")}}, ""},
		{
			"one is lacking",
			map[string]ship{"base": {platforms: "linux/amd64"}, "web": {both, standsOn("base", "")}},
			"/i/web/Dockerfile:1:6: error[parent-platform]: base is needed for linux/arm64, and is built for linux/amd64 (add linux/arm64 to the platforms of base)",
		},
		{
			"one that is asked for is lacking",
			map[string]ship{"base": {platforms: "linux/arm64"}, "web": {"linux/arm64", standsOn("base", "linux/amd64")}},
			"/i/web/Dockerfile:1:6: error[parent-platform]: base is needed for linux/amd64, and is built for linux/arm64 (add linux/amd64 to the platforms of base)",
		},
		{
			"several bases",
			map[string]ship{"base": {platforms: both}, "other": {platforms: both}, "web": {both, func(platform string) []strategy.ImageInput {
				return standsOn(map[string]string{"linux/amd64": "base", "linux/arm64": "other"}[platform], "")(platform)
			}}},
			"/i/web/Dockerfile:1:6: error[several-bases]: web stands on base for one platform, and on other for another (make one image of them that is built for both platforms)",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			names := []string{"base", "web"}
			if len(tt.ships) == 3 {
				names = []string{"base", "other", "web"}
			}
			_, found := relate(t, tt.ships, names...)
			if got := found.Errors().Error(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			for _, d := range found.Errors() {
				if d.Code == "parent-platform" && d.Detail != "What base is built for is said at /i/base/image.yml:1." {
					t.Errorf("the other place: %q", d.Detail)
				}
			}
			if told := len(found) - len(found.Errors()); told != len(names) {
				t.Errorf("%d warnings, want each once: %v", told, found)
			}
		})
	}
}

// What an image refers to is told once, and what each platform needs apart.
func TestAnswersByPlatform(t *testing.T) {
	f, found := relate(t, map[string]ship{"web": {"linux/amd64 linux/arm64", func(platform string) []strategy.ImageInput {
		own := strategy.ImageInput{Reference: "tool-" + strings.TrimPrefix(platform, "linux/"), Kind: strategy.Copy}
		return append(standsOn("docker.io/library/debian:12", "")(platform), own)
	}}}, "web")
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	node := f.Node("web")
	if diff := cmp.Diff([]string{"docker.io/library/debian:12", "tool-amd64", "tool-arm64"}, node.External); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n, own := len(node.Images()), node.Answer("linux/arm64").Images[1].Reference; n != 3 || own != "tool-arm64" {
		t.Errorf("%d images, arm64 has %s", n, own)
	}
}
