package dockerfile

import (
	"maps"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/shell"

	"github.com/slipway-build/slipway/sdk/platform"
)

// A scope holds the variables that are visible at one place in the file. What
// the image that the stage stands on sets is not known here, and wins over ARG.
type scope struct {
	lex     *shell.Lex
	vars    map[string]string
	set     map[string]bool              // those of ENV, which win over ARG
	assumed map[string]map[string]string // variable → the ARGs that its value is made of, with theirs
}

func newScope(lex *shell.Lex, vars map[string]string) *scope {
	return &scope{lex: lex, vars: vars, set: map[string]bool{}, assumed: map[string]map[string]string{}}
}

// Get and Keys make a scope what the lexer expands from.
func (s *scope) Get(name string) (string, bool) {
	v, ok := s.vars[name]
	return v, ok
}

// Keys returns the names of all variables, sorted.
func (s *scope) Keys() []string { return slices.Sorted(maps.Keys(s.vars)) }

func (s *scope) clone() *scope {
	return &scope{lex: s.lex, vars: maps.Clone(s.vars), set: maps.Clone(s.set), assumed: maps.Clone(s.assumed)}
}

// expand replaces the variables in word. missing are those that are not set
// here; each counts as empty, or as its default.
func (s *scope) expand(word string) (text string, missing []string, err error) {
	r, err := s.lex.ProcessWordWithMatches(word, s)
	return r.Result, slices.Sorted(maps.Keys(r.Unmatched)), err
}

// assumes returns the variables that make something else of word when the base
// image sets them otherwise: ARGs, and those of which the default is taken.
func (s *scope) assumes(word string) map[string]string {
	out := map[string]string{}
	r, err := s.lex.ProcessWordWithMatches(word, s)
	if err != nil {
		return out
	}
	for name := range r.Matched {
		maps.Copy(out, s.assumed[name])
	}
	for name := range r.Unmatched {
		out[name] = ""
	}
	return out
}

// required returns those of missing that have no default in word.
func required(word string, missing []string) []string {
	return slices.DeleteFunc(missing, func(name string) bool {
		for _, op := range []string{":-", "-", ":+", "+"} {
			if strings.Contains(word, "${"+name+op) {
				return true
			}
		}
		return false
	})
}

// globalScope holds what a FROM may use: the platforms, and the ARGs before
// the first FROM, with the build's arguments for those that are declared.
func (f *File) globalScope(options Options) *scope {
	s := newScope(shell.NewLex(f.escape), platformVars(options.Platform))
	for _, arg := range f.globals {
		s.declare(arg, options.Args, nil)
	}
	return s
}

// declare makes the variables of an ARG visible: the build's argument, else
// the default, else the value of the same name outside. One that ENV has set
// stays as it is.
func (s *scope) declare(arg *instructions.ArgCommand, args map[string]string, outside *scope) {
	for _, kv := range arg.Args {
		if s.set[kv.Key] {
			continue
		}
		v, made, ok := s.argument(kv, args, outside)
		if !ok {
			continue
		}
		s.vars[kv.Key] = v
		s.assumed[kv.Key] = made
		made[kv.Key] = v
	}
}

// argument returns the value of one ARG and what it assumes.
func (s *scope) argument(kv instructions.KeyValuePairOptional, args map[string]string, outside *scope) (value string, assumed map[string]string, ok bool) {
	if v, ok := args[kv.Key]; ok {
		return v, map[string]string{}, true
	}
	if kv.Value != nil {
		v, _, err := s.expand(*kv.Value)
		return v, s.assumes(*kv.Value), err == nil
	}
	if outside == nil {
		return "", nil, false
	}
	value, ok = outside.vars[kv.Key]
	return value, map[string]string{}, ok
}

// env makes the variables of an ENV visible. All values of one instruction
// see the variables as they were before it.
func (s *scope) env(env *instructions.EnvCommand) {
	before := s.clone()
	for _, kv := range env.Env {
		v, missing, err := before.expand(kv.Value)
		s.set[kv.Key], s.assumed[kv.Key] = true, before.assumes(kv.Value)
		if err != nil || len(missing) > 0 {
			delete(s.vars, kv.Key)
			continue
		}
		s.vars[kv.Key] = v
	}
}

// platformVars are the variables that every build has. target is
// "os/arch[/variant]"; empty: the machine's own.
func platformVars(target string) map[string]string {
	own := platform.Own()
	if target == "" {
		target = own
	}
	vars := map[string]string{}
	for prefix, text := range map[string]string{"BUILD": own, "TARGET": target} {
		vars[prefix+"PLATFORM"] = text
		vars[prefix+"OS"], vars[prefix+"ARCH"], vars[prefix+"VARIANT"] = platform.Parts(text)
	}
	return vars
}
