package catalog

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/slipway-build/slipway/sdk/diag"
)

// Plugins are a project's plugins: what it names, what may be started, and
// where that is kept.
type Plugins struct {
	Root      string   // of the project: relative sources begin here
	Project   []Plugin // as slipway.yml names them
	Lock      Lock
	Store     Store
	Platform  string            // "linux/amd64"
	Overrides map[string]string // programs or folders that stand for plugins, by name; see Overrides
	Environ   []string          // where variables are taken from that a plugin.yaml names
}

// Programs returns the plugins that the project names; those that cannot be
// started say why when they are. The diagnostics are warnings: that a plugin
// is overridden, or has changed since it was locked.
func (p Plugins) Programs() (map[string]Program, diag.List) {
	out, found := map[string]Program{}, diag.List{}
	for _, plugin := range p.Project {
		if path, ok := p.Overrides[plugin.Name]; ok {
			found.Add(overridden(plugin, path))
			out[plugin.Name] = &override{plugin: plugin, path: path, environ: p.Environ}
			continue
		}
		out[plugin.Name] = p.program(plugin)
		found.Add(p.changed(plugin)...)
	}
	for _, name := range slices.Sorted(maps.Keys(p.Overrides)) {
		if _, known := out[name]; !known {
			found.Add(diag.Warningf("plugin.override", diag.Pos{}, "plugin %s is overridden, but this project does not name it", name))
		}
	}
	return out, found
}

// program returns a plugin as it was locked.
func (p Plugins) program(plugin Plugin) Program {
	locked, ok := p.Lock.Find(plugin.Name)
	if !ok || locked.Source != plugin.Source {
		return unusable{diag.Errorf("plugin.unlocked", plugin.Pos, "plugin %s from %s is not locked", plugin.Name, plugin.Source).
			WithDetail("Only what slipway.lock names by its digest is started.").
			WithFix("run slipway plugin lock")}
	}
	digest, ok := locked.Digest(p.Platform)
	if !ok {
		return unusable{diag.Errorf("plugin.platform", plugin.Pos, "plugin %s is locked for %v, not for %s", plugin.Name, slices.Sorted(maps.Keys(locked.SHA256)), p.Platform).
			WithFix("run slipway plugin lock on this platform")}
	}
	return &stored{name: plugin.Name, pos: plugin.Pos, store: p.Store, digest: digest, identity: locked.identity(), version: locked.Version, environ: p.Environ}
}

// changed warns when a plugin of this machine is no longer what was locked.
func (p Plugins) changed(plugin Plugin) diag.List {
	locked, known := p.Lock.Find(plugin.Name)
	digest, ok := locked.Digest(p.Platform)
	if _, oci := plugin.oci(); oci || !known || !ok {
		return nil
	}
	got, err := hashPath(p.resolve(plugin.Source))
	if err != nil || got == digest {
		return nil //nolint:nilerr // a source that is not here matters when it is installed
	}
	return diag.List{diag.Warningf("plugin.changed", plugin.Pos, "%s has changed since it was locked; the locked plugin is used", plugin.Source).
		WithFix("run slipway plugin lock, or slipway plugin dev %s=%s while you work on it", plugin.Name, plugin.Source)}
}

// resolve makes a path of the project absolute.
func (p Plugins) resolve(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(p.Root, path)
}

func hashPath(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("hashing a plugin: %w", err)
	}
	if info.IsDir() {
		return hashTree(path)
	}
	digest, _, err := hashFile(path)
	return digest, err
}

func overridden(plugin Plugin, path string) diag.Diagnostic {
	return diag.Warningf("plugin.override", plugin.Pos, "PLUGIN %s IS OVERRIDDEN: %s stands for it, unverified, whatever slipway.lock says", plugin.Name, path).
		WithFix("run slipway plugin dev --remove %s when you are done", plugin.Name)
}
