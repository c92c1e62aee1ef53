// Package features is the features of the reference site's deployment, embedded
// so that `slipway init` can write them where there is no checkout. Those that
// drive slipway itself stay here.
package features

import "embed"

// FS holds the site's features, rooted at this folder.
//
//go:embed site
var FS embed.FS
