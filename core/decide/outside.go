package decide

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/slipway-build/slipway/core/bases"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/registry/reference"
)

// Bases say which images of others a run takes.
type Bases struct {
	Pins   bases.Lock // a reference in it stands for the digest in it
	Locked bool       // a reference that is not in it is a mistake
	Seen   Sightings
}

// Sightings remember what references to images of others named.
type Sightings interface {
	// Last returns what a reference named last for a platform; with a digest,
	// what that digest was when some reference named it.
	Last(reference, platform, named string) (ledger.Sighting, bool, error)
	Saw(ctx context.Context, s ledger.Sighting) error
}

// errUnpinned says that a reference is not in the lock, though it has to be.
var errUnpinned = errors.New("not in " + bases.File)

// errUnseen says that nobody may be asked and nothing is recorded.
var errUnseen = errors.New("nothing is asked offline, and no run here has looked it up before")

// errPinGone says that a registry has no longer what the lock names.
var errPinGone = errors.New("its registry no longer has the digest in " + bases.File)

// errChildGone says that a registry has an index and not what is in it: there is
// such an image, and it cannot be had.
var errChildGone = errors.New("its registry has the index that names this image, but not the image")

// Outside resolves an exact reference to an image of somebody else, once in a
// run: to its pin, else to what it names now, else, offline, to what it named
// last. Of an index it is the image for the platform, so that other platforms'
// images may change.
func (d *Decider) Outside(ctx context.Context, ref, platform string) (registry.Manifest, error) {
	return d.outside.get(ref+" "+platform, func() (registry.Manifest, error) {
		pin, err := d.pin(ref)
		if err != nil {
			return registry.Manifest{}, err
		}
		s, m, err := d.lookUp(ctx, ref, pin, platform)
		switch {
		case errors.Is(err, registry.ErrOffline):
			return d.remembered(ref, pin, platform)
		case errors.Is(err, registry.ErrNotFound) && pin != "":
			return m, fmt.Errorf("%s: %w", pin, errPinGone)
		case err != nil:
			return m, err
		}
		return m, d.Bases.Seen.Saw(ctx, s)
	})
}

// pin returns the digest that a reference is pinned to; "" when it is not.
func (d *Decider) pin(ref string) (string, error) {
	pin, ok := d.Bases.Pins.Find(ref)
	if r, err := reference.Parse(ref); err != nil || r.Digest != "" {
		return "", err
	}
	if !ok && d.Bases.Locked {
		return "", errUnpinned
	}
	return pin.Digest, nil
}

// lookUp asks the registry.
func (d *Decider) lookUp(ctx context.Context, ref, pin, platform string) (ledger.Sighting, registry.Manifest, error) {
	s := ledger.Sighting{Reference: ref, Platform: platform, Time: time.Now().UTC().Truncate(time.Second)}
	m, err := d.Now(ctx, pinned(ref, pin))
	if err != nil {
		return s, m, err
	}
	if s.Named = m.Digest; m.IsIndex() {
		child, ok := m.Child(platform)
		if !ok {
			return s, m, fmt.Errorf("%s has no image for %s", ref, platform)
		}
		m, err = d.Now(ctx, m.Repository+"@"+child.Digest)
		if errors.Is(err, registry.ErrNotFound) {
			return s, m, fmt.Errorf("%s: %w", child.Digest, errChildGone)
		}
		if err != nil {
			return s, m, err
		}
	}
	s.Digest, s.ImageID = m.Digest, m.ImageID
	return s, m, nil
}

// pinned is the reference to ask for.
func pinned(ref, pin string) string {
	if r, err := reference.Parse(ref); err == nil && pin != "" {
		return r.Repository + "@" + pin
	}
	return ref
}

// remembered is what a reference named when it was looked up last.
func (d *Decider) remembered(ref, pin, platform string) (registry.Manifest, error) {
	s, ok, err := d.Bases.Seen.Last(ref, platform, pin)
	if err != nil {
		return registry.Manifest{}, err
	}
	r, err := reference.Parse(ref)
	if !ok && err == nil {
		err = errUnseen
	}
	return registry.Manifest{Repository: r.Repository, Digest: s.Digest, ImageID: s.ImageID}, err
}

// Now asks a registry what a reference names now, whatever it is pinned to, for
// as long as the Decider has patience.
func (d *Decider) Now(ctx context.Context, ref string) (registry.Manifest, error) {
	patience := cmp.Or(d.Patience, time.Minute)
	limited, cancel := context.WithTimeoutCause(ctx, patience, &registry.NoAnswerError{Within: patience})
	defer cancel()
	m, err := d.Registry.Resolve(limited, ref)
	if err != nil && limited.Err() != nil {
		err = fmt.Errorf("looking up %s: %w", ref, context.Cause(limited))
	}
	return m, err
}
