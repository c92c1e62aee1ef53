// Package build builds a Dockerfile with buildah, as a library, and leaves the
// image in the host's container storage.
//
// Every build runs in a process of its own, the worker: the running binary
// started again, so [Reexec] must be the first thing that main does. The
// worker is process 1 of its own PID namespace and has its own mounts. buildah
// cannot be interrupted; a worker can: when it is killed, by us or by anybody,
// the kernel ends every process of the build and takes down every mount.
// What is left then are working containers in the storage, which belong to a
// [lease]: they are removed at once when a build fails or is cancelled, and by
// the next build when the whole plugin was killed.
//
// Defaults, and why:
//
//   - chroot isolation: it needs no runtime and no network set-up, and works in
//     CI and for an ordinary user. Resource limits are handed on as they are,
//     since raising them takes a capability that CI does not give. OCI
//     isolation uses runc. Both share the network of the caller.
//   - reproducible: all timestamps are the epoch, the configuration of the
//     machine's container tools is not read, no label or annotation tells of
//     the builder, the files of a layer are in one order, and no image in the storage keeps a name (buildah would
//     write that of a base or of a cached layer into the history of the child).
//   - nothing is pulled but bases whose location the host gave.
//   - layers are cached in the storage, as images without names.
package build

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A Spec is a build to be carried out.
type Spec struct {
	Request strategy.BuildRequest
	File    string // absolute path of the Dockerfile
	Name    string // what diagnostics call it
	Target  string // stage; empty: the last
	Context string // absolute path
	Ignore  string // absolute path of the ignore file; empty: none
	OnBuild bool   // triggers of a base may take files: all of Context is known to count
}

// Run builds spec and tells events how it goes. The answer is the last event
// of the build, for the caller to send; an error means that the builder itself
// broke or that nobody listens. When ctx ends the build is killed, cleaned up
// and answered as cancelled.
func Run(ctx context.Context, spec Spec, events strategy.Events) (strategy.Completed, error) {
	if problems := refuse(spec.Request); len(problems) > 0 {
		return strategy.Completed{Outcome: strategy.Failed, Diagnostics: problems}, nil
	}
	if err := Sweep(spec.Request.Storage); err != nil {
		return strategy.Completed{}, err
	}
	l, err := takeLease(spec.Request.Storage.Root, spec.Request.ID)
	if err != nil {
		return strategy.Completed{}, err
	}
	defer l.release()
	steps := &openSteps{events: events}
	done, err := work(ctx, spec, l, steps)
	if err == nil && done != nil {
		return *done, nil
	}
	return afterDeath(ctx, spec.Request, steps, err)
}

// afterDeath cleans up after a worker that ended without an answer.
func afterDeath(ctx context.Context, req strategy.BuildRequest, steps *openSteps, err error) (strategy.Completed, error) {
	if errors.Is(err, syscall.EPERM) {
		return failed(forbidden()), nil
	}
	clean := removeRemains(req.Storage, req.ID)
	if ctx.Err() == nil || errors.Is(err, errNobodyListens) {
		return strategy.Completed{}, errors.Join(err, clean)
	}
	if clean != nil {
		return strategy.Completed{}, fmt.Errorf("cleaning up a cancelled build: %w", clean)
	}
	return strategy.Completed{Outcome: strategy.Cancelled}, steps.cancel()
}

// forbidden says that no worker can be started.
func forbidden() diag.Diagnostic {
	return diag.Errorf("no-namespaces", diag.Pos{}, "this process may not make PID and mount namespaces, in which images are built").
		WithFix("run as root, or as a user who may make user namespaces; in a container, grant CAP_SYS_ADMIN")
}

// refuse finds what no build could do.
func refuse(req strategy.BuildRequest) diag.List {
	var problems diag.List
	if !cgo {
		problems.Add(diag.Errorf("no-cgo", diag.Pos{}, "this binary was built without cgo and cannot build images").
			WithDetail("User namespaces and chroot isolation need C code that runs before Go starts.").
			WithFix("build it with CGO_ENABLED=1, or use a release"))
	}
	if req.Isolation != "" && req.Isolation != "chroot" && req.Isolation != "oci" {
		problems.Add(diag.Errorf("unknown-isolation", diag.Pos{}, "unknown isolation %q", req.Isolation).
			WithFix("use chroot or oci"))
	}
	problems.Add(unbounded(req)...)
	for _, dir := range []string{req.Dirs.Scratch, req.Dirs.Cache} {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			problems.Add(diag.Errorf("no-folder", diag.Pos{}, "the build was given the folder %q, which is none", dir))
		}
	}
	return problems
}
