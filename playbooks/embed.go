// Package playbooks is the reference site's playbooks and what they deploy,
// embedded so that `slipway init` can write them where there is no checkout.
package playbooks

import "embed"

// FS holds the playbooks, the tasks that they share and the compose file, rooted
// at this folder.
//
//go:embed *.yml deploy tasks
var FS embed.FS
