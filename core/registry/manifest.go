package registry

import (
	"encoding/json"

	"github.com/containerd/platforms"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// The media types that hold other manifests; every other one is an image's or
// an artifact's own.
const (
	mediaTypeIndex      = ocispec.MediaTypeImageIndex
	mediaTypeDockerList = "application/vnd.docker.distribution.manifest.list.v2+json"
)

// A Manifest is what a registry holds under a digest: an image, an index of
// images, or an artifact that says something about another manifest.
type Manifest struct {
	Repository   string // with the registry, as the caller named it
	Digest       string // "sha256:…", computed from Bytes
	MediaType    string
	Size         int64             // of Bytes
	Bytes        []byte            // nil in what Referrers lists
	ImageID      string            // digest of the image's config; "" for an index
	ArtifactType string            // "" for an image
	Annotations  map[string]string // of the manifest itself
	Children     []Child           // of an index, in its order
}

// A Child is an image in an index.
type Child struct {
	Digest      string
	MediaType   string
	Size        int64
	Platform    string // "linux/arm64", "linux/arm/v7"; "" when not told
	Annotations map[string]string
}

// IsIndex reports whether m holds images rather than being one.
func (m Manifest) IsIndex() bool {
	return m.MediaType == mediaTypeIndex || m.MediaType == mediaTypeDockerList
}

// Reference returns the name of m by digest.
func (m Manifest) Reference() string { return m.Repository + "@" + m.Digest }

// Child returns the image for a platform ("linux/arm64"; variants that say
// nothing, such as arm64's v8, are left aside).
func (m Manifest) Child(platform string) (Child, bool) {
	want, err := platforms.Parse(platform)
	if err != nil {
		return Child{}, false
	}
	for _, c := range m.Children {
		if c.Platform == platforms.Format(platforms.Normalize(want)) {
			return c, true
		}
	}
	return Child{}, false
}

func (m Manifest) descriptor() ocispec.Descriptor {
	return ocispec.Descriptor{MediaType: m.MediaType, Digest: digest.Digest(m.Digest), Size: m.Size}
}

// content is the part of every kind of manifest that matters here.
type content struct {
	MediaType    string               `json:"mediaType"`
	ArtifactType string               `json:"artifactType"`
	Config       ocispec.Descriptor   `json:"config"`
	Manifests    []ocispec.Descriptor `json:"manifests"`
	Annotations  map[string]string    `json:"annotations"`
}

// newManifest reads a manifest. The registry's word on the media type counts
// only where the manifest does not say itself.
func newManifest(repository, mediaType string, b []byte) (Manifest, error) {
	var c content
	if err := json.Unmarshal(b, &c); err != nil {
		return Manifest{}, classified(&senselessError{err.Error()}, "reading the manifest of %s", repository)
	}
	if c.MediaType != "" {
		mediaType = c.MediaType
	}
	m := Manifest{
		Repository: repository, Digest: digest.FromBytes(b).String(), MediaType: mediaType,
		Size: int64(len(b)), Bytes: b, ArtifactType: c.ArtifactType, Annotations: c.Annotations,
	}
	if !m.IsIndex() && c.Config.Digest.Validate() != nil {
		return Manifest{}, classified(&senselessError{"it names neither an image nor others"}, "reading the manifest of %s", repository)
	}
	if !m.IsIndex() {
		m.ImageID = c.Config.Digest.String()
		return m, nil
	}
	for _, d := range c.Manifests {
		m.Children = append(m.Children, newChild(d))
	}
	return m, nil
}

func newChild(d ocispec.Descriptor) Child {
	c := Child{Digest: d.Digest.String(), MediaType: d.MediaType, Size: d.Size, Annotations: d.Annotations}
	if d.Platform != nil {
		c.Platform = platforms.Format(platforms.Normalize(*d.Platform))
	}
	return c
}

// newReferrer reads an entry of a list of referrers.
func newReferrer(repository string, d ocispec.Descriptor) Manifest {
	return Manifest{
		Repository: repository, Digest: d.Digest.String(), MediaType: d.MediaType, Size: d.Size,
		ArtifactType: d.ArtifactType, Annotations: d.Annotations,
	}
}
