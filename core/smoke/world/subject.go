package world

import (
	"context"

	imgspecv1 "github.com/opencontainers/image-spec/specs-go/v1"
)

// A Subject is the image under test: one platform of one pushed digest. It is
// read-only and may be shared by scenarios that run at the same time.
type Subject struct {
	Image     string // its name in the inventory
	Reference string // repository@digest, as pushed
	Digest    string // of the manifest as the registry reports it
	ImageID   string // the digest of its configuration; what a container is compared by

	Config    imgspecv1.Image
	RawConfig []byte   // the configuration as stored: has fields (Healthcheck) that OCI does not know
	Manifest  []byte   // the manifest as stored
	Platforms []string // all platforms of the pushed digest, "linux/arm64/v8"

	Layers int   // number of layers
	Size   int64 // bytes, as the registry stores the layers: compressed

	// Root returns a directory with the image's file tree, not to be written
	// to. It mounts or unpacks on first use and may be called by several
	// scenarios at once; the runner's caller releases it. It is nil when the
	// files cannot be had.
	Root func(ctx context.Context) (dir string, err error)
}
