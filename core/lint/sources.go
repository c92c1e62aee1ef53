package lint

import "github.com/slipway-build/slipway/core/source"

func unpinnedArchive() Rule {
	return Rule{
		Name: "unpinned-archive", Level: Warning, Doc: "an archive from a URL without its checksum: whoever may write there decides what is built",
		Bad: "source:\n  archive: https://example.com/app-1.4.tar.gz\n  to: app\n",
		Good: "source:\n  archive: https://example.com/app-1.4.tar.gz\n" +
			"  sha256: 4b7ce07002c69e8f3d704a9c5d6fd3053be500b7f1c69fc0d80990c2ad8dd412\n  to: app\n",
		check: func(l *look) {
			if l.site.Inventory == nil {
				return
			}
			for _, image := range l.site.Inventory.Images {
				for _, s := range image.Layers {
					if s.Kind == source.Archive && s.Remote() && s.SHA256 == "" {
						l.tell(s.Pos, "add sha256: and what sha256sum says of it", "%s is whatever its server says it is", s.Name())
					}
				}
			}
		},
	}
}
