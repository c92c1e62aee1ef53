package step

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/quantity"
)

// A kind is what a parameter in braces accepts.
type kind struct {
	expr  string // with exactly one capturing group, which is its first parenthesis
	parse func(string) (any, error)
}

const (
	quoted = `"((?:[^"\\]|\\.)*)"`
	number = `(-?\d+|\{\{[^{}]*\}\})`
)

// kindOf returns the kind with the given name.
func kindOf(name string) (kind, bool) {
	k, ok := map[string]kind{
		"string":   {quoted, func(s string) (any, error) { return s, nil }},
		"path":     {quoted, parsePath},
		"regexp":   {quoted, parseRegexp},
		"duration": {quoted, func(s string) (any, error) { return ParseDuration(s) }},
		"size":     {quoted, parseSize},
		"mode":     {quoted, parseMode},
		"command":  {quoted, func(s string) (any, error) { return SplitCommand(s) }},
		"who":      {quoted, parseWho},
		"url":      {quoted, parseURL},
		"numbers":  {quoted, parseNumbers},
		"array":    {`(\[.*\])`, parseArray},
		"int":      {number, parseBetween(math.MinInt32, math.MaxInt32)},
		"count":    {number, parseBetween(0, math.MaxInt32)},
		"port":     {number, parseBetween(1, math.MaxUint16)},
		"status":   {number, parseBetween(100, 599)},
		"protocol": {`(tcp|udp|sctp)`, func(s string) (any, error) { return s, nil }},
		"method":   {`(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)`, func(s string) (any, error) { return s, nil }},
	}[name]
	return k, ok
}

func parsePath(s string) (any, error) {
	if !path.IsAbs(s) {
		return nil, fmt.Errorf("%q is not an absolute path", s)
	}
	return s, nil
}

func parseURL(s string) (any, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil, fmt.Errorf("%q is not an address like \"http://web:8080/health\"", s)
	}
	return s, nil
}

func parseRegexp(s string) (any, error) {
	re, err := regexp.Compile(s)
	if err != nil {
		return nil, fmt.Errorf("%q is not a regular expression: %w", s, err)
	}
	return re, nil
}

func parseMode(s string) (any, error) {
	mode, err := strconv.ParseUint(s, 8, 12)
	if err != nil {
		return nil, fmt.Errorf("%q is not a file mode like \"0755\"", s)
	}
	return uint32(mode), nil
}

func parseWho(s string) (any, error) {
	switch s {
	case "owner", "group", "other", "any":
		return s, nil
	default:
		return nil, fmt.Errorf(`%q is none of "owner", "group", "other", "any"`, s)
	}
}

func parseNumbers(s string) (any, error) {
	var numbers []int
	for field := range strings.SplitSeq(s, ",") {
		n, err := between(strings.TrimSpace(field), 0, math.MaxUint16)
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, n)
	}
	return numbers, nil
}

func parseArray(s string) (any, error) {
	var words []string
	if err := json.Unmarshal([]byte(s), &words); err != nil {
		return nil, fmt.Errorf(`%s is not an array of strings like ["a", "b"]`, s)
	}
	return words, nil
}

func parseBetween(low, high int) func(string) (any, error) {
	return func(s string) (any, error) {
		n, err := between(s, low, high)
		if err != nil {
			return nil, err
		}
		return n, nil
	}
}

func between(s string, low, high int) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < low || n > high {
		return 0, fmt.Errorf("%q is not a number from %d to %d", s, low, high)
	}
	return n, nil
}

// ParseDuration reads a positive duration in Go's notation ("1m30s"), or a
// number of days ("30d").
func ParseDuration(s string) (time.Duration, error) {
	wrong := fmt.Errorf(`%q is not a positive duration like "500ms", "30s", "5m" or "30d"`, s)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		if err != nil || n == 0 {
			return 0, wrong
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, wrong
	}
	return d, nil
}

func parseSize(s string) (any, error) {
	n, err := quantity.ParseBytes(s)
	return int64(n), err
}
