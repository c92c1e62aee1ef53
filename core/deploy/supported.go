package deploy

import (
	"maps"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A shape is the part of the compose language that is honoured. The nil shape
// takes anything: what is below is a value.
type shape struct {
	keys map[string]*shape // by name
	each *shape            // of any other key, and of elements of a sequence
	why  map[string]string // reasons for keys that are not honoured
}

func keys(names ...string) *shape {
	s := &shape{keys: make(map[string]*shape)}
	for _, n := range names {
		s.keys[n] = nil
	}
	return s
}

// compose returns the shape of a compose file.
func compose() *shape {
	volume := &shape{each: keys("labels")}
	network := &shape{each: keys("labels")}
	top := keys("version", "name")
	top.keys["services"] = &shape{each: service()}
	top.keys["volumes"] = volume
	top.keys["networks"] = network
	top.why = map[string]string{ //nolint:gosec // "secrets" is a key of the file
		"include": "a deployment is one file: put the services into it",
		"secrets": "mount a file under volumes instead",
		"configs": "mount a file under volumes instead",
	}
	return top
}

func service() *shape {
	s := keys("image", "command", "entrypoint", "environment", "env_file", "user", "working_dir", "hostname",
		"container_name", "read_only", "tmpfs", "expose", "stop_signal", "stop_grace_period", "labels",
		"extra_hosts", "init", "restart")
	s.keys["volumes"] = &shape{each: mount()}
	s.keys["ports"] = &shape{each: keys("target", "published", "host_ip", "protocol", "name", "app_protocol")}
	s.keys["healthcheck"] = keys("test", "interval", "timeout", "retries", "start_period", "start_interval", "disable")
	s.keys["depends_on"] = &shape{each: keys("condition")}
	s.keys["networks"] = &shape{each: keys("aliases")}
	s.why = map[string]string{ //nolint:gosec // "secrets" is a key of the file
		"build":        "slipway builds images by its inventory: name one under image",
		"pull_policy":  "images come from this run, or by digest",
		"deploy":       "there is one container for each service, without limits",
		"scale":        "there is one container for each service",
		"privileged":   "containers run with the powers of an ordinary user",
		"cap_add":      "containers run with the powers of an ordinary user",
		"mem_limit":    "limits need a runtime that this isolation does without",
		"cpus":         "limits need a runtime that this isolation does without",
		"pids_limit":   "limits need a runtime that this isolation does without",
		"extends":      "a deployment is one file: write the service out",
		"profiles":     "all services of a deployment are started",
		"secrets":      "mount a file under volumes instead",
		"configs":      "mount a file under volumes instead",
		"network_mode": "every deployment has one network of its own",
		"tty":          "nobody sits at a deployment's terminal",
		"stdin_open":   "nobody sits at a deployment's terminal",
		"platform":     "containers run on this machine's own platform",
	}
	return s
}

func mount() *shape {
	s := keys("type", "source", "target", "read_only")
	s.keys["volume"] = keys("nocopy")
	s.keys["tmpfs"] = keys("size", "mode")
	s.keys["bind"] = keys("create_host_path")
	return s
}

// check reports every key below n that is not honoured.
func (s *shape) check(n document.Node, path string) diag.List {
	if s == nil {
		return nil
	}
	var problems diag.List
	for _, e := range n.Entries() {
		key := e.Key.Text()
		below, known := s.keys[key]
		switch {
		case known:
		case s.each != nil:
			below = s.each
		case strings.HasPrefix(key, "x-"):
			continue
		default:
			problems.Add(s.refuse(e.Key, path))
			continue
		}
		problems.Add(below.check(e.Value, join(path, key))...)
	}
	for _, item := range n.Items() {
		problems.Add(s.each.check(item, path)...)
	}
	return problems
}

func (s *shape) refuse(key document.Node, path string) diag.Diagnostic {
	d := diag.Errorf("compose-key", key.Pos(), "%s is not supported in a deployment", join(path, key.Text()))
	if why, ok := s.why[key.Text()]; ok {
		return d.WithFix("%s", why)
	}
	if hint := diag.Suggest(key.Text(), slices.Collect(maps.Keys(s.keys))); hint != "" {
		return d.WithFix("%s", hint)
	}
	return d.WithFix("remove it")
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
