package action

import (
	"net/http"
	"slices"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
)

// Whether a program came to its end cannot be looked up once slipway was killed
// meanwhile, nor whether a request was served. Everything else that tasks do
// can: builds by their key, pushes and promotions in the registry, files by
// their content.

var (
	_ engine.Opaque = (*Command)(nil)
	_ engine.Opaque = (*Script)(nil)
	_ engine.Opaque = (*URI)(nil)
	_ engine.Opaque = (*Run)(nil)
)

// Opaque reports that a command tells by nothing whether it was run, unless its
// task says what it makes or takes away, or that it changes nothing.
func (*Command) Opaque(step engine.Step) bool { return unguarded(step.Args) }

// Opaque reports the same of a script.
func (*Script) Opaque(step engine.Step) bool { return unguarded(step.Args) }

func unguarded(args document.Node) bool {
	return args.Get("creates").IsZero() && args.Get("removes").IsZero() && args.Get("check").Value() != true
}

// Opaque reports whether a request may do something else when it is sent twice:
// all methods but these two mean the same however often they are used (RFC 9110,
// 9.2.2).
func (*URI) Opaque(step engine.Step) bool {
	return slices.Contains([]string{http.MethodPost, http.MethodPatch}, step.Args.Get("method").Text())
}

// Opaque reports whether a container may leave something: in a mount, that is,
// for everything else it wrote is gone with it.
func (*Run) Opaque(step engine.Step) bool {
	return slices.ContainsFunc(step.Args.Get("mounts").Items(), func(m document.Node) bool { return m.Get("read_only").Value() != true })
}

// Fleeting reports whether a container works on a deployment, which is gone with
// all that was put into it.
func (*Run) Fleeting(args document.Node) bool { return args.Get("network").Text() == "deployment" }

// Assumed is the result of a command that was run, as far as it is known.
func (c *Command) Assumed(engine.Step) engine.Result { return assumed(c.Declare()) }

// Assumed is the result of a script that was run, as far as it is known.
func (s *Script) Assumed(engine.Step) engine.Result { return assumed(s.Declare()) }

// Assumed is the result of a request that was served, as far as it is known.
func (u *URI) Assumed(engine.Step) engine.Result { return assumed(u.Declare()) }

// Assumed is the result of a container that was run, as far as it is known.
func (r *Run) Assumed(engine.Step) engine.Result { return assumed(r.Declare()) }

// assumed is a result with every field that the action declares, all of them
// empty.
func assumed(a declare.Action) engine.Result {
	return engine.Result{Verb: "assumed", Detail: "said to have been done before the run was resumed", Values: a.Nothing()}
}
