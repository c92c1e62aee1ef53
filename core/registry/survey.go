package registry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/slipway-build/slipway/core/registry/reference"
)

// A Survey is a Client as it reads for who asks about many images at one time
// and does nothing about them.
//
// It does not take "there is no such tag" for an answer before it has seen the
// list of tags: a registry may have lost the manifest and kept the tag, and then
// nobody knows what the tag named. That is one more request for each tag that is
// not there; where the list cannot be had the answer stands.
//
// A registry that failed one question, however often it was tried, is not asked
// the next: a thousand images would each find out for themselves that it is down.
type Survey struct {
	client *Client

	mu   sync.Mutex
	lost map[string]error // by registry: how it failed
}

// NewSurvey returns a Survey of a client, that has asked nothing.
func NewSurvey(c *Client) *Survey { return &Survey{client: c, lost: map[string]error{}} }

// Resolve is [Client.Resolve]; [ErrMismatch] when the registry lists the tag and
// has nothing under it.
func (s *Survey) Resolve(ctx context.Context, ref string) (Manifest, error) {
	r, err := reference.Parse(ref)
	if err != nil {
		return Manifest{}, err
	}
	if err := s.failed(r.Registry); err != nil {
		return Manifest{}, fmt.Errorf("looking up %s: %w", r, err)
	}
	m, err := s.look(ctx, ref)
	s.learn(ctx, r.Registry, err)
	return m, err
}

// failed returns how a registry failed before, or nil.
func (s *Survey) failed(registry string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lost[registry]
}

// learn remembers a registry that did not answer, not in time, or did nothing but
// complain of too many questions. An error of its own may be about one image.
func (s *Survey) learn(ctx context.Context, registry string, err error) {
	silent := err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded)
	down := errors.Is(err, ErrUnreachable) && !errors.Is(err, ErrOffline) && statusOf(err) != http.StatusInternalServerError
	if !silent && !down {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if silent {
		err = &fault{ErrUnreachable, context.Cause(ctx)}
	}
	s.lost[registry] = &lost{err}
}

// lost is what is said of a registry that failed before, about something else.
type lost struct{ first error }

// Error says why it failed.
func (l *lost) Error() string { return Reason(l.first) }

// Unwrap returns how it failed then.
func (l *lost) Unwrap() error { return l.first }

func (s *Survey) look(ctx context.Context, ref string) (Manifest, error) {
	m, err := s.client.Resolve(ctx, ref)
	if !errors.Is(err, ErrNotFound) || !s.lists(ctx, ref) {
		return m, err
	}
	if m, err = s.client.Resolve(ctx, ref); errors.Is(err, ErrNotFound) { // nor was it put there meanwhile
		err = fmt.Errorf("looking up %s: %w: the tag is in its list, and what it names is gone", ref, ErrMismatch)
	}
	return m, err
}

// errSeen ends a listing.
var errSeen = errors.New("seen enough")

// lists reports whether the list of a repository's tags has the tag of a
// reference. It reads the list from just before that tag on, and no further than
// to what sorts behind it.
func (s *Survey) lists(ctx context.Context, ref string) (listed bool) {
	r, repo, err := s.client.named(ctx, ref)
	if err != nil || r.Digest != "" {
		return false
	}
	tag := r.Version()
	_ = repo.Tags(ctx, tag[:len(tag)-1], func(page []string) error {
		listed = slices.Contains(page, tag)
		if listed || slices.ContainsFunc(page, func(other string) bool { return other > tag }) {
			return errSeen
		}
		return nil
	})
	return listed
}
