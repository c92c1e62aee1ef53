package action

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Script is the action that runs a file of the playbook or of a role. What
// reads the file is said by its first line, so it need not be executable.
type Script struct {
	Dir string   // the project's root: where scripts run, and are looked for last
	Env []string // the environment of every script
}

// scriptArgs are the arguments of `script`.
type scriptArgs struct {
	File    document.Node     `yaml:"file,required" doc:"the script, looked for as all files of tasks are; its first line names its interpreter" example:"check.sh"`
	Args    []string          `yaml:"args" doc:"arguments for it" example:"[--verbose]"`
	Chdir   string            `yaml:"chdir" doc:"the folder to run in; by default the project's root, where relative ones start as well"`
	Env     map[string]string `yaml:"environment" doc:"variables of the environment, beside those that slipway and the task's keyword environment give" example:"{LANG: C}"`
	Stdin   string            `yaml:"stdin" doc:"a text that the script can read from its input, which is empty otherwise"`
	Creates string            `yaml:"creates" doc:"a file, or a pattern of files; when there is one the script is not run"`
	Removes string            `yaml:"removes" doc:"a file, or a pattern of files; when there is none the script is not run"`
	Timeout time.Duration     `yaml:"timeout" doc:"after which the script and all it started are ended, and the step has failed; by default never" example:"10m"`
	Check   bool              `yaml:"check" default:"false" doc:"that the script changes nothing: it runs in check mode, too"`
}

// Declare declares the action.
func (*Script) Declare() declare.Action {
	return declare.Action{
		Name:    "script",
		Summary: "run a script of the playbook or of a role",
		Alone:   "file",
		About: lookedFor("files") + "\n\nThe script is run by the interpreter that its first line names (#!/bin/sh), and need not be " +
			"executable. In everything else it is as command.",
		Args: new(scriptArgs), Result: new(processResult),
		Check:    "Is skipped, unless check says that the script changes nothing. That the script is there is looked at all the same.",
		Examples: []string{"script:\n  file: smoke/ready.sh\n  args: [\"{{ .image.name }}\"]\n  check: true"},
	}
}

// lookedFor says where the files of a task are looked for.
func lookedFor(below string) string {
	return "A relative name is looked for in the folder of the file that the task stands in, or of its role, and then in every folder above " +
		"that up to the project's root; in each of them in " + below + "/ first."
}

// Run runs the script of a step.
func (s *Script) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	args, err := declare.Decode[scriptArgs](step.Args)
	if err != nil {
		return engine.Result{}, err
	}
	path, err := find(s.Dir, step.Dir, "files", args.File)
	if err != nil {
		return engine.Result{}, err
	}
	interpreter, err := interpreterOf(path)
	if err != nil {
		return engine.Result{}, scriptProblem(args.File, path, err)
	}
	argv := append(append(interpreter, path), args.Args...)
	p := process{argv: argv, dir: within(s.Dir, args.Chdir), env: environment(args.Env, s.Env, step.Env), stdin: args.Stdin, timeout: args.Timeout}
	return p.guarded(ctx, step, args.Creates, args.Removes, args.Check)
}

// errNoInterpreter says that the first line of a file names no program.
var errNoInterpreter = errors.New("its first line names no interpreter")

func scriptProblem(file document.Node, path string, err error) error {
	if errors.Is(err, errNoInterpreter) {
		return diag.Errorf("no-interpreter", file.Pos(), "%s cannot be run as a script: %v", path, err).
			WithFix("begin it with a line such as #!/bin/sh, or run a program with command")
	}
	return err
}

// interpreterOf reads the first line of a script as the kernel does: a program
// and at most one argument.
func interpreterOf(path string) ([]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the script: %w", err)
	}
	defer func() { _ = file.Close() }()
	line, err := bufio.NewReader(io.LimitReader(file, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading the script: %w", err)
	}
	rest, ok := strings.CutPrefix(line, "#!")
	program, argument, _ := strings.Cut(strings.TrimSpace(rest), " ")
	if !ok || program == "" {
		return nil, errNoInterpreter
	}
	if argument = strings.TrimSpace(argument); argument != "" {
		return []string{program, argument}, nil
	}
	return []string{program}, nil
}
