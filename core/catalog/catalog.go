// Package catalog finds strategies by name and runs them, each in a process of
// its own.
//
// A built-in strategy is this very program, started again: it gets the same
// protocol, the same environment and the same end as a plugin from elsewhere,
// and so has no power that an outsider's lacks. The program is started through
// /proc/self/exe, which stays the same file when an upgrade replaces it during
// a run. Only strategies that were named are ever started: no folder is
// searched. Bare names are built-in; installed ones have a publisher, as in
// "acme/hello", so that nobody can take the place of a built-in.
//
// A project names its plugins in slipway.yml, and slipway.lock holds the SHA-256
// of each for all platforms. What is started comes from a store of the user's,
// is hashed at every start, and is executed through the very file that was
// hashed. [Installer] fills the store; [Overrides] are for whoever works on a
// plugin.
package catalog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// Options say what there is and how it is started.
type Options struct {
	Builtins    []string                   // names of the built-in strategies
	Self        string                     // this program; empty: /proc/self/exe
	BuiltinArgs func(name string) []string // its arguments to serve a built-in; needed when there are any
	Installed   map[string]Program         // plugins by name, "publisher/name"

	Env    []string           // for every plugin: see pluginhost.Environment
	Dir    string             // the working directory of every plugin; empty: ours
	Host   strategy.Host      // who we say we are
	Plugin pluginhost.Options // graces, limits and the guard of all plugins; its Log is not used

	Answers *Answers // what strategies said before; nil: they are always asked

	// Log receives what the plugins log. Nil: nobody listens.
	Log func(name string, level slog.Level, line string)
}

// A Catalog holds the strategies of a run. Make one with [New]. It may be used
// concurrently.
type Catalog struct {
	options Options

	mu           sync.Mutex
	descriptions map[string]*description
	sessions     map[string]*pluginhost.Session
}

// A description is what a strategy said of itself; mu is held while it is
// asked, so that it is asked once.
type description struct {
	mu     sync.Mutex
	known  bool
	answer strategy.DescribeResponse
	schema ready

	version atomic.Pointer[string] // read without mu, which is held while the strategy is asked
}

// New returns a catalog; nothing is started.
func New(o Options) *Catalog {
	if o.Self == "" {
		o.Self = "/proc/self/exe"
	}
	if o.Log == nil {
		o.Log = func(string, slog.Level, string) {}
	}
	if o.Plugin.Guard == nil {
		o.Plugin.Guard = new(pluginhost.Guard)
	}
	return &Catalog{options: o, descriptions: map[string]*description{}, sessions: map[string]*pluginhost.Session{}}
}

// Names returns all strategies: the built-in ones, then the installed ones,
// each sorted.
func (c *Catalog) Names() []string {
	return append(slices.Sorted(slices.Values(c.options.Builtins)), slices.Sorted(maps.Keys(c.options.Installed))...)
}

// Open starts a process for the strategy of that name: one for each build. End
// it with its Close. An unknown name is a [diag.Diagnostic] without a place.
func (c *Catalog) Open(ctx context.Context, name string) (pluginhost.Plugin, error) {
	program, err := c.program(name)
	if err != nil {
		return nil, err
	}
	o := c.options.Plugin
	o.Log = func(level slog.Level, line string) { c.options.Log(name, level, line) }
	return program.Open(ctx, pluginhost.Command{Name: c.label(name, program), Env: c.options.Env, Dir: c.options.Dir}, o)
}

// label is how errors call a strategy: with the version that it tells, or else
// that which was locked.
func (c *Catalog) label(name string, program Program) string {
	version := program.Version()
	if told := c.description(name).version.Load(); told != nil {
		version = *told
	}
	return strings.TrimRight(name+" "+version, " ")
}

