package doctor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/site"
	"github.com/slipway-build/slipway/core/container/namespace"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/registry/embedded"
	"github.com/slipway-build/slipway/core/registry/reference"
)

// all looks at everything, in the order in which one thing needs another.
func all(ctx context.Context, a *app.App) ([]Finding, error) {
	outside := namespace.Check(ctx)
	var found []Finding
	for _, f := range outside {
		if f.Name != "network" {
			found = append(found, ofNamespace(f))
		}
	}
	enterable := found[0].State != Broken
	found = append(found, chroot(enterable), runc())
	if enterable {
		found = append(found, inside(ctx, a)...)
	}
	found = append(found, embeddedRegistry(ctx))
	inv, err := inventoryOf(ctx, a)
	if inv == nil {
		return found, err
	}
	return append(append(found, strategies(ctx, a, inv)...), registries(ctx, a, inv)...), nil
}

// ofNamespace weighs a finding: without a namespace nothing works, everything
// else has something that takes its place.
func ofNamespace(f namespace.Finding) Finding {
	state := Limited
	if f.Name == "namespaces" {
		state = Broken
	}
	if f.OK {
		state = OK
	}
	return Finding{f.Name, state, f.Detail, f.Fix}
}

func chroot(enterable bool) Finding {
	f := Finding{Name: "chroot isolation", State: OK, Detail: "the default; needs no runtime"}
	switch {
	case app.BuildSetting("CGO_ENABLED") == "0":
		f.State, f.Detail = Limited, "this binary was built without cgo" // the namespaces are broken, too, for anybody but root
		f.Fix = "build slipway with CGO_ENABLED=1, or write isolation: oci in every image.yml"
	case !enterable:
		f.State, f.Detail, f.Fix = Broken, "it takes a namespace, and none can be entered", "mend the namespaces first"
	}
	return f
}

func runc() Finding {
	path, err := exec.LookPath("runc")
	if err != nil {
		return Finding{
			"oci isolation", Limited, "runc is not installed: images with isolation: oci, and limits of memory and processes, do not work",
			"install runc, or leave isolation at chroot",
		}
	}
	return Finding{Name: "oci isolation", State: OK, Detail: path}
}

// inside looks at what can only be seen where containers run.
func inside(ctx context.Context, a *app.App) []Finding {
	probe, err := a.Probe(ctx)
	if err != nil {
		return []Finding{{
			"container storage", Broken, err.Error(),
			"say with --root where there is room, on a file system of this machine (not NFS)",
		}}
	}
	root, _ := a.StorageRoot()
	found := []Finding{{Name: "container storage", State: OK, Detail: probe.Driver + " in " + a.Streams.Style.Path(root)}}
	i := slices.IndexFunc(probe.Findings, func(f namespace.Finding) bool { return f.Name == "network" })
	if i < 0 {
		return found
	}
	return append(found, ofNamespace(probe.Findings[i]))
}

// embeddedRegistry starts one in a folder of its own and asks it.
func embeddedRegistry(ctx context.Context) Finding {
	f := Finding{Name: "embedded registry", State: OK, Detail: "listens on 127.0.0.1 while slipway runs"}
	if err := tryEmbedded(ctx); err != nil {
		f.State, f.Detail, f.Fix = Limited, err.Error(), "allow this user to listen on 127.0.0.1, or name another registry"
	}
	return f
}

func tryEmbedded(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "slipway-doctor-")
	if err != nil {
		return fmt.Errorf("making a folder for the embedded registry: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	server, err := embedded.Start(ctx, embedded.Options{Dir: dir})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close(context.WithoutCancel(ctx))) }()
	return registry.New(registry.Options{}).Ping(ctx, server.Addr())
}

// inventoryOf reads the inventory. That there is none is no mistake unless one
// was named.
func inventoryOf(ctx context.Context, a *app.App) (*inventory.Inventory, error) {
	inv, _, err := site.New(a).Inventory(ctx)
	if err != nil && len(a.Flags.Inventory) == 0 && len(a.Flags.Extra) == 0 {
		return nil, nil
	}
	return inv, err
}

// registries asks every registry in which the inventory keeps its images.
func registries(ctx context.Context, a *app.App, inv *inventory.Inventory) []Finding {
	var names []string
	for _, image := range inv.Images {
		r, err := reference.Parse(image.Repository)
		if err == nil && r.Registry != "localhost" && !slices.Contains(names, r.Registry) {
			names = append(names, r.Registry)
		}
	}
	var found []Finding
	for _, name := range names {
		found = append(found, ask(ctx, a, name))
	}
	return found
}

// ask weighs a registry that does not answer as a limit: images are built all
// the same, and wait here to be pushed.
func ask(ctx context.Context, a *app.App, name string) Finding {
	f := Finding{Name: "registry " + name, State: OK, Detail: "answers"}
	client, err := a.Registry(ctx, false)
	if err == nil {
		err = client.Ping(ctx, name)
	}
	switch {
	case err == nil:
	case errors.Is(err, registry.ErrUnauthorized):
		f.State, f.Detail = Limited, "answers, and knows us not: "+registry.Reason(err)
		f.Fix = "log in to it: slipway reads what podman, buildah, skopeo and docker login write"
	default:
		f.State, f.Detail = Limited, "does not answer: "+registry.Reason(err)
		f.Fix = "is the name right, and does this machine reach it? Images can be built; they cannot be pushed"
	}
	return f
}
