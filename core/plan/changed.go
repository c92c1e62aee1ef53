package plan

import (
	"context"
	"slices"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/registry/reference"
	"github.com/slipway-build/slipway/core/source"
)

// Earlier is what told images something before files changed.
type Earlier struct {
	Inventory  *inventory.Inventory // nil: it told them the same
	Bases      []string             // references to images of others whose pins were other ones, exact
	Strategies []string             // those whose plugins were other ones
}

// Changed returns the images that files, by absolute paths without links, are
// about, in the order of the family:
// those of which a file is an input, and those that were told something else
// before, by whatever file. Images that stand on them are not among them;
// "changed+" selects those as well.
func (f *Family) Changed(ctx context.Context, files []string, before Earlier) ([]string, error) {
	var out []string
	for _, name := range f.Order {
		n := f.nodes[name]
		touched, err := n.selects(ctx, files)
		if err != nil {
			return nil, err
		}
		if touched || n.uses(before.Bases) || slices.Contains(before.Strategies, n.Image.Strategy) ||
			before.Inventory != nil && toldOtherwise(before.Inventory.Image(name), n.Image) {
			out = append(out, name)
		}
	}
	return out, nil
}

// uses reports whether the image is made from one of exact references.
func (n *Node) uses(references []string) bool {
	return slices.ContainsFunc(n.External, func(written string) bool {
		r, err := reference.Parse(written)
		return err == nil && slices.Contains(references, r.Tagged().Exact())
	})
}

// selects reports whether one of files is an input of the image. A file that is reached by a link counts, and one that was removed.
func (n *Node) selects(ctx context.Context, files []string) (bool, error) {
	inside, whole := n.reached(files)
	if len(inside) == 0 || whole {
		return whole, nil
	}
	for _, a := range n.Answers {
		if ok, err := a.selects(ctx, n.Image.Dir, inside); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// selects reports whether one of files, by their paths below dir, is an input.
func (a Answer) selects(ctx context.Context, dir string, files []string) (bool, error) {
	for _, p := range files {
		if ok, err := buildkey.Selects(a.Inputs, p); ok || err != nil {
			return ok, err
		}
	}
	read, err := buildkey.Read(ctx, dir, a.Inputs, nil)
	return slices.ContainsFunc(read, func(f buildkey.File) bool { return slices.Contains(files, f.Path) }), err
}

// reached returns what files are in the workspace of the image; whole is whether
// a source as such is another one. Its own folder is a source like others.
func (n *Node) reached(files []string) (inside []string, whole bool) {
	own := source.Layer{Kind: source.Directory, From: n.Image.Dir, To: "."}
	for _, l := range append([]source.Layer{own}, n.Image.Layers...) {
		as, all := l.Reaches(files)
		inside, whole = append(inside, as...), whole || all
	}
	return inside, whole
}

// toldOtherwise reports whether an image, with the same files, is built in
// another way. One that did not exist is.
func toldOtherwise(was, is *inventory.Image) bool {
	return was == nil || told(was) != told(is) || !slices.Equal(was.Platforms, is.Platforms) || !source.Same(was.Layers, is.Layers)
}

// told is what image.yml and variables say of a build, as keys have it.
func told(image *inventory.Image) buildkey.Key {
	return buildkey.Compute(buildkey.Facts{
		Strategy: image.Strategy, Config: image.Config, Args: image.Args, Labels: image.Labels, Epoch: image.Epoch,
	})
}
