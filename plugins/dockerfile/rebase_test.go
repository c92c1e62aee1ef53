package dockerfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slipway-build/slipway/plugins/dockerfile"
	"github.com/slipway-build/slipway/plugins/internal/buildtest"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// The layers of an image depend on its base though no instruction reads a file
// of it: a copied file carries the folders above it along, as the base has
// them. So an image's own layers on another base are not what a build on that
// base makes, and slipway builds again instead.
func TestLayersDependOnTheBase(t *testing.T) {
	y := buildtest.NewYard(t, buildtest.Fastest)
	layers := map[os.FileMode]string{}
	for _, mode := range []os.FileMode{0o755, 0o750} {
		dir := buildtest.Workspace(t, map[string]string{"Dockerfile": "FROM scratch\nCOPY tree /\n", "tree/etc/motd": "welcome\n"})
		if err := os.Chmod(filepath.Join(dir, "tree/etc"), mode); err != nil {
			t.Fatal(err)
		}
		base := buildtest.MustBuild(t, dockerfile.Strategy{}, y.Request(t, fmt.Sprint("base", mode.Perm()), dir))
		req := y.Request(t, fmt.Sprint("child", mode.Perm()), buildtest.Workspace(t, map[string]string{
			"Dockerfile": "FROM base\nCOPY app.conf /etc/app.conf\n", "app.conf": "on\n",
		}))
		req.Bases = []strategy.BaseImage{{Reference: "base", ImageID: base}}
		layers[mode] = topLayer(t, y, buildtest.MustBuild(t, dockerfile.Strategy{}, req))
	}
	if layers[0o755] == layers[0o750] {
		t.Errorf("the child's own layer is %s on both bases: it could be moved from one to the other", layers[0o755])
	}
}

// topLayer is the digest of an image's last layer, uncompressed.
func topLayer(t *testing.T, y buildtest.Yard, image string) string {
	t.Helper()
	found, err := y.Store(t).Image(strings.TrimPrefix(image, "sha256:"))
	if err != nil {
		t.Fatal(err)
	}
	layer, err := y.Store(t).Layer(found.TopLayer)
	if err != nil {
		t.Fatal(err)
	}
	return layer.UncompressedDigest.String()
}
