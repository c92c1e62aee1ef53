package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/rpc"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A Downloader is what an installer needs of a registry.
type Downloader interface {
	Resolve(ctx context.Context, reference string) (registry.Manifest, error)
	Download(ctx context.Context, repository, digest string, w io.Writer) error
}

// An Installer brings plugins into a store.
type Installer struct {
	Plugins  Plugins
	Registry Downloader
	// Describe asks a program what it is, by starting it.
	Describe func(context.Context, string, Program) (strategy.DescribeResponse, error)
}

// Lock finds out what every plugin of the project is now, for all platforms,
// installs it for this one, and returns the lock that says so.
func (i *Installer) Lock(ctx context.Context) (Lock, error) {
	var lock Lock
	var errs []error
	for _, plugin := range i.Plugins.Project {
		locked, err := i.lock(ctx, plugin)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		lock.Plugins = append(lock.Plugins, locked)
	}
	return lock, joined(errs)
}

// joined returns errors as one list when all of them are diagnostics.
func joined(errs []error) error {
	var list diag.List
	for _, err := range errs {
		ds := diag.Of(err)
		if ds == nil {
			return errors.Join(errs...)
		}
		list.Add(ds...)
	}
	return list.Err()
}

// Install makes the store hold what the lock names for this platform, and
// returns the names of the plugins that were missing. What is not locked is
// locked first, unless strict: then it is an error. The lock that is returned
// is the old one when nothing had to be locked.
func (i *Installer) Install(ctx context.Context, strict bool) (lock Lock, installed []string, err error) {
	lock = Lock{Version: lockVersion}
	var errs []error
	for _, plugin := range i.Plugins.Project {
		locked, fresh, err := i.install(ctx, plugin, strict)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		lock.Plugins = append(lock.Plugins, locked)
		if fresh {
			installed = append(installed, plugin.Name)
		}
	}
	return lock, installed, joined(errs)
}

func (i *Installer) install(ctx context.Context, plugin Plugin, strict bool) (locked Locked, fresh bool, err error) {
	switch p := i.Plugins.program(plugin).(type) {
	case unusable:
		if strict {
			return locked, false, p.problem
		}
		locked, err = i.lock(ctx, plugin)
		return locked, true, err
	case *stored:
		locked, _ = i.Plugins.Lock.Find(plugin.Name)
		if i.Plugins.Store.Has(p.digest) {
			return locked, false, nil
		}
		return locked, true, i.fetch(ctx, plugin, p.digest)
	}
	panic("bug: an unknown kind of program")
}

// lock finds out what one plugin is.
func (i *Installer) lock(ctx context.Context, plugin Plugin) (Locked, error) {
	digests, err := i.digests(ctx, plugin)
	if err != nil {
		return Locked{}, err
	}
	locked := Locked{Name: plugin.Name, Source: plugin.Source, Protocol: rpc.Major, SHA256: digests}
	digest, ok := locked.Digest(i.Plugins.Platform)
	if !ok {
		return locked, diag.Errorf("plugin.platform", plugin.Pos, "plugin %s is made for %s, not for %s",
			plugin.Name, strings.Join(slices.Sorted(maps.Keys(digests)), ", "), i.Plugins.Platform)
	}
	if !i.Plugins.Store.Has(digest) {
		if err := i.fetch(ctx, plugin, digest); err != nil {
			return locked, err
		}
	}
	about, err := i.Describe(ctx, plugin.Name, &stored{name: plugin.Name, pos: plugin.Pos, store: i.Plugins.Store, digest: digest, environ: i.Plugins.Environ})
	if err != nil {
		return locked, fmt.Errorf("asking plugin %s what it is: %w", plugin.Name, err)
	}
	locked.Version = about.Version
	return locked, nil
}

// digests returns the SHA-256 of what is executed, by platform. A program of
// this machine says nothing of other platforms; what was locked for them stays.
func (i *Installer) digests(ctx context.Context, plugin Plugin) (map[string]string, error) {
	if reference, ok := plugin.oci(); ok {
		return i.ociDigests(ctx, plugin, reference)
	}
	path := i.Plugins.resolve(plugin.Source)
	digest, err := i.Plugins.Store.AddPath(path)
	if err != nil {
		return nil, at(plugin, err)
	}
	if i.Plugins.Store.isTree(digest) {
		return map[string]string{anyPlatform: digest}, nil
	}
	out := map[string]string{}
	if old, ok := i.Plugins.Lock.Find(plugin.Name); ok && old.Source == plugin.Source {
		maps.Copy(out, old.SHA256)
		delete(out, anyPlatform)
	}
	out[i.Plugins.Platform] = digest
	return out, nil
}

// at says which plugin an error is about, unless it has a place of its own.
func at(plugin Plugin, err error) error {
	if diag.Of(err) != nil {
		return err
	}
	return diag.Errorf("plugin.source", plugin.Pos, "plugin %s: %v", plugin.Name, err).
		WithFix("build it first, or correct its source")
}

// ociDigests reads the manifests of an artifact: one layer is the program.
func (i *Installer) ociDigests(ctx context.Context, plugin Plugin, reference string) (map[string]string, error) {
	m, err := i.Registry.Resolve(ctx, reference)
	if err != nil {
		return nil, fmt.Errorf("looking for plugin %s: %w", plugin.Name, err)
	}
	if !m.IsIndex() {
		digest, err := programOf(plugin, m)
		return map[string]string{i.Plugins.Platform: digest}, err
	}
	out := map[string]string{}
	for _, child := range m.Children {
		if child.Platform == "" {
			continue
		}
		one, err := i.Registry.Resolve(ctx, m.Repository+"@"+child.Digest)
		if err != nil {
			return nil, fmt.Errorf("looking for plugin %s for %s: %w", plugin.Name, child.Platform, err)
		}
		if out[child.Platform], err = programOf(plugin, one); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// programOf returns the digest of the only layer of an artifact.
func programOf(plugin Plugin, m registry.Manifest) (string, error) {
	var content struct {
		Layers []struct {
			Digest string `json:"digest"`
		} `json:"layers"`
	}
	if err := json.Unmarshal(m.Bytes, &content); err != nil {
		return "", fmt.Errorf("reading the manifest of %s: %w", m.Reference(), err)
	}
	if len(content.Layers) != 1 || !sha256Hex.MatchString(strings.TrimPrefix(content.Layers[0].Digest, "sha256:")) {
		return "", diag.Errorf("plugin.artifact", plugin.Pos, "%s has %d layers; a plugin is an artifact of one layer, the program", m.Reference(), len(content.Layers))
	}
	return strings.TrimPrefix(content.Layers[0].Digest, "sha256:"), nil
}

// fetch brings content with this digest into the store.
func (i *Installer) fetch(ctx context.Context, plugin Plugin, digest string) error {
	if reference, ok := plugin.oci(); ok {
		m, err := i.Registry.Resolve(ctx, reference)
		if err != nil {
			return fmt.Errorf("looking for plugin %s: %w", plugin.Name, err)
		}
		return i.Plugins.Store.AddDownload(ctx, digest, func(ctx context.Context, w io.Writer) error {
			return i.Registry.Download(ctx, m.Repository, "sha256:"+digest, w)
		})
	}
	got, err := i.Plugins.Store.AddPath(i.Plugins.resolve(plugin.Source))
	if err != nil {
		return at(plugin, err)
	}
	if got != digest {
		return diag.Errorf("plugin.changed", plugin.Pos, "plugin %s is locked with SHA-256 %s, but %s has %s", plugin.Name, digest, plugin.Source, got).
			WithFix("build what was locked, or run slipway plugin lock")
	}
	return nil
}
