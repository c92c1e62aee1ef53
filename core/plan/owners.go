package plan

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/registry/reference"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// owners knows which references are ours: a reference is ours when its
// repository is that of an image of the inventory, whatever its tag or digest;
// the bare name and localhost/<name> count as well.
type owners struct {
	byRepository map[string]string // repository → image
	names        []string
	spaces       []string // the namespaces our repositories stand in, "quay.io/acme/"
}

func newOwners(images []*inventory.Image) *owners {
	o := &owners{byRepository: map[string]string{}}
	for _, image := range images {
		o.names = append(o.names, image.Name)
		o.byRepository["docker.io/library/"+image.Name] = image.Name
		o.byRepository["localhost/"+image.Name] = image.Name
	}
	// An image's own repository wins over the bare name of another.
	for _, image := range images {
		r, err := reference.Parse(image.Repository)
		if err != nil {
			continue // the inventory has reported it
		}
		o.byRepository[r.Repository] = image.Name
		if space, ok := strings.CutSuffix(r.Repository, r.Name()); ok && !slices.Contains(o.spaces, space) {
			o.spaces = append(o.spaces, space)
		}
	}
	return o
}

// find returns the image that a reference means, or "", and what is odd about
// it.
func (o *owners) find(r reference.Reference, written string, pos diag.Pos) (string, diag.List) {
	if name, ok := o.byRepository[r.Repository]; ok {
		return name, nil
	}
	if o.dangles(r) {
		d := diag.Errorf("dangling-reference", pos, "%s is in our own namespace, but the inventory has no image %q", written, r.Name())
		if hint := diag.Suggest(r.Name(), o.names); hint != "" {
			return "", diag.List{d.WithFix("%s", hint)}
		}
		return "", diag.List{d.WithFix("add images/%s/Dockerfile, or name an image the inventory has: %s", r.Name(), strings.Join(o.names, ", "))}
	}
	if slices.Contains(o.names, r.Name()) {
		return "", diag.List{diag.Warningf("looks-like-ours", pos, "%s looks like our image %q, but is in another namespace, so it is taken for somebody else's", written, r.Name()).
			WithFix("write localhost/%s if ours is meant", r.Name())}
	}
	return "", nil
}

// dangles reports whether only we could have pushed r: names below localhost
// without a port exist nowhere else.
func (o *owners) dangles(r reference.Reference) bool {
	space := strings.TrimSuffix(r.Repository, r.Name())
	return space == "localhost/" || slices.Contains(o.spaces, space) && space != "docker.io/library/"
}

// Place moves what a strategy says of an image to where the user sees it: its
// files are relative to the workspace, and a JSON pointer leads into the config.
func Place(image *inventory.Image, ds diag.List) diag.List {
	out := slices.Clone(ds)
	for i := range out {
		out[i].Pos = placeOf(image, out[i].Pos)
		if out[i].Path != "" && !out[i].Pos.IsValid() {
			out[i].Pos = image.ConfigPos(out[i].Path)
		}
	}
	return out
}

// InputPos is where an image that a build needs is named: in a file of the
// workspace, or in the config of a strategy that tells of no file.
func InputPos(image *inventory.Image, in strategy.ImageInput) diag.Pos {
	if in.File == "" {
		return image.ReferencePos(in.Reference)
	}
	return placeOf(image, diag.Pos{File: in.File, Line: in.Line, Column: in.Column, End: in.Column + len(in.Reference)})
}

func placeOf(image *inventory.Image, pos diag.Pos) diag.Pos {
	if pos.File != "" && !filepath.IsAbs(pos.File) {
		pos.File = filepath.Join(image.Dir, pos.File)
	}
	return pos
}

// Matcher returns the function that finds the image that a reference means, by
// the rule that makes edges; "" when it is somebody else's.
func Matcher(images []*inventory.Image) func(reference.Reference) string {
	o := newOwners(images)
	return func(r reference.Reference) string { return o.byRepository[r.Repository] }
}
