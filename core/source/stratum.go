package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/source/git"
	"github.com/slipway-build/slipway/core/source/unpack"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// called names what a stratum lays, and where, in a way that nothing else has.
func (s *stratum) called(parts ...string) {
	s.identity = fmt.Sprintf("%q", append([]string{string(s.Kind), s.To, fmt.Sprint(s.Replace)}, parts...))
}

// address names a workspace after its strata.
func address(strata []stratum) string {
	h := sha256.New()
	for _, s := range strata {
		fmt.Fprintf(h, "%q\n", s.identity)
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}

// repository resolves a branch or tag once, and fetches the commit.
func (w *Workspaces) repository(ctx context.Context, s *stratum) error {
	token, err := w.token(ctx, s.Layer)
	if err != nil {
		return err
	}
	o := s.origin(token)
	commit, err := w.ask("git "+o.String(), func() (string, error) { return w.Mirrors.Resolve(ctx, o) })
	if err != nil {
		return s.failed(err)
	}
	tree, err := w.once("tree "+o.String()+":"+s.folder(), func() (string, error) {
		if err := w.Mirrors.Fetch(ctx, o, commit); err != nil {
			return "", err
		}
		return w.Mirrors.Tree(ctx, o, commit, s.folder())
	})
	if err != nil {
		return s.failed(err)
	}
	s.called(tree, fmt.Sprint(s.Submodules))
	s.fact = s.commit(commit, tree)
	s.warnings = w.remarks(ctx, s.Layer, o, commit)
	s.fill = func(ctx context.Context, p places) error { return w.checkout(ctx, s.Layer, o, commit, p.to) }
	return nil
}

// folder is the folder of a repository as git calls it.
func (l Layer) folder() string {
	if l.Path == "." {
		return ""
	}
	return l.Path
}

// failed tells what a repository lacks from one that could not be asked.
func (l Layer) failed(err error) error {
	if _, missing := errors.AsType[*git.MissingError](err); missing {
		return l.mistake(err)
	}
	if _, away := errors.AsType[*git.UnreachableError](err); away {
		return &UnreachableError{l.Name(), err}
	}
	return err
}

// commit is what the key and people know of a repository. The commit counts; of
// one folder alone the folder does, so that commits elsewhere change nothing.
func (l Layer) commit(commit, tree string) *buildkey.Source {
	name := (git.Origin{URL: l.From}).Name()
	if l.Path == "." {
		return &buildkey.Source{Name: name, Version: commit, Ref: l.Ref}
	}
	return &buildkey.Source{Name: name + " (" + l.Path + ")", Version: "tree:" + tree, Ref: l.Ref, Commit: commit}
}

// Between returns how many commits lie between the two states of a repository
// that a reason is about, when the cache knows that.
func (w *Workspaces) Between(ctx context.Context, layers []Layer, r buildkey.Reason) (commits int, known bool) {
	for _, l := range layers {
		if l.Kind == Git && l.commit("", "").Label() == r.What {
			return w.Mirrors.Between(ctx, l.origin(""), r.Old, r.New)
		}
	}
	return 0, false
}

// remarks warns of what is not taken: changes that are not committed, and
// submodules that nobody asked for.
func (w *Workspaces) remarks(ctx context.Context, l Layer, o git.Origin, commit string) (found diag.List) {
	if l.uncommitted(ctx, w, o, commit) {
		found.Add(diag.Warningf("uncommitted", l.Pos, "%s has changes that are not committed, and only commits count", l.Name()).
			WithFix("commit them, or take the folder as it is: directory: %s", l.From))
	}
	if l.Submodules {
		return found
	}
	names, err := w.once("submodules "+o.String(), func() (string, error) {
		modules, err := w.Mirrors.Submodules(ctx, o, commit)
		var names []string
		for _, m := range modules {
			names = append(names, m.Path)
		}
		return strings.Join(names, ", "), err
	})
	if err == nil && names != "" {
		found.Add(diag.Warningf("submodules", l.Pos, "%s has submodules, whose folders stay empty: %s", l.Name(), names).WithFix("write submodules: true"))
	}
	return found
}

// uncommitted reports whether a repository of this machine has changes beside
// the commit that is taken.
func (l Layer) uncommitted(ctx context.Context, w *Workspaces, o git.Origin, commit string) bool {
	if o.Local() == "" {
		return false
	}
	changed, err := w.once("status "+o.String()+":"+l.Path, func() (string, error) {
		here := git.Dir{Path: o.Local(), Env: w.Mirrors.Env}
		if head, err := here.Line(ctx, "rev-parse", "--verify", "--quiet", "HEAD"); err != nil || head != commit {
			return "", err // another commit is meant than the one that is worked on
		}
		return here.Line(ctx, "status", "--porcelain", "--", l.Path)
	})
	return err == nil && changed != "" // an error: a bare repository has nothing beside
}

// checkout writes a repository, and its submodules if that is asked for.
func (w *Workspaces) checkout(ctx context.Context, l Layer, o git.Origin, commit, to string) error {
	if err := w.Mirrors.Checkout(ctx, o, commit, l.folder(), to); err != nil {
		return err
	}
	if l.Submodules {
		if err := w.submodules(ctx, l, o, commit, l.folder(), to, maxNesting); err != nil {
			return err
		}
	}
	return plain(to)
}

// maxNesting bounds how deep submodules stand in each other.
const maxNesting = 10

// submodules checks out the submodules that stand below a folder of a
// repository.
func (w *Workspaces) submodules(ctx context.Context, l Layer, o git.Origin, commit, folder, to string, nesting int) error {
	found, err := w.Mirrors.Submodules(ctx, o, commit)
	if err != nil {
		return err
	}
	for _, m := range found {
		rel, err := filepath.Rel("/"+folder, "/"+m.Path)
		if err != nil || !filepath.IsLocal(rel) {
			continue
		}
		if m.Origin.URL == "" || nesting == 0 {
			return l.mistake(fmt.Errorf("nobody knows where its submodule %s is", m.Path))
		}
		if err := w.Mirrors.Fetch(ctx, m.Origin, m.Commit); err != nil {
			return l.failed(err)
		}
		at := filepath.Join(to, rel)
		if err := w.Mirrors.Checkout(ctx, m.Origin, m.Commit, "", at); err != nil {
			return err
		}
		if err := w.submodules(ctx, l, m.Origin, m.Commit, "", at, nesting-1); err != nil {
			return err
		}
	}
	return nil
}

// archive finds an archive here or behind its URL.
func (w *Workspaces) archive(ctx context.Context, s *stratum) error {
	file, digest, err := w.packed(ctx, s.Layer)
	if err != nil {
		return err
	}
	if s.SHA256 != "" && digest != "sha256:"+s.SHA256 {
		return s.mistake(fmt.Errorf("its SHA-256 is %s, want %s", strings.TrimPrefix(digest, "sha256:"), s.SHA256))
	}
	s.called(digest, s.Path)
	s.fill = func(ctx context.Context, p places) error { return w.unpack(ctx, s.Layer, file, p) }
	return nil
}

// packed returns where an archive is, and its digest.
func (w *Workspaces) packed(ctx context.Context, l Layer) (file, digest string, err error) {
	if l.Remote() {
		return w.download(ctx, l)
	}
	file = strings.TrimPrefix(l.file(), "file://")
	if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
		return "", "", l.mistake(errors.New("there is no such file"))
	}
	name := strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(filepath.Base(file))
	found, err := buildkey.Read(ctx, filepath.Dir(file), []strategy.Input{{Path: name}}, w.Memo)
	if err != nil {
		return "", "", err
	}
	return file, found[len(found)-1].Digest, nil
}

// unpack writes an archive, or one folder of it.
func (w *Workspaces) unpack(ctx context.Context, l Layer, file string, p places) error {
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer in.Close()
	all := p.to
	if l.Path != "." {
		all = p.scratch
	}
	root, err := os.OpenRoot(all)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := unpack.Archive(ctx, in, root, w.Limits); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return l.mistake(err)
	}
	if l.Path == "." {
		return nil
	}
	if info, err := root.Lstat(l.Path); err != nil || !info.IsDir() {
		return l.mistake(fmt.Errorf("there is no folder %s in it", l.Path))
	}
	if err := os.Remove(p.to); err != nil { // it is empty, and makes way
		return err
	}
	return os.Rename(filepath.Join(all, filepath.FromSlash(l.Path)), p.to)
}

// inline is the text of a Dockerfile.
func (s *stratum) inline() {
	sum := sha256.Sum256([]byte(s.From))
	s.called(hex.EncodeToString(sum[:]))
	s.fill = func(_ context.Context, p places) error {
		return errors.Join(os.WriteFile(filepath.Join(p.to, "Dockerfile"), []byte(s.From), 0o644), plain(p.to))
	}
}