// Identity tells what the strategy of that name is made of from anything else
// that claims its name and version, for build keys; empty for a built-in one,
// whose version is raised whenever it builds otherwise. An unknown name is a
// [diag.Diagnostic] without a place.
func (c *Catalog) Identity(name string) (string, error) {
	program, err := c.program(name)
	if err != nil {
		return "", err
	}
	return program.Identity()
}

// Session returns the session with the strategy of that name, for questions:
// one process answers all of them. It is the catalog's, and ends with its Close.
// An unknown name is a [diag.Diagnostic] without a place.
func (c *Catalog) Session(name string) (*pluginhost.Session, error) {
	if _, err := c.program(name); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.sessions[name]
	if s == nil {
		s = pluginhost.NewSession(func(ctx context.Context) (pluginhost.Plugin, error) { return c.Open(ctx, name) })
		c.sessions[name] = s
	}
	return s, nil
}

// Close ends all sessions, at the same time.
func (c *Catalog) Close(ctx context.Context) error {
	c.mu.Lock()
	sessions := c.sessions
	c.sessions = map[string]*pluginhost.Session{}
	c.mu.Unlock()
	errs := make(chan error, len(sessions))
	for _, s := range sessions {
		go func() { errs <- s.Close(ctx) }()
	}
	var all []error
	for range sessions {
		all = append(all, <-errs)
	}
	return errors.Join(all...)
}

// program returns the strategy of that name. Built-in ones come first, so that
// nothing that is installed can take the place of one.
func (c *Catalog) program(name string) (Program, error) {
	if slices.Contains(c.options.Builtins, name) {
		return Fixed{Path: c.options.Self, Args: c.options.BuiltinArgs(name)}, nil
	}
	if program, ok := c.options.Installed[name]; ok {
		return program, nil
	}
	return nil, c.unknown(name)
}

func (c *Catalog) unknown(name string) diag.Diagnostic {
	names := c.Names()
	d := diag.Errorf("strategy.unknown", diag.Pos{}, "unknown strategy %q", name)
	if len(names) > 0 {
		d = d.WithDetail("The strategies are %s.", strings.Join(names, ", "))
	}
	d.Fix = diag.Suggest(name, names)
	return d
}

// Describe asks the strategy of that name what it is, once.
func (c *Catalog) Describe(ctx context.Context, name string) (strategy.DescribeResponse, error) {
	d := c.description(name)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.known {
		return d.answer, nil
	}
	answer, err := c.describe(ctx, name)
	if err == nil {
		d.answer, d.schema, d.known = answer, prepare(answer.ConfigSchema), true
		d.version.Store(&answer.Version)
	}
	return answer, err
}

func (c *Catalog) description(name string) *description {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.descriptions[name]
	if d == nil {
		d = &description{}
		c.descriptions[name] = d
	}
	return d
}

func (c *Catalog) describe(ctx context.Context, name string) (strategy.DescribeResponse, error) {
	r := strategy.DescribeRequest{Host: c.options.Host}
	return c.options.Answers.description(c.question(name, r), func() (strategy.DescribeResponse, error) {
		s, err := c.Session(name)
		if err != nil {
			return strategy.DescribeResponse{}, err
		}
		return s.Describe(ctx, r)
	})
}

// question names what is asked of the strategy of that name, "" when its answer
// cannot be remembered.
func (c *Catalog) question(name string, request any) string {
	program, err := c.program(name)
	if err != nil {
		return ""
	}
	stamp := program.Stamp()
	if stamp == "" {
		return ""
	}
	return question(stamp, name, c.options.Host, request)
}

// Check checks a config against the schema that the strategy of that name
// declares. An error means that the strategy could not be asked.
func (c *Catalog) Check(ctx context.Context, name string, config []byte) (diag.List, error) {
	if _, err := c.Describe(ctx, name); err != nil {
		return nil, fmt.Errorf("asking for the schema of strategy %s: %w", name, err)
	}
	d := c.description(name)
	d.mu.Lock()
	schema := d.schema
	d.mu.Unlock()
	return schema.check(config), nil
}
