package dockerfile_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/slipway-build/slipway/plugins/dockerfile"
	"github.com/slipway-build/slipway/plugins/internal/buildtest"
	"github.com/slipway-build/slipway/sdk/platform"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// elsewhere is a platform that is not this machine's.
func elsewhere(t *testing.T) string {
	t.Helper()
	if platform.Own() == "linux/s390x" {
		return "linux/amd64"
	}
	return "linux/s390x"
}

// config reads the config of an image.
func config(t *testing.T, y buildtest.Yard, imageID string) ocispec.Image {
	t.Helper()
	raw, err := y.Store(t).ImageBigData(strings.TrimPrefix(imageID, "sha256:"), imageID)
	if err != nil {
		t.Fatal(err)
	}
	var image ocispec.Image
	if err := json.Unmarshal(raw, &image); err != nil {
		t.Fatal(err)
	}
	return image
}

// A builder of this machine compiles for another: one reference is bound to two
// images, each for its platform, and steps run on the machine's own.
func TestBuildPlatform(t *testing.T) {
	y := buildtest.NewYard(t, buildtest.Fastest)
	bases := map[string]string{}
	for _, p := range []string{platform.Own(), elsewhere(t)} {
		req := y.Request(t, "base-"+filepath.Base(p), buildtest.Workspace(t, map[string]string{
			"Dockerfile": "FROM scratch\nARG TARGETARCH\nCOPY helper /helper\nCOPY for-$TARGETARCH /for\n",
			"helper":     buildtest.Program, "for-" + filepath.Base(p): "for " + p,
		}))
		req.Target.Platform = p
		bases[p] = buildtest.MustBuild(t, dockerfile.Strategy{}, req)
	}
	dir := buildtest.Workspace(t, map[string]string{
		"Dockerfile": "FROM --platform=$BUILDPLATFORM base AS build\nARG TARGETPLATFORM\nARG BUILDPLATFORM\nARG TARGETOS\nARG TARGETARCH\nARG TARGETVARIANT\n" +
			"RUN [\"/helper\", \"copy\", \"/for\", \"/built\"]\nRUN [\"/helper\", \"env\", \"/vars\", \"BUILDPLATFORM\", \"TARGETPLATFORM\", \"TARGETOS\", \"TARGETARCH\", \"TARGETVARIANT\"]\n" +
			"FROM base\nCOPY --from=build /built /vars /\n",
	})
	req := y.Request(t, "cross", dir)
	req.Target.Platform = elsewhere(t)
	req.Bases = []strategy.BaseImage{
		{Reference: "base", ImageID: bases[elsewhere(t)]},
		{Reference: "base", ImageID: bases[platform.Own()], Platform: platform.Own()},
	}
	id := buildtest.MustBuild(t, dockerfile.Strategy{}, req)
	got := []string{y.Read(t, id, "for"), y.Read(t, id, "built"), y.Read(t, id, "vars"), config(t, y, id).OS + "/" + config(t, y, id).Architecture}
	want := []string{"for " + elsewhere(t), "for " + platform.Own(), vars(elsewhere(t)), elsewhere(t)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// vars are the variables that a build for a platform sees.
func vars(target string) string {
	system, architecture, variant := platform.Parts(target)
	return "BUILDPLATFORM=" + platform.Own() + "\nTARGETPLATFORM=" + target + "\nTARGETOS=" + system + "\nTARGETARCH=" + architecture + "\nTARGETVARIANT=" + variant + "\n"
}

// The variables of the platform are those of docker, variants among them.
func TestPlatformVariables(t *testing.T) {
	y := buildtest.NewYard(t, buildtest.Fastest)
	for i, target := range []string{"linux/arm64", "linux/arm/v6"} {
		req := y.Request(t, fmt.Sprint("vars", i), buildtest.Workspace(t, map[string]string{
			"Dockerfile": "FROM scratch\nCOPY helper /helper\nARG TARGETPLATFORM\nARG BUILDPLATFORM\nARG TARGETOS\nARG TARGETARCH\nARG TARGETVARIANT\n" +
				"RUN [\"/helper\", \"env\", \"/vars\", \"BUILDPLATFORM\", \"TARGETPLATFORM\", \"TARGETOS\", \"TARGETARCH\", \"TARGETVARIANT\"]\n",
			"helper": buildtest.Program, // of this machine: nobody looks
		}))
		req.Target.Platform = target
		id := buildtest.MustBuild(t, dockerfile.Strategy{}, req)
		if diff := cmp.Diff(vars(target), y.Read(t, id, "vars")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", target, diff)
		}
		config := config(t, y, id)
		if got := strings.TrimSuffix(config.OS+"/"+config.Architecture+"/"+config.Variant, "/"); got != target {
			t.Errorf("the config says %s, want %s", got, target)
		}
	}
}

// A step that this machine cannot execute says so, and not only what the kernel
// says.
func TestForeignStep(t *testing.T) {
	y := buildtest.NewYard(t, buildtest.Fastest)
	req := y.Request(t, "foreign", buildtest.Workspace(t, map[string]string{
		"Dockerfile": "FROM scratch\nCOPY prog /prog\nRUN [\"/prog\"]\n", "prog": buildtest.Foreign,
	}))
	for target, want := range map[string]string{
		elsewhere(t): `Dockerfile:3:1: error[run-failed]: RUN ["/prog"]: this machine, ` + platform.Own() + ", cannot execute programs for " + elsewhere(t) +
			": no emulator for it is registered in /proc/sys/fs/binfmt_misc (do it in a stage that stands FROM --platform=$BUILDPLATFORM, register an emulator (package qemu-user-static), or use a machine of that platform)",
		platform.Own(): `Dockerfile:3:1: error[run-failed]: RUN ["/prog"]: exit code 1`,
	} {
		if target == elsewhere(t) && platform.Runs(target) == nil {
			t.Log("this machine emulates " + target)
			continue
		}
		req.Target.Platform = target
		if got := buildtest.Build(t, dockerfile.Strategy{}, req).Completed(t).Diagnostics.Error(); got != want {
			t.Errorf("got:\n%s\nwant:\n%s", got, want)
		}
	}
}
