// Package registry talks to container registries. It is the only package that
// imports containers/image and the registry protocol's libraries, so that
// their moves are one edit.
//
// Small things (manifests, tags, referrers, evidence) go through one HTTP
// transport, which asks without a ping first: looking up an image is one
// request. Layers go through containers/image, which knows every transport,
// compresses, and skips what the registry has. All of it shares one limiter,
// which halves when a registry answers 429 or 503.
//
// Who may do what is read where podman reads it: auth files, registries.conf
// with its mirrors and blocks, certs.d. Mirrors are asked when an image is
// looked up or pulled, never when what was written is verified. Plain HTTP is
// spoken with loopback addresses when they do not speak TLS, and with what
// registries.conf calls insecure; with nothing else.
//
// Network faults, 5xx and 429 are tried again, four times by default, with
// growing waits or as the registry asks (Retry-After, up to a minute, which
// holds for all requests to it). 401, 403 and 404 are answers and never tried
// again. Errors are of a kind:
// [ErrNotFound], [ErrUnauthorized], [ErrUnreachable], [ErrRefused] or
// [ErrMismatch].
package registry

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"

	dockerref "github.com/containers/image/v5/docker/reference"
	"github.com/containers/image/v5/pkg/docker/config"
	"github.com/containers/image/v5/types"
	orasregistry "oras.land/oras-go/v2/registry"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"

	"github.com/slipway-build/slipway/core/registry/reference"
)

// Options are how a [Client] works; the zero Options are those of podman.
type Options struct {
	AuthFile       string // instead of podman's and docker's auth files
	RegistriesConf string // instead of registries.conf and its drop-ins
	CertDir        string // instead of certs.d: one folder per host:port
	PolicyFile     string // a signature policy for pulls; "": the digest is proof enough
	CacheDir       string // what is known about blobs and where they are; "": podman's
	ScratchDir     string // for what does not fit into memory; "": /var/tmp

	// Aliases maps the registry part of a name to the address that is really
	// asked: {"localhost": "127.0.0.1:5000"}. Results keep the name as given.
	Aliases map[string]string

	Offline bool // ask nobody but the Aliases: everything else is [ErrOffline]

	Retries   int    // of one request; 0: four, negative: none
	Parallel  int    // requests under way at most; 0: sixteen
	UserAgent string // "": "slipway"
}

// A Client talks to registries. It is safe for concurrent use and remembers
// tokens, connections and what registries can do: one serves a whole run.
type Client struct {
	sys     *types.SystemContext
	policy  string
	aliases map[string]string
	offline bool
	agent   string
	retries int
	limiter *limiter

	mu    sync.Mutex
	hosts map[string]*host
	repos map[string]*remote.Repository
}

// New returns a Client. It reads and asks nothing yet.
func New(o Options) *Client {
	agent := cmp.Or(o.UserAgent, "slipway")
	return &Client{
		sys: &types.SystemContext{
			AuthFilePath:                o.AuthFile,
			SystemRegistriesConfPath:    o.RegistriesConf,
			SystemRegistriesConfDirPath: dropIns(o.RegistriesConf),
			DockerPerHostCertDirPath:    o.CertDir,
			BlobInfoCacheDir:            o.CacheDir,
			BigFilesTemporaryDir:        o.ScratchDir,
			DockerRegistryUserAgent:     agent,
		},
		policy:  o.PolicyFile,
		aliases: o.Aliases,
		offline: o.Offline,
		agent:   agent,
		retries: max(0, cmp.Or(o.Retries, 4)),
		limiter: newLimiter(max(1, cmp.Or(o.Parallel, 16))),
		hosts:   map[string]*host{},
		repos:   map[string]*remote.Repository{},
	}
}

// dropIns keeps the machine's registries.conf.d out when a file is given: who
// names a file means that file.
func dropIns(conf string) string {
	if conf == "" {
		return ""
	}
	return conf + ".d"
}

// address returns the host:port that is really asked for a registry.
func (c *Client) address(registry string) string {
	if a, ok := c.aliases[registry]; ok {
		return a
	}
	return registry
}

// physical returns s, a name with its registry, as it is really asked for.
func (c *Client) physical(ref reference.Reference) reference.Reference {
	at := c.address(ref.Registry)
	return reference.Reference{Registry: at, Repository: at + "/" + ref.Path(), Tag: ref.Tag, Digest: ref.Digest}
}

// repository returns what talks to one repository; ref keeps its given name
// for the credentials, which an auth file may hold per repository.
func (c *Client) repository(ctx context.Context, ref reference.Reference) (*remote.Repository, error) {
	c.mu.Lock()
	repo := c.repos[ref.Repository]
	c.mu.Unlock()
	if repo != nil {
		return repo, nil
	}
	h, err := c.host(ctx, ref.Registry)
	if err != nil {
		return nil, err
	}
	named, err := dockerref.ParseNormalizedNamed(ref.Repository)
	if err != nil {
		return nil, fmt.Errorf("parsing repository %q: %w", ref.Repository, err)
	}
	repo = &remote.Repository{
		Client:          c.authenticating(h, named),
		Reference:       orasregistry.Reference{Registry: h.name, Repository: ref.Path()},
		PlainHTTP:       h.plain,
		SkipReferrersGC: true, // deleting an index while another runner writes it loses entries
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.repos[ref.Repository]; known != nil {
		return known, nil
	}
	c.repos[ref.Repository] = repo
	return repo, nil
}

func (c *Client) authenticating(h *host, name dockerref.Named) *auth.Client {
	return &auth.Client{
		Client:   &http.Client{Transport: h.transport},
		Header:   http.Header{"User-Agent": {c.agent}},
		Cache:    auth.NewCache(),
		ClientID: c.agent,
		Credential: func(_ context.Context, hostport string) (auth.Credential, error) {
			if hostport != h.name && !strings.HasSuffix(hostport, ".docker.io") {
				return auth.EmptyCredential, nil
			}
			return c.credential(name)
		},
	}
}

func (c *Client) credential(name dockerref.Named) (auth.Credential, error) {
	found, err := config.GetCredentialsForRef(c.sys, name)
	if err != nil {
		return auth.EmptyCredential, fmt.Errorf("reading the credentials for %s: %w", name.Name(), err)
	}
	return auth.Credential{Username: found.Username, Password: found.Password, RefreshToken: found.IdentityToken}, nil
}

// Ping asks whether a registry ("quay.io", "localhost:5000") answers, and
// whether the credentials for it are good where it wants some.
func (c *Client) Ping(ctx context.Context, registry string) error {
	h, err := c.host(ctx, registry)
	if err != nil {
		return classified(err, "asking registry %s", registry)
	}
	reg := &remote.Registry{RepositoryOptions: remote.RepositoryOptions{
		Client:    c.pinging(h, registry),
		Reference: orasregistry.Reference{Registry: h.name},
		PlainHTTP: h.plain,
	}}
	return classified(reg.Ping(ctx), "asking registry %s", registry)
}

func (c *Client) pinging(h *host, registry string) *auth.Client {
	return &auth.Client{
		Client: &http.Client{Transport: h.transport},
		Credential: func(context.Context, string) (auth.Credential, error) {
			found, err := config.GetCredentials(c.sys, registry)
			return auth.Credential{Username: found.Username, Password: found.Password, RefreshToken: found.IdentityToken}, err
		},
	}
}
