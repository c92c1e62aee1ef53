package decide

import "strings"

// own begins the tags that slipway puts for itself.
const own = "sw-"

// KeyTag is the tag under which the build of a key is kept.
func KeyTag(key string) string { return own + key }

// LastTag is the tag of the newest build of an image for a platform. Nothing is
// decided by it: it only says with what to compare.
func LastTag(platform string) string {
	return own + "last-" + strings.ReplaceAll(platform, "/", "-")
}

// OwnTag reports whether a tag is one of slipway's, and not of a person's.
func OwnTag(tag string) bool { return strings.HasPrefix(tag, own) }
