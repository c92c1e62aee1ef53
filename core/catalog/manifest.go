package catalog

import (
	"os"
	"path/filepath"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/pluginhost"
)

// manifestName is the file that says how a plugin's folder is started.
const manifestName = "plugin.yaml"

// A manifest says how a plugin that is no single program is started.
type manifest struct {
	Command []string `yaml:"command,required,program"` // words that name files of the folder are made absolute
	Env     []string `yaml:"env"`                      // names of variables to pass on besides the usual
}

// readManifest reads the manifest of a plugin's folder.
func readManifest(dir string) (manifest, error) {
	file := filepath.Join(dir, manifestName)
	var m manifest
	root, found := readDocument(file)
	if root.IsZero() && found.Err() == nil {
		return m, diag.Errorf("plugin.manifest", diag.Pos{File: file}, "a plugin's folder needs a %s", manifestName).
			WithFix("write `command: [python3, plugin.py]`, or name a program instead of a folder")
	}
	found.Add(document.Decode(root, &m)...)
	if found.Err() == nil && len(m.Command) == 0 {
		found.Add(diag.Errorf("plugin.manifest", root.Get("command").Pos(), "the command is empty").WithFix("name a program and its arguments"))
	}
	return m, found.Err()
}

// start returns what starts the plugin of a folder. environ is where the
// variables that the manifest names are taken from.
func (m manifest) start(dir string, environ []string) pluginhost.Command {
	words := make([]string, len(m.Command))
	for i, word := range m.Command {
		words[i] = word
		path := filepath.Join(dir, filepath.FromSlash(word))
		if info, err := os.Stat(path); err == nil && filepath.IsLocal(word) && !info.IsDir() {
			words[i] = path
		}
	}
	return pluginhost.Command{
		Path: words[0], Args: words[1:],
		// The folder is verified at every start: nothing may be added to it.
		Env: append(pluginhost.Environment(environ, m.Env...), "PYTHONDONTWRITEBYTECODE=1"),
	}
}
