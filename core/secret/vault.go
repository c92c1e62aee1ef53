package secret

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/slipway-build/slipway/sdk/diag"
)

// A Vault reads secrets when they are first asked for, once, and hides them
// from then on. It may be used concurrently.
type Vault struct {
	mask    *Mask
	environ []string
	sources []Source

	mu   sync.Mutex
	read map[string]*reading // by provider
}

// A reading is a secret that was asked for.
type reading struct {
	source Source

	mu    sync.Mutex
	done  bool // what follows is final
	value []byte
	err   error
}

// NewVault returns a vault for the secrets of a project, which are asked for by
// name. Environ is what environment variables are read from, and the
// environment of commands.
func NewVault(mask *Mask, environ []string, sources []Source) *Vault {
	return &Vault{mask: mask, environ: environ, sources: sources, read: map[string]*reading{}}
}

// Mask returns what hides the secrets that were read.
func (v *Vault) Mask() *Mask { return v.mask }

// Names returns the names of the project's secrets, as declared.
func (v *Vault) Names() []string {
	names := make([]string, len(v.sources))
	for i, s := range v.sources {
		names[i] = s.Name
	}
	return names
}

// Text returns a secret of the project as text: without the line end that
// files and commands leave at the end. A name that is not declared, and a
// secret that cannot be read, is a [diag.Diagnostic].
func (v *Vault) Text(ctx context.Context, name string) (string, error) {
	i := slices.IndexFunc(v.sources, func(s Source) bool { return s.Name == name })
	if i < 0 {
		return "", v.unknown(name)
	}
	value, err := v.Value(ctx, v.sources[i])
	return strings.TrimRight(string(value), "\r\n"), err
}

func (v *Vault) unknown(name string) error {
	d := diag.Errorf("no-secret", diag.Pos{}, "there is no secret %q", name)
	if hint := diag.Suggest(name, v.Names()); hint != "" {
		return d.WithFix("%s", hint)
	}
	return d.WithFix("declare it in slipway.yml: secrets: { %s: { env: NAME } }", name)
}

// Value returns the value of a secret, as it stands where it is kept. The
// error is a [diag.Diagnostic] unless ctx ended.
func (v *Vault) Value(ctx context.Context, s Source) ([]byte, error) {
	r := v.reading(s)
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.done {
		r.value, r.err = v.fetch(ctx, s)
		r.done = ctx.Err() == nil // who was interrupted learned nothing
	}
	return slices.Clone(r.value), r.err
}

// reading returns the one reading of a provider: two names for one variable
// are one secret.
func (v *Vault) reading(s Source) *reading {
	key := s.key()
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.read[key] == nil {
		v.read[key] = &reading{source: s}
	}
	return v.read[key]
}

func (v *Vault) fetch(ctx context.Context, s Source) ([]byte, error) {
	value, err := s.read(ctx, v.environ)
	if err != nil {
		return nil, err
	}
	if !v.mask.Hide(string(value)) {
		return nil, diag.Errorf("short-secret", s.Pos, "the secret %q has fewer than %d characters on every line, and cannot be hidden", s.Name, minLength).
			WithFix("use a longer one")
	}
	return value, nil
}

// known returns the secrets that were read, in a steady order.
func (v *Vault) known() []*reading {
	v.mu.Lock()
	all := slices.Collect(maps.Values(v.read))
	v.mu.Unlock()
	slices.SortFunc(all, func(a, b *reading) int { return strings.Compare(a.source.key(), b.source.key()) })
	return slices.DeleteFunc(all, func(r *reading) bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return !r.done || r.err != nil
	})
}
