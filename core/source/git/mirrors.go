package git

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/internal/filelock"
)

// ErrOffline says that a repository would have to be asked, and must not be.
var ErrOffline = errors.New("it is not in the cache, and offline nobody is asked")

// A MissingError says what a repository that could be asked does not have.
type MissingError struct {
	What string // "it has no branch or tag mian"
	Fix  string // may be empty
}

// Error returns what is missing.
func (e *MissingError) Error() string { return e.What }

// An UnreachableError says that a repository could not be asked.
type UnreachableError struct {
	Origin string // without credentials
	Err    error
}

// Error returns "reaching https://…: …".
func (e *UnreachableError) Error() string { return fmt.Sprintf("reaching %s: %v", e.Origin, e.Err) }

// Unwrap returns the cause.
func (e *UnreachableError) Unwrap() error { return e.Err }

// Mirrors are bare copies of repositories below a folder.
type Mirrors struct {
	Dir     string
	Env     []string // see [Environment]
	Offline bool     // nothing is asked: a ref names what it named last
}

// at is the ref of a mirror that names the commit fetched last.
const at = "refs/slipway/at"

// mirror is the copy of an origin.
func (m *Mirrors) mirror(o Origin) Dir {
	sum := sha256.Sum256([]byte(o.Name() + "\x00" + o.Ref))
	return Dir{Path: filepath.Join(m.Dir, hex.EncodeToString(sum[:12])), Env: m.Env}
}

// Resolve returns the commit that an origin names now, in full. Offline it is
// the one that it named when it was fetched last. The errors are a
// [MissingError] and an [UnreachableError].
func (m *Mirrors) Resolve(ctx context.Context, o Origin) (string, error) {
	if strings.HasPrefix(o.URL, "-") || strings.HasPrefix(o.Ref, "-") {
		return "", &MissingError{What: "neither a repository nor a ref begins with a dash"}
	}
	if o.Commit() {
		return o.Ref, nil
	}
	if m.Offline {
		commit, err := m.mirror(o).Line(ctx, "rev-parse", "--verify", "--quiet", at)
		if err != nil {
			return "", m.unreachable(ctx, o, ErrOffline)
		}
		return commit, nil
	}
	if dir := o.Local(); dir != "" {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return "", &MissingError{What: "there is no folder " + dir}
		}
	}
	named, err := m.ask(ctx, o)
	if err != nil && o.Local() != "" && strings.Contains(err.Error(), "does not appear to be a git repository") {
		return "", &MissingError{What: "it is no git repository"}
	}
	if err != nil {
		return "", m.unreachable(ctx, o, err)
	}
	return choose(o, named)
}

// unreachable keeps the end of a run what it is.
func (m *Mirrors) unreachable(ctx context.Context, o Origin, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return &UnreachableError{o.String(), errors.New(o.hide(err.Error()))}
}

// ask asks a repository which refs match, and returns ref → commit. An
// annotated tag is the commit it is put on.
func (m *Mirrors) ask(ctx context.Context, o Origin) (map[string]string, error) {
	address, _, _ := o.parts()
	patterns := []string{"HEAD"}
	if o.Ref != "" {
		patterns = []string{o.Ref, o.Ref + "^{}"}
	}
	if err := os.MkdirAll(m.Dir, 0o755); err != nil {
		return nil, err
	}
	out, err := o.authorised(Dir{Path: m.Dir, Env: m.Env}).Run(ctx, append([]string{"ls-remote", "--", address}, patterns...)...)
	if err != nil {
		return nil, err
	}
	named := map[string]string{}
	for line := range strings.Lines(string(out)) {
		commit, ref, _ := strings.Cut(strings.TrimSpace(line), "\t")
		name, peeled := strings.CutSuffix(ref, "^{}")
		if _, known := named[name]; peeled || !known {
			named[name] = commit
		}
	}
	return named, nil
}

// choose picks what a ref means from what matches it.
func choose(o Origin, named map[string]string) (string, error) {
	if o.Ref == "" {
		if commit := named["HEAD"]; commit != "" {
			return commit, nil
		}
		return "", &MissingError{What: "its HEAD names no commit", Fix: "name a branch with ref:"}
	}
	if commit := named[o.Ref]; commit != "" {
		return commit, nil
	}
	tag, branch := named["refs/tags/"+o.Ref], named["refs/heads/"+o.Ref]
	switch {
	case tag != "" && branch != "" && tag != branch:
		return "", &MissingError{What: "it has a branch and a tag " + o.Ref, Fix: "write refs/heads/" + o.Ref + " or refs/tags/" + o.Ref}
	case tag != "":
		return tag, nil
	case branch != "":
		return branch, nil
	}
	missing := &MissingError{What: "it has no branch or tag " + o.Ref}
	if len(o.Ref) >= 7 && strings.Trim(o.Ref, "0123456789abcdef") == "" {
		missing.Fix = "of a commit write all 40 digits"
	}
	return "", missing
}

