package plan_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/source"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// links is images of which web copies what the link page names, tool stands on
// somebody else's image, app has sources, and kept is behind a link.
func links(t *testing.T) (string, *plan.Family) {
	t.Helper()
	dir := t.TempDir()
	web := filepath.Join(dir, "images", "web")
	err := errors.Join(
		os.MkdirAll(filepath.Join(web, "pages"), 0o755), os.MkdirAll(filepath.Join(dir, "images", "app"), 0o755), os.MkdirAll(filepath.Join(dir, "images", "tool"), 0o755),
		os.MkdirAll(filepath.Join(dir, "store"), 0o755), os.Symlink("../store", filepath.Join(dir, "images", "kept")),
		os.WriteFile(filepath.Join(web, "pages", "one"), nil, 0o644), os.WriteFile(filepath.Join(web, "pages", "two"), nil, 0o644),
		os.Symlink("pages/one", filepath.Join(web, "page")), os.Symlink("nowhere", filepath.Join(web, "broken")),
	)
	if err != nil {
		t.Fatal(err)
	}
	images := []*inventory.Image{
		{Name: "web", Dir: web, Repository: "localhost/web", Platforms: []string{"linux/amd64"}},
		{Name: "tool", Dir: filepath.Join(dir, "images", "tool"), Repository: "localhost/tool", Platforms: []string{"linux/amd64"}},
		{Name: "kept", Strategy: "kaniko", Dir: filepath.Join(dir, "images", "kept"), Repository: "localhost/kept", Platforms: []string{"linux/amd64"}},
		{Name: "app", Dir: filepath.Join(dir, "images", "app"), Repository: "localhost/app", Platforms: []string{"linux/amd64"}, Layers: []source.Layer{
			{Kind: source.Directory, From: "../../shared", To: "lib", Path: ".", Dir: filepath.Join(dir, "images", "app")},
			{Kind: source.Archive, From: "../../app.tgz", To: ".", Path: ".", Dir: filepath.Join(dir, "images", "app")},
		}},
	}
	family, found, err := plan.Relate(t.Context(), images, func(_ context.Context, i *inventory.Image, _ string) (strategy.PlanResponse, error) {
		if i.Name == "kept" {
			return strategy.PlanResponse{Inputs: []strategy.Input{{Path: "Dockerfile"}}}, nil
		}
		if i.Name == "app" {
			return strategy.PlanResponse{Inputs: []strategy.Input{{Path: "lib/used"}}}, nil
		}
		if i.Name == "tool" {
			return strategy.PlanResponse{Images: []strategy.ImageInput{{Reference: "quay.io/acme/base", Kind: strategy.Base}}}, nil
		}
		return strategy.PlanResponse{Inputs: []strategy.Input{{Path: "Dockerfile"}, {Path: "page"}, {Path: "broken"}}}, nil
	})
	if err != nil || found != nil {
		t.Fatal(err, found)
	}
	return web, family
}

func TestChanged(t *testing.T) {
	web, family := links(t)
	tests := map[string]struct {
		file    string
		moved   []string
		plugins []string
		want    []string
	}{
		"the link itself":                  {file: "page", want: []string{"web"}},
		"what the link leads to":           {file: "pages/one", want: []string{"web"}},
		"what it could lead to":            {file: "pages/two"},
		"a link to nothing":                {file: "broken", want: []string{"web"}},
		"what a broken link would lead to": {file: "nowhere", want: []string{"web"}},
		"a file that was removed":          {file: "Dockerfile", want: []string{"web"}},
		"a folder that is a source":        {file: "../../shared/used", want: []string{"app"}},
		"what nobody selects of a source":  {file: "../../shared/unused"},
		"an archive":                       {file: "../../app.tgz", want: []string{"app"}},
		"a folder behind a link":           {file: "../../store/Dockerfile", want: []string{"kept"}},
		"the link to a folder":             {file: "../kept", want: []string{"kept"}},
		"a folder of which all is unknown": {file: "./", want: []string{"web"}},
		"a pin":                            {file: "../../bases.lock", moved: []string{"quay.io/acme/base:latest"}, want: []string{"tool"}},
		"another plugin":                   {file: "../../slipway.lock", plugins: []string{"kaniko"}, want: []string{"kept"}},
		"a pin of others":                  {file: "../../bases.lock", moved: []string{"quay.io/acme/other:latest"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := family.Changed(t.Context(), []string{filepath.Join(web, tt.file)}, plan.Earlier{Bases: tt.moved, Strategies: tt.plugins})
			if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// A link that now leads elsewhere has changed, whatever is behind it.
func TestChangedLink(t *testing.T) {
	web, family := links(t)
	if err := errors.Join(os.Remove(filepath.Join(web, "page")), os.Symlink("pages/two", filepath.Join(web, "page"))); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string][]string{"page": {"web"}, "pages/two": {"web"}, "pages/one": nil} {
		got, err := family.Changed(t.Context(), []string{filepath.Join(web, file)}, plan.Earlier{})
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", file, err, diff)
		}
	}
}
