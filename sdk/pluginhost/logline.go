package pluginhost

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
)

// parseLine reads one line of a plugin's standard error: what hclog writes as
// JSON, or plain text. It trusts nothing about the types of what it finds.
func parseLine(line string) (slog.Level, string) {
	if !strings.HasPrefix(line, "{") {
		return slog.LevelInfo, line
	}
	var entry map[string]any
	if json.Unmarshal([]byte(line), &entry) != nil {
		return slog.LevelInfo, line
	}
	message, ok := entry["@message"].(string)
	if !ok {
		return slog.LevelInfo, line
	}
	name, _ := entry["@level"].(string)
	for _, key := range slices.Sorted(maps.Keys(entry)) {
		if !strings.HasPrefix(key, "@") {
			message += fmt.Sprintf(" %s=%v", key, entry[key])
		}
	}
	return level(name), message
}

func level(name string) slog.Level {
	switch strings.ToLower(name) {
	case "trace", "debug":
		return slog.LevelDebug
	case "warn":
		return slog.LevelWarn
	case "error":
		return slog.LevelError
	default:
		return slog.LevelInfo
	}
}
