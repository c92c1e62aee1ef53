package inventory_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/source"
)

// A text ties an image to a repository; a source of git does so as well, and
// fills the workspace, with templates expanded.
func TestLayers(t *testing.T) {
	inv := load(t, with("web api own", map[string]string{
		"images.yml":           "all: { vars: { branch: v2 } }",
		"images/web/image.yml": "source:\n  - https://git.example/acme/docs\n  - { git: \"https://me@git.example/acme/web.git\", ref: \"{{ .branch }}\" }\n  - dockerfile: \"FROM {{ .image.name }}\"\n    to: x\n    replace: true\n",
		"images/api/image.yml": "source: { git: ../../../api }",
		"images/own/image.yml": "source: git@git.example:acme/own",
	}), inventory.Options{})
	var got []string
	for _, image := range inv.Images {
		for _, l := range image.Layers {
			got = append(got, image.Name+" "+string(l.Kind)+" "+l.From+" "+l.Ref+" "+l.To)
		}
	}
	want := []string{"api git ../../../api  .", "web git https://me@git.example/acme/web.git v2 .", "web dockerfile FROM web  x"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	tied := map[string][]string{"web": {"https://git.example/acme/docs", "https://git.example/acme/web.git"}, "api": nil, "own": {"git@git.example:acme/own"}}
	for name, want := range tied {
		if diff := cmp.Diff(want, inv.Image(name).Sources); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	web := inv.Image("web")
	if pos := web.SourcePos("https://git.example/acme/web.git"); pos.Line != 3 || pos.Column != 12 {
		t.Errorf("the repository is named at %v", pos)
	}
	if !source.Same(web.Layers, web.Layers) || source.Same(web.Layers, inv.Image("api").Layers) {
		t.Error("what is told is not compared")
	}
}

func TestLayerMistakes(t *testing.T) {
	got := mistakes(t, with("web", map[string]string{
		"images/web/image.yml": "secrets: { token: { env: T } }\nsource:\n  - { git: https://git.example/a, secret: tokn }\n  - { git: \"{{ .nobody }}\" }\n  - { directory: x, path: y }\n  - [a]\n",
	}), inventory.Options{})
	want := `images/web/image.yml:3:43: error[bad-value]: the image has no secret "tokn" (did you mean "token"?)
images/web/image.yml:4:16: error[undefined-variable]: undefined variable .nobody (define it, or give it a value where it is missing: .nobody | default "…")
images/web/image.yml:5:21: error[unknown-key]: unknown key "path" (the keys here are directory, to, replace)
images/web/image.yml:6:5: error[wrong-type]: want text, found a list`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
