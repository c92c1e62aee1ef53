package git_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/slipway-build/slipway/core/source/git"
)

// Whatever is written for a repository, its name holds no password.
func FuzzName(f *testing.F) {
	for _, seed := range []string{"https://me:%s@git.example/a.git", "ssh://git:%s@host/a", "https://%s@@:/x", "://:%s@", "me:%s@host:a", "/srv/%s", "https://[::1]:%s@x/%zz"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, written string) {
		name := (git.Origin{URL: written}).Name()
		if password := (git.Origin{URL: name}).Password(); password != "" {
			t.Errorf("%q is called %q, with the password %q", written, name, password)
		}
		u, err := url.Parse(written)
		if err != nil || u.User == nil || !strings.Contains(written, "://") {
			return
		}
		if hidden, ok := u.User.Password(); ok && len(hidden) > 3 && strings.Count(written, hidden) == 1 && strings.Contains(name, hidden) {
			t.Errorf("%q is called %q", written, name)
		}
	})
}
