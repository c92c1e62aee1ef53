package dockerfile_test

import (
	"encoding/json"
	"testing"

	"github.com/containers/buildah"
	"github.com/containers/buildah/define"
	nettypes "github.com/containers/common/libnetwork/types"

	"github.com/slipway-build/slipway/plugins/dockerfile"
	"github.com/slipway-build/slipway/plugins/internal/buildtest"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// triggering makes a base in Docker's format whose ONBUILD copies the context.
func triggering(t *testing.T, y buildtest.Yard) string {
	t.Helper()
	store := y.Store(t)
	builder, err := buildah.NewBuilder(t.Context(), store, buildah.BuilderOptions{
		Format:              define.Dockerv2ImageManifest,
		CommonBuildOpts:     &define.CommonBuildOptions{},
		NetworkInterface:    struct{ nettypes.ContainerNetwork }{},
		SignaturePolicyPath: policy(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer builder.Delete()
	builder.SetOnBuild("COPY . /all/")
	id, _, _, err := builder.Commit(t.Context(), nil, buildah.CommitOptions{
		PreferredManifestType: define.Dockerv2ImageManifest,
		SignaturePolicyPath:   policy(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	return "sha256:" + id
}

func TestTriggers(t *testing.T) {
	y := buildtest.NewYard(t, buildtest.Fastest)
	base := strategy.BaseImage{Reference: "example.com/onbuild", ImageID: triggering(t, y)}
	dir := buildtest.Workspace(t, map[string]string{"Dockerfile": "FROM example.com/onbuild\nCOPY a /own\n", "a": "a"})
	req := y.Request(t, "trigger", dir)
	req.Bases = []strategy.BaseImage{base}
	want := "Dockerfile:1:6: error[trigger-takes-files]: image example.com/onbuild takes files from the build context: ONBUILD COPY . /all/ (set onbuild: true, which makes the whole context count)"
	if got := buildtest.Build(t, dockerfile.Strategy{}, req).Completed(t).Diagnostics.Error(); got != want {
		t.Errorf("without onbuild:\n%s\nwant:\n%s", got, want)
	}
	allowed := y.Request(t, "trigger", dir)
	allowed.Bases, allowed.Config = req.Bases, json.RawMessage(`{"onbuild": true}`)
	j := buildtest.Build(t, dockerfile.Strategy{}, allowed)
	done := j.Completed(t)
	if done.Image == nil {
		t.Fatal(done.Diagnostics)
	}
	if got := y.Read(t, done.Image.ID, "all/a") + y.Read(t, done.Image.ID, "own"); got != "aa" {
		t.Errorf("the image holds %q, want both copies", got)
	}
	if got := outcomes(j); len(got) != 4 || got[2] != "COPY . /all/: ok" || got[3] != "COPY a /own: ok" {
		t.Errorf("the steps are %v, want the trigger among them", got)
	}
	plan, err := dockerfile.Strategy{}.Plan(t.Context(), strategy.PlanRequest{Config: allowed.Config, Workspace: dir})
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range plan.Inputs {
		if in.Path == "." {
			return
		}
	}
	t.Errorf("the inputs are %v, want the whole context among them", plan.Inputs)
}
