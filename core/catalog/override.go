package catalog

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"

	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/pluginhost"
)

// An override is what stands for a plugin while somebody works on it: a
// program, a folder with a plugin.yaml, or the socket of a plugin that runs
// already. It is not verified, but known: what it made is not taken for what
// the locked plugin makes, and it may not change while it is used.
type override struct {
	plugin  Plugin
	path    string
	environ []string

	mu    sync.Mutex
	first string // its identity when it was first asked for
}

// Identity implements [Program].
func (v *override) Identity() (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.first != "" {
		return v.first, nil
	}
	got, err := v.content()
	v.first = got
	return got, err
}

// Stamp implements [Program]: who works on a plugin wants it asked.
func (v *override) Stamp() string { return "" }

// content identifies what there is now. A process is known by when it was
// started, because what it was made of cannot be seen.
func (v *override) content() (string, error) {
	info, err := os.Stat(v.path)
	switch {
	case err != nil:
		return "", v.missing("is not there")
	case info.Mode().Type() == os.ModeSocket:
		pid, err := pluginhost.Owner(v.path)
		if errors.Is(err, syscall.ECONNREFUSED) {
			return "", v.missing("is a socket that nobody serves")
		}
		if err != nil {
			return "", fmt.Errorf("attaching to plugin %s: %w", v.plugin.Name, err)
		}
		return processIdentity(pid)
	case info.IsDir():
		return labelled(hashTree(v.path))
	default:
		digest, _, err := hashFile(v.path)
		return labelled(digest, err)
	}
}

func (v *override) missing(what string) diag.Diagnostic {
	return diag.Errorf("plugin.override", v.plugin.Pos, "plugin %s is overridden by %s, which %s", v.plugin.Name, v.path, what).
		WithFix("build it or start it, or run slipway plugin dev --remove %s", v.plugin.Name)
}

// labelled is a digest as it stands in build keys.
func labelled(digest string, err error) (string, error) { return "dev sha256:" + digest, err }

// processIdentity tells a process from every other, of this machine and others.
func processIdentity(pid int) (string, error) {
	boot, err1 := os.ReadFile("/proc/sys/kernel/random/boot_id")
	stat, err2 := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err := errors.Join(err1, err2); err != nil {
		return "", fmt.Errorf("looking at process %d: %w", pid, err)
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:])) // from the third on; the 22nd is the start
	return labelled(fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%s %d %s", boot, pid, fields[19]))), nil)
}

// Version implements [Program]: it may change at any time.
func (v *override) Version() string { return "" }

// Open implements [Program].
func (v *override) Open(ctx context.Context, c pluginhost.Command, o pluginhost.Options) (pluginhost.Plugin, error) {
	known, err := v.Identity()
	if err != nil {
		return nil, err
	}
	now, err := v.content()
	if err != nil {
		return nil, err
	}
	if now != known {
		return nil, diag.Errorf("plugin.override", v.plugin.Pos, "%s has changed while plugin %s was being used", v.path, v.plugin.Name).
			WithFix("run again: what was built before is kept")
	}
	return v.open(ctx, c, o)
}

func (v *override) open(ctx context.Context, c pluginhost.Command, o pluginhost.Options) (pluginhost.Plugin, error) {
	info, err := os.Stat(v.path)
	switch {
	case err != nil:
		return nil, v.missing("is not there")
	case info.Mode().Type() == os.ModeSocket:
		a, err := pluginhost.Attach(c.Name, v.path, o)
		if err != nil {
			return nil, err // not a: a nil attachment is no nil plugin
		}
		return a, nil
	case info.IsDir():
		m, err := readManifest(v.path)
		if err != nil {
			return nil, err
		}
		return start(ctx, m.start(v.path, v.environ), c, o)
	default:
		return start(ctx, pluginhost.Command{Path: v.path}, c, o)
	}
}
