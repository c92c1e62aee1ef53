package strategy

import (
	"encoding/json"
	"strings"
)

// A BuildRequest is everything a build may use. What is not in it must not
// influence the result.
type BuildRequest struct {
	ID        string // unique for this build
	Config    json.RawMessage
	Target    Target
	Dirs      Dirs
	Args      map[string]string
	Labels    map[string]string
	Bases     []BaseImage // one for each reference and platform of Plan's Images
	Epoch     int64       // seconds since 1970 for every timestamp in the result
	Isolation string      // "chroot" or "oci"
	NoCache   bool        // reuse no layer
	Storage   Storage
	Secrets   map[string][]byte // never to be logged, stored or built in
	Timeout   int64             // seconds; 0: none; the host enforces it
	Resources Resources         // asked of strategies with [CapabilityResources] alone
}

// Resources bound what the commands of a build may use. 0 is no bound.
type Resources struct {
	Memory    int64 // bytes, swap included
	MilliCPUs int64 // thousandths of a processor
}

// Dirs are the folders of a build: absolute paths.
type Dirs struct {
	Workspace string // the source tree; read-only by contract
	Output    string // empty; files of the result go here
	Scratch   string // empty; deleted after the build
	Cache     string // kept between builds of this strategy
}

// A BaseImage binds a reference to what the host decided for this run.
type BaseImage struct {
	Reference string // as in [ImageInput.Reference]
	Digest    string // manifest digest in its registry; empty: it is in none
	ImageID   string // "sha256:…": the digest of its config
	Location  string // transport:reference where its bytes are now
	Platform  string // as in [ImageInput.Platform]: with Reference it says which input is bound
}

// Storage is the host's container storage. A result that is left there is
// not copied.
type Storage struct {
	Driver  string   // "overlay" or "vfs"
	Root    string   // absolute
	RunRoot string   // absolute
	Options []string // as in storage.conf
}

// Reference returns the containers-storage reference of the image with the
// given ID ("sha256:…"), which names the store as well.
func (s Storage) Reference(imageID string) string {
	where := s.Driver + "@" + s.Root + "+" + s.RunRoot
	if len(s.Options) > 0 {
		where += ":" + strings.Join(s.Options, ",")
	}
	return "containers-storage:[" + where + "]@" + strings.TrimPrefix(imageID, "sha256:")
}

// An Image is the result of a build.
type Image struct {
	Reference string // transport:reference
	Digest    string // of the manifest at Reference; empty: the host computes it
	ID        string // "sha256:…": the digest of the config
}
