package s2i

import (
	"context"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/sdk"
)

// Config is what an image.yml may say to the strategy.
type Config struct {
	Builder     string            `json:"builder" doc:"Image that holds the scripts assemble and run: one of the inventory, or any reference."`
	Context     string            `json:"context,omitempty" path:"workspace" default:"." doc:"Folder of the workspace that holds the source."`
	Scripts     string            `json:"scripts,omitempty" doc:"Folder of the builder that holds the scripts, such as image:///usr/libexec/s2i. Default: .s2i/bin of the source, else what the builder's label io.openshift.s2i.scripts-url says."`
	Env         map[string]string `json:"env,omitempty" doc:"Environment of assemble and of the image, over what .s2i/environment says."`
	Incremental bool              `json:"incremental,omitempty" doc:"Keep on this machine what the builder's save-artifacts saves, and give it to the next assemble below /tmp/artifacts."`
}

// validate judges what the tags of Config cannot say, and cleans its paths.
func validate(_ context.Context, c *Config) error {
	c.Context = path.Clean(c.Context)
	var problems []error
	if strings.ContainsFunc(c.Builder, isSpace) || c.Builder == "" {
		problems = append(problems, &sdk.Problem{Code: "s2i.builder", Path: "/builder", Summary: "the builder " + quoted(c.Builder) + " is no image reference", Fix: "write the name of an image, such as golang-builder or quay.io/acme/builder:1"})
	}
	if c.Scripts != "" {
		if _, err := scriptsFolder(c.Scripts); err != nil {
			problems = append(problems, &sdk.Problem{Code: "s2i.scripts", Path: "/scripts", Summary: err.Error(), Fix: "write a folder of the builder, such as image:///usr/libexec/s2i, or put the scripts into .s2i/bin of the source"})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Env)) {
		if err := checkVariable(name, c.Env[name]); err != nil {
			problems = append(problems, &sdk.Problem{Code: "s2i.env", Path: "/env/" + name, Summary: err.Error()})
		}
	}
	return errors.Join(problems...)
}

// scriptsFolder is the folder that a URL of scripts names. What is not in the
// builder would go into the image without going into its key.
func scriptsFolder(url string) (string, error) {
	folder, inImage := strings.CutPrefix(url, "image://")
	switch {
	case !inImage && strings.Contains(url, "://"):
		return "", errors.New("scripts " + quoted(url) + " are not in the builder image, and none are fetched")
	case !path.IsAbs(folder) || strings.ContainsFunc(folder, isSpace):
		return "", errors.New("scripts " + quoted(url) + " name no absolute folder of the builder image")
	default:
		return path.Clean(folder), nil
	}
}
