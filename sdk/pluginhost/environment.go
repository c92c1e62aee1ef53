package pluginhost

import (
	"slices"
	"strings"
)

// allowed returns the names that every plugin may see: where programs and
// files are, how to speak, how to reach the network, the container engines'
// settings, and the user namespace that the host has entered.
func allowed() []string {
	return []string{
		"PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_*", "TZ", "TMPDIR", "XDG_*",
		"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY",
		"http_proxy", "https_proxy", "no_proxy", "all_proxy",
		"SSL_CERT_FILE", "SSL_CERT_DIR",
		"DOCKER_*", "BUILDKIT_*", "BUILDAH_*", "CONTAINERS_*", "REGISTRY_AUTH_FILE", "_CONTAINERS_*",
	}
}

// Environment returns those of environ ("KEY=VALUE") that a plugin may see:
// an allow-list, and the names in extra. A name that ends in * stands for all
// names that begin so. What is not asked for stays away: tokens of a CI job
// are no business of a plugin.
func Environment(environ []string, extra ...string) []string {
	names := append(allowed(), extra...)
	var out []string
	for _, entry := range environ {
		key, _, _ := strings.Cut(entry, "=")
		if slices.ContainsFunc(names, func(name string) bool { return matches(name, key) }) {
			out = append(out, entry)
		}
	}
	return out
}

func matches(name, key string) bool {
	if prefix, ok := strings.CutSuffix(name, "*"); ok {
		return strings.HasPrefix(key, prefix)
	}
	return name == key
}
