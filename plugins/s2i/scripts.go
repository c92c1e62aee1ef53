package s2i

import (
	"cmp"

	imagespec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/slipway-build/slipway/sdk"
)

// Labels of a builder image:
// https://github.com/openshift/source-to-image/blob/master/docs/builder_image.md
const (
	labelScripts      = "io.openshift.s2i.scripts-url"
	labelOldScripts   = "io.s2i.scripts-url"
	labelDestination  = "io.openshift.s2i.destination"
	labelAssembleUser = "io.openshift.s2i.assemble-user"
	labelBuilder      = "io.openshift.s2i.build.image"
)

// Scripts are where the image has its scripts when it is assembled.
type scripts struct {
	folder string // absolute
	own    bool   // they come with the source
}

// findScripts finds the scripts of a build: those asked for, else the source's,
// else the builder's.
func findScripts(c Config, s source, builder *imagespec.Image) (scripts, error) {
	if c.Scripts == "" && s.scripts {
		return scripts{folder: destination(builder) + "/scripts", own: true}, nil
	}
	labels := builder.Config.Labels
	url := cmp.Or(c.Scripts, labels[labelScripts], labels[labelOldScripts])
	if url == "" {
		return scripts{}, &sdk.Problem{
			Code: "s2i.scripts", Path: "/builder",
			Summary: "the builder " + c.Builder + " does not say where its scripts are: it has no label " + labelScripts,
			Fix:     "take an image that is made for source-to-image, say scripts: image:///…, or put assemble and run into " + scriptsDir + " of the source",
		}
	}
	folder, err := scriptsFolder(url)
	if err != nil {
		return scripts{}, &sdk.Problem{Code: "s2i.scripts", Path: "/builder", Summary: "the label " + labelScripts + " of the builder " + c.Builder + ": " + err.Error(), Fix: "say scripts: image:///…, or put them into " + scriptsDir + " of the source"}
	}
	return scripts{folder: folder}, nil
}

// destination is the folder of the image below which source, scripts and
// artifacts are laid.
func destination(builder *imagespec.Image) string {
	return cmp.Or(builder.Config.Labels[labelDestination], "/tmp")
}
