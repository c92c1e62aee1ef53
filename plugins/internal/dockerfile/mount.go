package dockerfile

import (
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/slipway-build/slipway/sdk/diag"
)

// A mount is a RUN --mount, as written.
type mount struct {
	kind   string // "bind", "cache", "tmpfs", "secret" or "ssh"
	from   string // stage or image; empty: the context
	source string
	pos    diag.Pos // of from or source, whichever matters
	flag   string   // as written
	bare   bool     // without a type
}

var mountKinds = []string{"bind", "cache", "secret", "ssh", "tmpfs"}

// takeMounts reads the mounts of an instruction. Options that only the builder
// cares about are left to it.
func (f *File) takeMounts(node *parser.Node) ([]mount, diag.List) {
	var mounts []mount
	var problems diag.List
	for _, flag := range node.Flags {
		spec, ok := strings.CutPrefix(flag, "--mount=")
		if !ok {
			continue
		}
		m := mount{kind: "bind", flag: flag, bare: true}
		for field := range strings.SplitSeq(spec, ",") {
			m.set(field)
		}
		m.pos = f.place(node, firstOf(m.from, m.source, node.Value))
		if !slices.Contains(mountKinds, m.kind) && !strings.Contains(m.kind, "$") {
			d := diag.Errorf("unknown-mount", f.place(node, m.kind), "unknown type of mount %q", m.kind)
			if d.Fix = diag.Suggest(m.kind, mountKinds); d.Fix == "" {
				d.Fix = "use " + strings.Join(mountKinds, ", ")
			}
			problems.Add(d)
		}
		mounts = append(mounts, m)
	}
	return mounts, problems
}

func (m *mount) set(field string) {
	key, value, _ := strings.Cut(field, "=")
	value = strings.Trim(value, `"'`)
	switch strings.ToLower(strings.TrimSpace(key)) {
	case "type":
		m.kind, m.bare = value, false
	case "from":
		m.from = value
	case "source", "src":
		m.source = value
	}
}

func firstOf(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}
