package dockerfile

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// glob returns the paths below the context that pattern selects, relative to
// it. A path without wildcards need not be readable, only there.
func glob(workspace fs.FS, context, pattern string) ([]string, error) {
	if !strings.ContainsAny(pattern, `*?[\`) {
		if _, err := fs.Lstat(workspace, path.Join(context, pattern)); err == nil {
			return []string{pattern}, nil
		}
		return throughLinks(workspace, context, pattern), nil
	}
	sub, err := fs.Sub(workspace, context)
	if err != nil {
		return nil, err
	}
	found, err := fs.Glob(sub, pattern)
	if errors.Is(err, path.ErrBadPattern) {
		return nil, errors.New("the pattern is malformed")
	}
	return found, err
}

// throughLinks finds a path of which a folder is an absolute link: that is
// relative to the context for the builder and to the machine for the system.
func throughLinks(workspace fs.FS, context, p string) []string {
	targets := linkTargets(workspace, context, p)
	if len(targets) == 0 {
		return nil
	}
	if _, err := fs.Lstat(workspace, path.Join(context, targets[len(targets)-1])); err != nil {
		return nil
	}
	return []string{p}
}

// linkTargets returns where the links in p lead: every path below the context
// that following it touches, ending with the last.
func linkTargets(workspace fs.FS, context, p string) []string {
	var out []string
	for range 40 { // as many as Linux follows
		next, ok := follow(workspace, context, p)
		if !ok || slices.Contains(out, next) {
			break
		}
		out, p = append(out, next), next
	}
	return out
}

// follow replaces the first link in p by its target.
func follow(workspace fs.FS, context, p string) (string, bool) {
	parts := strings.Split(p, "/")
	for i := range parts {
		head := path.Join(parts[:i+1]...)
		target, err := fs.ReadLink(workspace, path.Join(context, head))
		if err != nil {
			continue
		}
		if !path.IsAbs(target) {
			target = path.Join(path.Dir(head), target)
		}
		return clean(path.Join(append([]string{"/" + target}, parts[i+1:]...)...)), true
	}
	return "", false
}
