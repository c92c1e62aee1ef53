// Package dockerfile reads a Dockerfile for what it says about its build: which
// images it stands on and takes files from, which files of its context it can
// select, and which steps it will go through. It builds nothing.
//
// The syntax is BuildKit's, the reference implementation; where buildah knows
// more (`COPY --parents`, `--exclude`, mount options), that is accepted, and
// where buildah knows less (it tells stage names of different case apart),
// that is said. Only what the target stage needs counts: a stage nobody uses
// adds neither images nor files.
//
// When in doubt more is answered rather than less: a source that depends on a
// variable which only the base image could set stands for the whole context,
// because a forgotten input would let a stale image pass for a fresh one.
package dockerfile

import (
	"bytes"
	"errors"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/slipway-build/slipway/sdk/diag"
)

// A File is a parsed Dockerfile.
type File struct {
	name    string // as diagnostics show it
	lines   []string
	escape  rune
	globals []*instructions.ArgCommand // before the first FROM
	stages  []*stage
}

// Parse reads a Dockerfile. name is what diagnostics call it. Every
// instruction that is wrong is reported; the file is nil when any is.
func Parse(name string, content []byte) (*File, diag.List) {
	f := &File{name: name, lines: strings.Split(string(content), "\n")}
	result, err := parser.Parse(bytes.NewReader(content))
	if err != nil {
		return nil, diag.List{f.syntaxError(err)}
	}
	f.escape = result.EscapeToken
	var problems diag.List
	for _, node := range result.AST.Children {
		problems.Add(f.add(node)...)
	}
	if len(problems) == 0 && len(f.stages) == 0 {
		problems.Add(diag.Errorf("no-stage", diag.Pos{File: name}, "the file has no FROM instruction"))
	}
	problems.Add(f.stageNames()...)
	if len(problems.Errors()) > 0 {
		return nil, problems
	}
	return f, problems
}

// syntaxError places an error of the parser, which knows the line at most.
func (f *File) syntaxError(err error) diag.Diagnostic {
	pos := diag.Pos{File: f.name}
	if at, ok := errors.AsType[*parser.LocationError](err); ok && len(at.Locations) > 0 && len(at.Locations[0]) > 0 {
		pos.Line = at.Locations[0][0].Start.Line
	}
	return diag.Errorf("dockerfile-syntax", pos, "%s", strings.TrimPrefix(err.Error(), "dockerfile parse error: "))
}

// add takes one instruction into the file.
func (f *File) add(node *parser.Node) diag.List {
	mounts, problems := f.takeMounts(node)
	parsed, err := instructions.ParseInstruction(withoutFlags(node))
	if err != nil {
		problems.Add(f.instructionError(node, err))
		return problems
	}
	switch in := parsed.(type) {
	case *instructions.Stage:
		f.stages = append(f.stages, f.newStage(node, in))
	case *instructions.ArgCommand:
		if len(f.stages) == 0 {
			f.globals = append(f.globals, in)
			return problems
		}
		f.addStep(node, in, nil)
	case instructions.Command:
		if len(f.stages) == 0 {
			problems.Add(diag.Errorf("no-stage", f.place(node, node.Value), "%s stands before the first FROM", strings.ToUpper(node.Value)).
				WithFix("only ARG may stand there"))
			return problems
		}
		f.addStep(node, in, mounts)
	}
	return problems
}

func (f *File) addStep(node *parser.Node, command instructions.Command, mounts []mount) {
	s := f.stages[len(f.stages)-1]
	s.steps = append(s.steps, step{
		command: command,
		mounts:  mounts,
		pos:     f.place(node, node.Value),
		text:    strings.TrimSpace(node.Original),
		node:    node,
	})
}

// instructionError says what is wrong with one instruction.
func (f *File) instructionError(node *parser.Node, err error) diag.Diagnostic {
	pos := f.place(node, node.Value)
	if unknown, ok := errors.AsType[*instructions.UnknownInstructionError](err); ok {
		d := diag.Errorf("unknown-instruction", pos, "unknown instruction %s", strings.ToUpper(unknown.Instruction))
		d.Fix = diag.Suggest(strings.ToUpper(unknown.Instruction), known)
		return d
	}
	summary, _, _ := strings.Cut(err.Error(), " (did you mean")
	return diag.Errorf("dockerfile-syntax", pos, "%s: %s", strings.ToUpper(node.Value), summary)
}

var known = []string{
	"ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL",
	"MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
}

// withoutFlags drops the flags that this package reads itself, or that
// buildah understands and BuildKit's stable parser does not.
func withoutFlags(node *parser.Node) *parser.Node {
	out := *node
	out.Flags = nil
	for _, flag := range node.Flags {
		name, _, _ := strings.Cut(flag, "=")
		switch name {
		case "--mount", "--exclude", "--parents":
		default:
			out.Flags = append(out.Flags, flag)
		}
	}
	return &out
}
