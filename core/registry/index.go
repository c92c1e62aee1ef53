package registry

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/containerd/platforms"
	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// NewIndex returns an index of images that are in a repository, one for each
// platform. Whatever order they are given in, the bytes are the same;
// [Client.Tag] puts it.
func NewIndex(repository string, images []Child) (Manifest, error) {
	index := ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: mediaTypeIndex}
	for _, c := range images {
		p, err := platforms.Parse(c.Platform)
		if err != nil {
			return Manifest{}, fmt.Errorf("parsing platform %q: %w", c.Platform, err)
		}
		p = platforms.Normalize(p)
		index.Manifests = append(index.Manifests, ocispec.Descriptor{
			MediaType: c.MediaType, Digest: digest.Digest(c.Digest), Size: c.Size, Platform: &p, Annotations: c.Annotations,
		})
	}
	slices.SortFunc(index.Manifests, func(a, b ocispec.Descriptor) int {
		return strings.Compare(platforms.Format(*a.Platform), platforms.Format(*b.Platform))
	})
	b, err := json.Marshal(index)
	if err != nil {
		return Manifest{}, fmt.Errorf("writing an index for %s: %w", repository, err)
	}
	return newManifest(repository, mediaTypeIndex, b)
}

// Images returns the images of an index: what is for no platform, as provenance
// that some builders put beside their images, is none.
func (m Manifest) Images() []Child {
	return slices.DeleteFunc(slices.Clone(m.Children), func(c Child) bool {
		return c.Platform == "" || strings.HasPrefix(c.Platform, "unknown")
	})
}

// Of returns a child of an index as far as the index tells of it: without Bytes
// and ImageID, and with the annotations of its entry.
func (m Manifest) Of(c Child) Manifest {
	return Manifest{Repository: m.Repository, Digest: c.Digest, MediaType: c.MediaType, Size: c.Size, Annotations: c.Annotations}
}
