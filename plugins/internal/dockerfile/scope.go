package dockerfile

import (
	"maps"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/shell"

	"github.com/slipway-build/slipway/sdk/platform"
)

// A scope holds the variables that are visible at one place in the file.
type scope struct {
	lex  *shell.Lex
	vars map[string]string
}

// Get and Keys make a scope what the lexer expands from.
func (s *scope) Get(name string) (string, bool) {
	v, ok := s.vars[name]
	return v, ok
}

// Keys returns the names of all variables, sorted.
func (s *scope) Keys() []string { return slices.Sorted(maps.Keys(s.vars)) }

func (s *scope) clone() *scope { return &scope{lex: s.lex, vars: maps.Clone(s.vars)} }

// expand replaces the variables in word. missing are those that are not set
// here; each counts as empty, or as its default.
func (s *scope) expand(word string) (text string, missing []string, err error) {
	r, err := s.lex.ProcessWordWithMatches(word, s)
	return r.Result, slices.Sorted(maps.Keys(r.Unmatched)), err
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
	s := &scope{lex: shell.NewLex(f.escape), vars: platformVars(options.Platform)}
	for _, arg := range f.globals {
		s.declare(arg, options.Args, nil)
	}
	return s
}

// declare makes the variables of an ARG visible: the build's argument, else
// the default, else the value of the same name outside.
func (s *scope) declare(arg *instructions.ArgCommand, args map[string]string, outside *scope) {
	for _, kv := range arg.Args {
		if v, ok := args[kv.Key]; ok {
			s.vars[kv.Key] = v
			continue
		}
		if kv.Value != nil {
			if v, _, err := s.expand(*kv.Value); err == nil {
				s.vars[kv.Key] = v
			}
			continue
		}
		if outside != nil {
			if v, ok := outside.vars[kv.Key]; ok {
				s.vars[kv.Key] = v
			}
		}
	}
}

// env makes the variables of an ENV visible. All values of one instruction
// see the variables as they were before it.
func (s *scope) env(env *instructions.EnvCommand) {
	before := s.clone()
	for _, kv := range env.Env {
		v, missing, err := before.expand(kv.Value)
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
