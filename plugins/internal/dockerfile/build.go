package dockerfile

import (
	"maps"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"

	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/platform"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// Options say which build of a file is meant.
type Options struct {
	Target   string            // stage to build; empty: the last
	Args     map[string]string // build arguments
	Platform string            // "os/arch[/variant]"; empty: the machine's own
	Later    []string          // paths of the workspace that are filled before the build
}

// A Build is what one target of a file needs.
type Build struct {
	Images []Image // in the order of the file; one for each place
	Steps  []Step  // in the order in which they are built

	file    *File
	sources []source
	stages  map[int]bool // those that are built
	later   []string     // see Options
}

// An Image is a place in the file that needs an image.
type Image struct {
	Reference string // variables expanded
	Kind      strategy.Kind
	Pos       diag.Pos
	Written   string // as it stands in the file
	Platform  string // of FROM --platform, when it is not the build's own; else empty

	// Assumed are variables by which files of the context are chosen, as they are
	// unless the image sets them: a FROM whose image does chooses others. Those of
	// which a default is taken are empty.
	Assumed map[string]string
}

// A Step is one instruction that is built.
type Step struct {
	Pos      diag.Pos
	Text     string // without its heredocs
	Stage    int    // counted from 0 among all stages of the file
	Network  string // of a RUN, as written: "", "default", "host" or "none"
	Platform string // what the stage stands on is for, as [Image.Platform]
}

// Resolve says what the target of a build needs. The build is nil when a
// diagnostic is an error.
func (f *File) Resolve(options Options) (*Build, diag.List) {
	target, problem := f.target(options.Target)
	if problem != nil {
		return nil, diag.List{*problem}
	}
	r := &resolver{file: f, options: options, global: f.globalScope(options), stages: make([]*resolved, len(f.stages))}
	for _, s := range f.stages[:target.index+1] {
		r.stages[s.index] = r.resolve(s)
	}
	b := &Build{file: f, stages: map[int]bool{}, later: options.Later}
	r.reach(target.index, b.stages)
	problems := r.collect(b, target.index)
	if len(problems.Errors()) > 0 {
		return nil, problems
	}
	return b, problems
}

// A resolver follows the stages of a file in order.
type resolver struct {
	file    *File
	options Options
	global  *scope
	stages  []*resolved
}

// A resolved is a stage with its references followed.
type resolved struct {
	stage    *stage
	from     use
	platform string // as [Image.Platform]
	uses     []use  // of COPY --from and mounts
	sources  []source
	scope    *scope            // as it is after the last instruction
	assumed  map[string]string // see [Image.Assumed]
	problems diag.List
}

// A use is one reference: to a stage, or to an image when stage is nil.
type use struct {
	image Image
	stage *stage
}

func (r *resolver) resolve(s *stage) *resolved {
	out := &resolved{stage: s, assumed: map[string]string{}}
	out.from = out.refer(r.file, s.base, r.global, strategy.Builder, s.basePos, s.index, false)
	out.scope = newScope(r.global.lex, map[string]string{})
	out.platform = r.platform(out)
	out.from.image.Platform = out.platform
	if out.from.stage != nil {
		out.scope = r.stages[out.from.stage.index].scope.clone()
		out.platform = r.stages[out.from.stage.index].platform
		out.addTriggers(out.from.stage)
	}
	for i := range s.steps {
		r.step(out, &s.steps[i])
	}
	return out
}

// platform is that of FROM --platform; "" when it is the build's own. COPY
// --from and mounts always mean the build's own.
func (r *resolver) platform(out *resolved) string {
	written := out.stage.platform
	if written == "" {
		return ""
	}
	text, missing, err := r.global.expand(written)
	switch _, architecture, _ := platform.Parts(text); {
	case err != nil:
		out.problems.Add(diag.Errorf("bad-platform", out.stage.pos, "--platform=%s: %v", written, err))
	case len(required(written, missing)) > 0:
		out.problems.Add(unset("--platform="+written, required(written, missing), r.global, out.stage.pos))
	case architecture == "":
		out.problems.Add(diag.Errorf("bad-platform", out.stage.pos, "--platform=%s: %q is not a platform", written, text).WithFix("write linux/amd64, or $BUILDPLATFORM"))
	}
	if platform.Canonical(text) == platform.Canonical(r.global.vars["TARGETPLATFORM"]) {
		return ""
	}
	return text
}

func (r *resolver) step(out *resolved, st *step) {
	switch c := st.command.(type) {
	case *instructions.ArgCommand:
		out.scope.declare(c, r.options.Args, r.global)
	case *instructions.EnvCommand:
		out.scope.env(c)
	case *instructions.CopyCommand:
		if c.From != "" {
			r.copyFrom(out, st, c)
			return
		}
		out.addSources(r.file, st, c.SourcePaths, false, "")
	case *instructions.AddCommand:
		out.addSources(r.file, st, c.SourcePaths, true, c.Checksum)
	case *instructions.RunCommand:
		r.mounts(out, st)
	}
}

func (r *resolver) copyFrom(out *resolved, st *step, c *instructions.CopyCommand) {
	pos := r.file.place(st.node, c.From)
	out.uses = append(out.uses, out.refer(r.file, c.From, r.visible(out), strategy.Copy, pos, out.stage.index, true))
}

func (r *resolver) mounts(out *resolved, st *step) {
	for _, m := range st.mounts {
		switch {
		case m.from != "":
			out.uses = append(out.uses, out.refer(r.file, m.from, r.visible(out), strategy.Mount, m.pos, out.stage.index, true))
		case m.kind == "bind":
			out.addBind(m)
		}
	}
}

// visible is the scope of a `from`: the stage's variables over the global
// ones.
func (r *resolver) visible(out *resolved) *scope {
	s := r.global.clone()
	maps.Copy(s.vars, out.scope.vars)
	return s
}

// refer follows one reference made in stage number index.
func (out *resolved) refer(f *File, word string, in *scope, kind strategy.Kind, pos diag.Pos, index int, byIndex bool) use {
	text, missing, err := in.expand(word)
	if err != nil {
		out.problems.Add(diag.Errorf("bad-reference", pos, "%s: %v", word, err))
		return use{}
	}
	if missing = required(word, missing); len(missing) > 0 || text == "" {
		out.problems.Add(unset(word, missing, in, pos))
		return use{}
	}
	if s := f.lookup(text, index, byIndex); s != nil {
		if s.name != "" && s.name != text && strings.EqualFold(s.name, text) {
			out.problems.Add(diag.Errorf("stage-case", pos, "stage %q is written %q here", s.name, text).
				WithDetail("Docker takes both for one name, buildah does not. The stage is named at %s.", s.pos).
				WithFix("write %q in both places", s.name))
		}
		return use{stage: s}
	}
	return use{image: Image{Reference: text, Kind: kind, Pos: pos, Written: word}}
}

func unset(word string, missing []string, in *scope, pos diag.Pos) diag.Diagnostic {
	if len(missing) == 0 {
		return diag.Errorf("bad-reference", pos, "%s is empty", word)
	}
	d := diag.Errorf("unset-argument", pos, "%s: %s has no value here", word, strings.Join(missing, ", "))
	if d.Fix = diag.Suggest(missing[0], in.Keys()); d.Fix == "" {
		d.Fix = "declare it before the first FROM, as in ARG " + missing[0] + "=…, or pass a build argument"
	}
	return d
}

// reach marks stage number index and all it needs.
func (r *resolver) reach(index int, seen map[int]bool) {
	if seen[index] {
		return
	}
	seen[index] = true
	st := r.stages[index]
	for _, u := range append(slices.Clone(st.uses), st.from) {
		if u.stage != nil {
			r.reach(u.stage.index, seen)
		}
	}
}

// collect fills b from the stages that are reached.
func (r *resolver) collect(b *Build, target int) diag.List {
	var problems diag.List
	r.stages[r.root(target)].from.image.Kind = strategy.Base
	for _, st := range r.stages {
		if st == nil || !b.stages[st.stage.index] {
			continue
		}
		problems.Add(st.problems...)
		maps.Copy(r.stages[r.root(st.stage.index)].assumed, st.assumed)
	}
	for _, st := range r.stages {
		if st != nil && b.stages[st.stage.index] {
			st.from.image.Assumed = st.assumed
			b.addStage(st)
		}
	}
	problems.Add(b.ambiguous()...)
	return problems
}

// root is the stage at the bottom of those that the one at index stands on.
func (r *resolver) root(index int) int {
	for r.stages[index].from.stage != nil {
		index = r.stages[index].from.stage.index
	}
	return index
}

func (b *Build) addStage(st *resolved) {
	for _, u := range append([]use{st.from}, st.uses...) {
		if u.stage == nil && u.image.Reference != "" && u.image.Reference != "scratch" {
			b.Images = append(b.Images, u.image)
		}
	}
	b.sources = append(b.sources, st.sources...)
	b.Steps = append(b.Steps, Step{Pos: st.stage.pos, Text: st.stage.text, Stage: st.stage.index, Platform: st.platform})
	for _, s := range st.stage.steps {
		b.Steps = append(b.Steps, Step{Pos: s.pos, Text: s.text, Stage: st.stage.index, Network: s.network(), Platform: st.platform})
	}
}
