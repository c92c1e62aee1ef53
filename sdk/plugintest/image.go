package plugintest

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/slipway-build/slipway/sdk/strategy"
)

// metadataBytes is the size of the largest manifest or config that is read.
const metadataBytes = 8 << 20

// imageHolds compares what was said of the result with the result, where it
// lies in files. Slipway compares it everywhere.
func imageHolds(i strategy.Image, output string) error {
	if err := imageInside(i, output); err != nil {
		return err
	}
	if !digest(i.ID).valid() {
		return fmt.Errorf("the image's ID is %q; wanted sha256: and 64 digits", i.ID)
	}
	transport, path := place(i)
	var config []byte
	var err error
	switch transport {
	case "docker-archive":
		config, err = dockerArchiveConfig(archive(path))
	case "oci-archive":
		config, err = layoutConfig(archive(path))
	case "oci":
		config, err = layoutConfig(folder(path))
	default:
		return skip("only slipway can look into %s", transport)
	}
	if err != nil {
		return fmt.Errorf("reading the image: %w", err)
	}
	if id := fmt.Sprintf("sha256:%x", sha256.Sum256(config)); id != i.ID {
		return fmt.Errorf("the image is %s, not %s as the build said", id, i.ID)
	}
	return nil
}

// imageInside expects an image that lies in files to lie in the output folder.
func imageInside(i strategy.Image, output string) error {
	transport, path := place(i)
	switch transport {
	case "":
		return fmt.Errorf("the result is %q; wanted transport:reference, such as oci:%s/image", i.Reference, output)
	case "oci", "oci-archive", "docker-archive", "dir":
		if inside, err := filepath.Rel(output, path); err != nil || !filepath.IsLocal(inside) {
			return fmt.Errorf("the result lies at %s, outside of the output folder", path)
		}
	}
	return nil
}

// place splits a reference into transport and path.
func place(i strategy.Image) (transport, path string) {
	transport, rest, ok := strings.Cut(i.Reference, ":")
	if !ok {
		return "", ""
	}
	path, _, _ = strings.Cut(rest, ":") // what follows is a tag
	return transport, path
}

// files are the files of an image, in a folder or in an archive.
type files interface {
	read(name string) ([]byte, error)
}

type folder string

func (f folder) read(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(f), filepath.FromSlash(name)))
}

type archive string

func (a archive) read(name string) ([]byte, error) {
	f, err := os.Open(string(a))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for r := tar.NewReader(f); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%s has no %s", string(a), name)
		}
		if err != nil {
			return nil, err
		}
		if strings.TrimPrefix(h.Name, "./") == name {
			return io.ReadAll(io.LimitReader(r, metadataBytes))
		}
	}
}

// dockerArchiveConfig returns the config of the only image of an archive.
func dockerArchiveConfig(f files) ([]byte, error) {
	var images []struct{ Config string }
	if err := readJSON(f, "manifest.json", &images); err != nil {
		return nil, err
	}
	if len(images) != 1 {
		return nil, fmt.Errorf("manifest.json lists %d images; wanted one", len(images))
	}
	return f.read(images[0].Config)
}

// layoutConfig returns the config of the only image of an OCI layout.
func layoutConfig(f files) ([]byte, error) {
	var index struct{ Manifests []struct{ Digest digest } }
	if err := readJSON(f, "index.json", &index); err != nil {
		return nil, err
	}
	if len(index.Manifests) != 1 {
		return nil, fmt.Errorf("index.json lists %d manifests; wanted one", len(index.Manifests))
	}
	var manifest struct{ Config struct{ Digest digest } }
	if err := readJSON(f, index.Manifests[0].Digest.blob(), &manifest); err != nil {
		return nil, err
	}
	return f.read(manifest.Config.Digest.blob())
}

func readJSON(f files, name string, into any) error {
	data, err := f.read(name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	return nil
}

// digest is "sha256:…".
type digest string

func (d digest) valid() bool {
	hex, ok := strings.CutPrefix(string(d), "sha256:")
	return ok && len(hex) == sha256.Size*2 && strings.Trim(hex, "0123456789abcdef") == ""
}

// blob is where an OCI layout keeps what has this digest.
func (d digest) blob() string { return "blobs/" + strings.Replace(string(d), ":", "/", 1) }
