package dockerfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/slipway-build/slipway/sdk/diag"
)

// Config is what an image.yml may say to the strategy.
type Config struct {
	// File is the Dockerfile.
	File string `json:"file,omitempty" path:"workspace" doc:"Dockerfile to build, relative to the workspace. Default: Containerfile or Dockerfile."`
	// Context is the folder that COPY and ADD see.
	Context string `json:"context,omitempty" path:"workspace" default:"." doc:"Folder that COPY and ADD see, relative to the workspace."`
	// Target is the stage to build.
	Target string `json:"target,omitempty" doc:"Stage to build. Default: the last one."`
	// OnBuild allows for bases that choose files of the context.
	OnBuild bool `json:"onbuild,omitempty" doc:"Count every file of the context. Needed where the base chooses files: its ONBUILD copies some, or a variable it sets is in the way of an ARG."`
}

const schema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "file": {"type": "string", "description": "Dockerfile to build, relative to the workspace. Default: Containerfile or Dockerfile."},
    "context": {"type": "string", "default": ".", "description": "Folder that COPY and ADD see, relative to the workspace."},
    "target": {"type": "string", "description": "Stage to build. Default: the last one."},
    "onbuild": {"type": "boolean", "default": false, "description": "Count every file of the context. Needed where the base chooses files: its ONBUILD copies some, or a variable it sets is in the way of an ARG."}
  }
}`

// readConfig decodes a config and fills in its defaults.
func readConfig(raw json.RawMessage) (Config, diag.List) {
	var c Config
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return c, diag.List{diag.Errorf("bad-config", diag.Pos{}, "%s", strings.TrimPrefix(err.Error(), "json: "))}
	}
	var problems diag.List
	for _, f := range []struct {
		name  string
		value *string
	}{{"file", &c.File}, {"context", &c.Context}} {
		if !inside(*f.value) {
			d := diag.Errorf("path-outside", diag.Pos{}, "%s %q leads out of the workspace", f.name, *f.value).
				WithFix("write it relative to the workspace")
			d.Path = "/" + f.name
			problems.Add(d)
			continue
		}
		if *f.value != "" {
			*f.value = path.Clean(*f.value)
		}
	}
	if c.Context == "" {
		c.Context = "."
	}
	return c, problems
}

// inside reports whether p stays below the folder it is relative to.
func inside(p string) bool {
	clean := path.Clean(p)
	return !path.IsAbs(p) && clean != ".." && !strings.HasPrefix(clean, "../")
}
