package vocabulary

import (
	"context"
	"errors"
	"path"
	"strings"

	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/world"
)

// defaultPath is where programs are looked for in an image that sets no PATH.
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

func commandUnavailable(ctx context.Context, w *world.World, args step.Args) error {
	tree, err := w.Files(ctx)
	if err != nil {
		return err
	}
	search, err := envOf(w, "PATH")
	if err != nil {
		search = defaultPath
	}
	for dir := range strings.SplitSeq(search, ":") {
		at := path.Join("/", dir, args.String(0))
		info, err := tree.Stat(at)
		if _, missing := errors.AsType[world.Mismatch](err); missing {
			continue
		}
		if err != nil {
			return err
		}
		if info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return world.Mismatchf("the command %q is available: %s", args.String(0), at)
		}
	}
	return nil
}
