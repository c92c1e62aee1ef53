package build

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/containers/storage"
	"github.com/opencontainers/go-digest"
	imagespec "github.com/opencontainers/image-spec/specs-go/v1"
)

// borrowed is what buildah writes into the history of an image for whose cached
// layer another build was finding a name at that moment: an accident of two
// builds at once, which must not tell equal images apart.
var borrowed = regexp.MustCompile(`,"comment":"FROM docker\.io/library/[0-9a-f]{64}-tmp:latest"`)

// withoutAccidents returns the image as it would be had its build been alone:
// itself, or one with the same layers and the clean history.
func withoutAccidents(store storage.Store, id string) (string, error) {
	config, err := store.ImageBigData(id, "sha256:"+id)
	if err != nil {
		return "", fmt.Errorf("reading the config of %s: %w", id, err)
	}
	clean := borrowed.ReplaceAll(config, nil)
	if bytes.Equal(clean, config) {
		return id, nil
	}
	image, err := store.Image(id)
	if err != nil {
		return "", fmt.Errorf("reading image %s: %w", id, err)
	}
	m, err := manifestOf(store, id, clean)
	if err != nil {
		return "", err
	}
	return createLike(store, image, clean, m)
}

// manifestOf returns the image's manifest, for another config.
func manifestOf(store storage.Store, id string, config []byte) ([]byte, error) {
	old, err := store.ImageBigData(id, storage.ImageDigestBigDataKey)
	if err != nil {
		return nil, fmt.Errorf("reading the manifest of %s: %w", id, err)
	}
	var m imagespec.Manifest
	if err := json.Unmarshal(old, &m); err != nil {
		return nil, fmt.Errorf("reading the manifest of %s: %w", id, err)
	}
	m.Config.Digest, m.Config.Size = digest.FromBytes(config), int64(len(config))
	return json.Marshal(m)
}

// createLike makes an image of the same layers with that config and manifest.
// Another build may have made it already.
func createLike(store storage.Store, image *storage.Image, config, m []byte) (string, error) {
	configDigest, manifestDigest := digest.FromBytes(config), digest.FromBytes(m)
	id := strings.TrimPrefix(configDigest.String(), "sha256:")
	data := func(key string, value []byte) storage.ImageBigDataOption {
		return storage.ImageBigDataOption{Key: key, Data: value, Digest: digest.FromBytes(value)}
	}
	_, err := store.CreateImage(id, nil, image.TopLayer, image.Metadata, &storage.ImageOptions{
		CreationDate: image.Created, Digest: manifestDigest,
		BigData: []storage.ImageBigDataOption{
			data(configDigest.String(), config),
			data(storage.ImageDigestBigDataKey, m),
			data(storage.ImageDigestManifestBigDataNamePrefix+"-"+manifestDigest.String(), m),
		},
	})
	if err != nil && !errors.Is(err, storage.ErrDuplicateID) {
		return "", fmt.Errorf("keeping image %s: %w", id, err)
	}
	return id, nil
}
