package git

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"strings"
)

// A Submodule is another repository that stands in a folder of one.
type Submodule struct {
	Path   string // below the root of the repository
	Commit string
	Origin Origin // with the commit as its Ref
}

// Submodules returns the submodules at a commit that was fetched, in the order
// of their paths. One of which the repository does not say where it is has no
// URL.
func (m *Mirrors) Submodules(ctx context.Context, o Origin, commit string) ([]Submodule, error) {
	mirror := m.mirror(o)
	out, err := mirror.Run(ctx, "ls-tree", "-r", "-z", "--full-tree", commit)
	if err != nil {
		return nil, fmt.Errorf("looking for submodules of %s: %w", o, err)
	}
	var found []Submodule
	for line := range strings.SplitSeq(string(out), "\x00") {
		about, at, _ := strings.Cut(line, "\t")
		if mode, rest, _ := strings.Cut(about, " "); mode == "160000" {
			found = append(found, Submodule{Path: at, Commit: strings.TrimPrefix(rest, "commit ")})
		}
	}
	if len(found) == 0 {
		return nil, nil
	}
	urls := mirror.moduleURLs(ctx, commit)
	for i, s := range found {
		found[i].Origin = Origin{URL: o.relative(urls[s.Path]), Ref: s.Commit, Token: o.Token}
		if !o.sameServer(found[i].Origin) {
			found[i].Origin.Token = ""
		}
	}
	return found, nil
}

// moduleURLs reads .gitmodules: path → URL.
func (d Dir) moduleURLs(ctx context.Context, commit string) map[string]string {
	out, err := d.Run(ctx, "config", "--blob", commit+":.gitmodules", "--null", "--list")
	if err != nil {
		return nil
	}
	paths, urls := map[string]string{}, map[string]string{}
	for line := range strings.SplitSeq(string(out), "\x00") {
		key, value, _ := strings.Cut(line, "\n")
		name, isPath := strings.CutSuffix(key, ".path")
		if isPath {
			paths[name] = value
		}
		if name, isURL := strings.CutSuffix(key, ".url"); isURL {
			urls[name] = value
		}
	}
	byPath := map[string]string{}
	for name, at := range paths {
		byPath[at] = urls[name]
	}
	return byPath
}

// relative is where a URL of .gitmodules is, which may be written as seen from
// the repository.
func (o Origin) relative(written string) string {
	if !strings.HasPrefix(written, "./") && !strings.HasPrefix(written, "../") {
		return written
	}
	if u, err := url.Parse(o.URL); err == nil && u.Scheme != "" {
		u.Path = path.Join(u.Path, written)
		return u.String()
	}
	if host, at, ok := strings.Cut(o.URL, ":"); ok { // host:path, as scp has it
		return host + ":" + path.Join(at, written)
	}
	return path.Join(o.URL, written)
}

// sameServer reports whether two repositories are on one server, so that what
// opens one may be shown to the other.
func (o Origin) sameServer(other Origin) bool {
	a, errA := url.Parse(o.URL)
	b, errB := url.Parse(other.URL)
	return errA == nil && errB == nil && a.Scheme == b.Scheme && a.Host == b.Host
}
