package catalog

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Overrides are plugins that a user works on: an absolute path by name. They
// belong to a user, not to a project, and never reach a lock.
type Overrides struct {
	Plugins map[string]string `json:"plugins" yaml:"plugins"`
}

// ReadOverrides reads a file of overrides; one that is not there has none.
func ReadOverrides(file string) (Overrides, diag.List) {
	o := Overrides{Plugins: map[string]string{}}
	root, found := readDocument(file)
	found.Add(document.Decode(root, &o)...)
	if o.Plugins == nil {
		o.Plugins = map[string]string{}
	}
	return o, found
}

// Set has path stand for a plugin; an empty path ends that.
func (o Overrides) Set(name, path string) error {
	if !pluginName.MatchString(name) {
		return diag.Errorf("plugin.name", diag.Pos{}, "found the plugin name %q", name).WithFix("write publisher/name")
	}
	if path == "" {
		delete(o.Plugins, name)
		return nil
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("overriding plugin %s: %w", name, err)
	}
	if _, err := os.Stat(absolute); err != nil {
		return fmt.Errorf("overriding plugin %s: %w", name, err)
	}
	o.Plugins[name] = absolute
	return nil
}

// Write writes the overrides to file.
func (o Overrides) Write(file string) error {
	data, err := document.Marshal(o)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(file), 0o700)
	}
	if err == nil {
		err = os.WriteFile(file, data, 0o600)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", file, err)
	}
	return nil
}
