package dockerfile

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"

	"github.com/slipway-build/slipway/sdk/diag"
)

// A source is what a COPY, an ADD or a bind mount takes from the context.
type source struct {
	path     string   // below the context, with slashes; "." is all of it
	open     bool     // the path depends on a variable that is not known here
	url      string   // remote file; path is empty
	remote   bool     // a repository; path is empty
	volatile string   // why it cannot be counted
	ignore   bool     // the ignore file applies
	exclude  []string // patterns that the instruction adds to it
	verb     string   // "COPY", "ADD", "RUN --mount"
	written  string
	pos      diag.Pos
}

// addSources takes the sources of a COPY or ADD; those written as heredocs are
// part of the file itself.
func (out *resolved) addSources(f *File, st *step, words []string, add bool, checksum string) {
	verb := "COPY"
	if add {
		verb = "ADD"
	}
	exclude := out.excluded(st)
	for _, word := range words {
		text, missing, err := out.scope.expand(word)
		out.assume(word, missing)
		s := source{ignore: true, exclude: exclude, verb: verb, written: word, pos: f.place(st.node, word)}
		switch {
		case err != nil:
			out.problems.Add(diag.Errorf("bad-source", s.pos, "%s %s: %v", verb, word, err))
			continue
		case add && checksum != "" && isURL(text):
			continue // the checksum says what it is
		case add && isGit(text):
			if pinned.MatchString(text) {
				continue
			}
			s.remote, s.volatile = true, "ADD "+text+" may fetch another commit each time; end it in # and a whole commit ID"
		case add && isURL(text) && len(required(word, missing)) == 0:
			s.url = text
		default:
			s.path, s.open = clean(text), len(required(word, missing)) > 0
			if add && s.open && (isURL(text) || strings.HasPrefix(word, "$")) {
				s.volatile = "ADD " + word + " may be a remote file, named by a variable of the base image"
			}
		}
		out.sources = append(out.sources, s)
	}
}

// excluded are the patterns of COPY --exclude, which buildah puts after those of
// the ignore file. When one is not known here none counts: the others may take
// back what it does.
func (out *resolved) excluded(st *step) []string {
	var patterns []string
	for _, flag := range st.node.Flags {
		word, ok := strings.CutPrefix(flag, "--exclude=")
		if !ok {
			continue
		}
		text, missing, err := out.scope.expand(word)
		if err != nil || len(required(word, missing)) > 0 {
			return nil
		}
		out.assume(word, missing)
		patterns = append(patterns, text)
	}
	return patterns
}

// assume notes what a word that chooses files assumes of the base image; one that
// is open assumes nothing.
func (out *resolved) assume(word string, missing []string) {
	if len(required(word, missing)) == 0 {
		maps.Copy(out.assumed, out.scope.assumes(word))
	}
}

// addBind takes the source of a bind mount from the context, to which the
// ignore file does not apply.
func (out *resolved) addBind(m mount) {
	text, missing, err := out.scope.expand(m.source)
	if err != nil {
		out.problems.Add(diag.Errorf("bad-source", m.pos, "RUN --mount source=%s: %v", m.source, err))
		return
	}
	out.assume(m.source, missing)
	out.sources = append(out.sources, source{
		path:    clean(text),
		open:    len(required(m.source, missing)) > 0,
		verb:    mountVerb,
		written: firstOf(m.source, "."),
		pos:     m.pos,
	})
}

// addTriggers takes what a stage left for those built on it to do. It is
// rare, so the whole context counts.
func (out *resolved) addTriggers(parent *stage) {
	for _, st := range parent.steps {
		if trigger, ok := st.command.(*instructions.OnbuildCommand); ok && Selects(trigger.Expression) {
			out.sources = append(out.sources, source{open: true, ignore: true, verb: "ONBUILD", written: trigger.Expression, pos: st.pos})
		}
	}
}

// MountsContext reports whether a step mounts the context or a part of it.
func (b *Build) MountsContext() bool {
	return slices.ContainsFunc(b.sources, func(s source) bool { return s.verb == mountVerb })
}

// mountVerb is how diagnostics call a bind mount.
const mountVerb = "RUN --mount"

// Selects reports whether an instruction, such as a trigger of a base image,
// may take files from the context.
func Selects(instruction string) bool {
	verb, rest, _ := strings.Cut(strings.TrimSpace(instruction), " ")
	switch strings.ToUpper(verb) {
	case "ADD":
		return true
	case "COPY":
		return !strings.Contains(rest, "--from=")
	case "RUN":
		return strings.Contains(rest, "--mount=")
	default:
		return false
	}
}

// clean makes a path relative to the context; what points out of it stays
// inside, as for a file system whose root the context is.
func clean(p string) string {
	p = strings.TrimPrefix(path.Clean("/"+p), "/")
	return firstOf(p, ".")
}

func isURL(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

// isGit reports whether ADD takes s for a repository.
func isGit(s string) bool {
	address, _, _ := strings.Cut(s, "#")
	switch {
	case strings.HasPrefix(s, "git@"), strings.HasPrefix(s, "git://"), strings.HasPrefix(s, "ssh://"):
		return true
	default:
		return isURL(s) && strings.HasSuffix(address, ".git")
	}
}

// pinned matches a repository at one commit.
var pinned = regexp.MustCompile(`#[0-9a-f]{40}([0-9a-f]{24})?(:|$)`)
