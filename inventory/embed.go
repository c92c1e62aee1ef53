// Package inventory is the reference site's inventory, embedded so that
// `slipway init` can write it where there is no checkout. Only what is written
// by hand is carried: the assets that the Makefile makes are made again on the
// machine that builds, and would weigh a hundred megabytes here.
package inventory

import "embed"

// FS holds the inventory's files, rooted at this folder.
//
//go:embed README.md Makefile images.yml group_vars image_vars
//go:embed images/*/Dockerfile images/*/image.yml images/*/features
//go:embed images/base/userland images/base/container-assets/etc
//go:embed images/tools/container-assets images/pages/container-assets images/tide/container-assets
//go:embed images/api/container-assets images/web-builder/container-assets
var FS embed.FS
