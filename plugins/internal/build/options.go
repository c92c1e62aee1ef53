package build

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/containers/buildah/define"
	"github.com/containers/image/v5/types"
	"github.com/containers/storage/pkg/unshare"
	"golang.org/x/sys/unix"

	"github.com/slipway-build/slipway/sdk/platform"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// buildOptions says to buildah what the package comment promises.
func buildOptions(spec Spec, b *bases, s *steps) (define.BuildOptions, error) {
	req := spec.Request
	common, err := commonOptions(req)
	if err != nil {
		return define.BuildOptions{}, err
	}
	if err := keepCaches(req.Dirs); err != nil {
		return define.BuildOptions{}, err
	}
	o := fixedOptions()
	o.AdditionalBuildContexts = b.contexts
	o.Args = maps.Clone(req.Args)
	o.CommonBuildOpts = common
	o.ContainerSuffix = suffix(req.ID)
	o.ContextDirectory, o.IgnoreFile = spec.Context, spec.Ignore
	o.Isolation, o.Runtime, o.RuntimeArgs = isolation(req.Isolation), runtimeOf(req.Isolation), runtimeArgs(req)
	o.Labels = pairs(req.Labels)
	o.NoCache = req.NoCache
	o.Platforms = platforms(req.Target.Platform)
	o.SystemContext = systemContext(req)
	o.SignaturePolicyPath = o.SystemContext.SignaturePolicyPath
	o.Target = spec.Target
	o.Log, o.Out, o.Err, o.ReportWriter = s.log, s.writer(false), s.writer(true), s.writer(false)
	epoch := time.Unix(req.Epoch, 0).UTC()
	o.SourceDateEpoch = &epoch
	return o, nil
}

// fixedOptions are the same for every build. Nothing goes through annotations:
// they show in the history.
func fixedOptions() define.BuildOptions {
	return define.BuildOptions{
		ForceRmIntermediateCtrs: true,
		Layers:                  true,
		NamespaceOptions:        define.NamespaceOptions{{Name: "network", Host: true}},
		NetworkInterface:        hostNetwork{},
		OutputFormat:            define.OCIv1ImageManifest,
		PullPolicy:              define.PullNever,
		RemoveIntermediateCtrs:  true,
		RewriteTimestamp:        true,
	}
}

// platforms is the one platform of a build, in buildah's terms; none means the
// machine's own.
func platforms(text string) []struct{ OS, Arch, Variant string } {
	if text == "" {
		return nil
	}
	var p struct{ OS, Arch, Variant string }
	p.OS, p.Arch, p.Variant = platform.Parts(text)
	return []struct{ OS, Arch, Variant string }{p}
}

func isolation(name string) define.Isolation {
	switch {
	case name != "oci":
		return define.IsolationChroot
	case rootless():
		return define.IsolationOCIRootless
	default:
		return define.IsolationOCI
	}
}

// rootless reports whether this is the user namespace of an ordinary user.
func rootless() bool { return unshare.IsRootless() }

// runtimeOf names the runtime of an isolation. crun of some distributions
// refuses the specification that buildah writes; runc of all takes it.
func runtimeOf(isolation string) string {
	if isolation == "oci" {
		return "runc"
	}
	return ""
}

// runtimeArgs keep the runtime's own records in the scratch folder, so that
// they go with the build however it ends.
func runtimeArgs(req strategy.BuildRequest) []string {
	if req.Isolation != "oci" {
		return nil
	}
	return []string{"--root=" + filepath.Join(req.Dirs.Scratch, "runtime")}
}

// commonOptions are those of every step.
func commonOptions(req strategy.BuildRequest) (*define.CommonBuildOptions, error) {
	secrets, err := secretFiles(req)
	if err != nil {
		return nil, err
	}
	o := &define.CommonBuildOptions{
		CgroupParent:  cgroupPath(req),
		HTTPProxy:     true,
		IdentityLabel: types.OptionalBoolFalse,
		Secrets:       secrets,
		Ulimit:        ulimits(),
	}
	bound(o, req.Resources)
	return o, nil
}

// ulimits are the limits of this process, which a step may have as they are.
func ulimits() []string {
	var out []string
	for name, resource := range map[string]int{"nofile": unix.RLIMIT_NOFILE, "nproc": unix.RLIMIT_NPROC} {
		var r unix.Rlimit
		if err := unix.Getrlimit(resource, &r); err == nil {
			out = append(out, fmt.Sprintf("%s=%d:%d", name, int64(r.Cur), int64(r.Max)))
		}
	}
	return out
}

// secretFiles puts the secrets where buildah reads them from: files that only
// the build can read, which go with its scratch folder.
func secretFiles(req strategy.BuildRequest) ([]string, error) {
	dir := filepath.Join(req.Dirs.Scratch, "secrets")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of secrets: %w", err)
	}
	var out []string
	for i, name := range slices.Sorted(maps.Keys(req.Secrets)) {
		path := filepath.Join(dir, strconv.Itoa(i))
		if strings.ContainsAny(name+path, ",=") {
			return nil, fmt.Errorf("the name of secret %q holds a comma or an equals sign", name)
		}
		if err := os.WriteFile(path, req.Secrets[name], 0o600); err != nil {
			return nil, fmt.Errorf("writing secret %s: %w", name, err)
		}
		out = append(out, "id="+name+",src="+path)
	}
	return out, nil
}

// keepCaches makes the folders of cache mounts outlive the scratch folder,
// below whose temporary files buildah looks for them.
func keepCaches(dirs strategy.Dirs) error {
	kept := filepath.Join(dirs.Cache, "mounts")
	if err := os.MkdirAll(kept, 0o700); err != nil {
		return fmt.Errorf("making the folder of cache mounts: %w", err)
	}
	link := filepath.Join(os.TempDir(), "buildah-cache-"+strconv.Itoa(unshare.GetRootlessUID()))
	if err := os.Symlink(kept, link); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("linking the folder of cache mounts: %w", err)
	}
	return nil
}

// pairs are the entries of m as "key=value", sorted: their order shows in the
// image.
func pairs(m map[string]string) []string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(m)) {
		out = append(out, key+"="+m[key])
	}
	return out
}
