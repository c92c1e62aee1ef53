package app

import "runtime/debug"

// BuildSetting returns how this binary was built, by the name that the Go
// command gives: "vcs.revision", "CGO_ENABLED". What was not recorded is "".
func BuildSetting(key string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}
