package lint

import (
	"path/filepath"

	"github.com/slipway-build/slipway/core/smoke/feature"
)

// unprovedImage is about images that nothing can ever promote. A feature
// without an image is a mistake that loading tells of.
func unprovedImage() Rule {
	return Rule{
		Name: "image-without-feature", Level: Warning, Doc: "an image that no scenario is about: nothing can prove it, so nothing will promote it",
		Bad: "FROM scratch\n", Good: "FROM scratch\n",
		check: func(l *look) {
			if l.site.Inventory == nil || l.site.Suite == nil {
				return
			}
			for _, image := range l.site.Inventory.Images {
				if len(l.site.Suite.For(image.Name, l.site.Inventory.GroupsOf(image.Name), feature.Expression{})) == 0 {
					l.tell(image.Pos, "write "+filepath.Join("images", image.Name, "features", image.Name+".feature"), "no scenario is about %s", image.Name)
				}
			}
		},
	}
}