// Fetch has a commit of an origin in the cache.
func (m *Mirrors) Fetch(ctx context.Context, o Origin, commit string) error {
	mirror := m.mirror(o)
	if mirror.has(ctx, commit) {
		return mirror.used()
	}
	if m.Offline {
		return m.unreachable(ctx, o, ErrOffline)
	}
	if err := os.MkdirAll(m.Dir, 0o755); err != nil {
		return fmt.Errorf("fetching %s: %w", o, err)
	}
	lock, err := filelock.Wait(ctx, mirror.Path+".lock")
	if err != nil {
		return fmt.Errorf("fetching %s: %w", o, err)
	}
	defer func() { _ = lock.Release() }()
	if mirror.has(ctx, commit) {
		return mirror.used() // another process was faster
	}
	if err := mirror.begin(ctx, o); err != nil {
		return fmt.Errorf("fetching %s: %w", o, err)
	}
	if err := mirror.fetch(ctx, o, commit); err != nil {
		return m.unreachable(ctx, o, err)
	}
	return mirror.used()
}

// used notes that a copy is in use, for who prunes.
func (d Dir) used() error {
	now := time.Now()
	return os.Chtimes(d.Path, now, now)
}

func (d Dir) has(ctx context.Context, commit string) bool {
	if _, err := os.Stat(filepath.Join(d.Path, "HEAD")); err != nil {
		return false
	}
	return d.Has(ctx, commit+"^{commit}")
}

// begin begins a copy.
func (d Dir) begin(ctx context.Context, o Origin) error {
	if _, err := os.Stat(filepath.Join(d.Path, "HEAD")); err == nil {
		return nil
	}
	above := Dir{Path: filepath.Dir(d.Path), Env: d.Env}
	if _, err := above.Run(ctx, "init", "--quiet", "--bare", "--template=", d.Path); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(d.Path, "description"), []byte(o.String()+"\n"), 0o644)
}

// fetch fetches a commit: by itself the first time, later with what lies
// between. Servers of old give out only what a ref names, and those that know
// nothing of git give out everything or nothing: then it is everything.
func (d Dir) fetch(ctx context.Context, o Origin, commit string) error {
	address, _, _ := o.parts()
	get := func(args ...string) error {
		_, err := o.authorised(d).Run(ctx, append([]string{"-c", "gc.auto=0", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head"}, args...)...)
		return err
	}
	one := "+" + commit + ":" + at
	first := errors.New("not tried")
	if _, err := d.Run(ctx, "rev-parse", "--verify", "--quiet", at); err != nil {
		first = get("--depth=1", "--", address, one)
	}
	if first == nil || ctx.Err() != nil || get("--", address, one) == nil {
		return ctx.Err()
	}
	if err := get("--", address, "+refs/heads/*:refs/slipway/heads/*", "+refs/tags/*:refs/slipway/tags/*"); err != nil {
		return err
	}
	if !d.has(ctx, commit) {
		return fmt.Errorf("it does not give out commit %s", commit)
	}
	_, err := d.Run(ctx, "update-ref", at, commit)
	return err
}

// Tree returns the identity of a folder at a commit that was fetched. A folder
// that is not there is a [MissingError].
func (m *Mirrors) Tree(ctx context.Context, o Origin, commit, folder string) (string, error) {
	mirror := m.mirror(o)
	tree, err := mirror.Line(ctx, "rev-parse", "--verify", "--quiet", commit+":"+folder)
	if err == nil {
		var kind string
		if kind, err = mirror.Line(ctx, "cat-file", "-t", tree); err == nil && kind != "tree" {
			return "", &MissingError{What: fmt.Sprintf("%s is no folder at commit %s", folder, commit)}
		}
	}
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	if err != nil {
		return "", &MissingError{What: fmt.Sprintf("there is no folder %s at commit %s", folder, commit)}
	}
	return tree, nil
}

// Checkout writes a folder ("" for all) at a commit that was fetched into an
// empty folder.
func (m *Mirrors) Checkout(ctx context.Context, o Origin, commit, folder, to string) error {
	if err := m.mirror(o).Checkout(ctx, commit+":"+folder, to); err != nil {
		return fmt.Errorf("checking out %s: %w", o, err)
	}
	return nil
}

// Between returns how many commits lead from one to another, when the cache
// knows that.
func (m *Mirrors) Between(ctx context.Context, o Origin, old, now string) (int, bool) {
	mirror := m.mirror(o)
	if _, err := mirror.Run(ctx, "merge-base", "--is-ancestor", old, now); err != nil {
		return 0, false
	}
	count, err := mirror.Line(ctx, "rev-list", "--count", old+".."+now)
	if err != nil {
		return 0, false
	}
	n, err := strconv.Atoi(count)
	return n, err == nil
}
