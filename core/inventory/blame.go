package inventory

import (
	"slices"
	"strings"

	"github.com/slipway-build/slipway/sdk/diag"
)

// A blame puts together what is wrong for each image: a mistake in a variable
// of a group is told once, and for whom, where it is not one for all of them.
// Of what stands in an image's own directory nobody has to be told whose it is.
type blame struct {
	order  diag.List
	images map[diag.Diagnostic][]string
}

func (b *blame) add(image *Image, found diag.List) {
	for _, d := range found {
		if b.images == nil {
			b.images = map[diag.Diagnostic][]string{}
		}
		if _, known := b.images[d]; !known {
			b.order.Add(d)
			b.images[d] = nil
		}
		if name := image.Name; !strings.HasPrefix(d.Pos.File, image.Dir) && !slices.Contains(b.images[d], name) {
			b.images[d] = append(b.images[d], name)
		}
	}
}

// list returns the mistakes; all is how many images there are.
func (b *blame) list(all int) diag.List {
	var found diag.List
	for _, d := range b.order {
		if whose := b.images[d]; 0 < len(whose) && len(whose) < all {
			d.Detail = joinSentences(d.Detail, "It is so for "+some(whose)+".")
		}
		found.Add(d)
	}
	return found
}

func joinSentences(a, b string) string {
	if a == "" {
		return b
	}
	return a + " " + b
}
