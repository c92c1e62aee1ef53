package action

import (
	"context"
	"time"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Command is the action that runs a program on this machine. It counts as
// changed unless creates or removes say that there was nothing to do, as in
// Ansible.
type Command struct {
	Dir string   // relative folders start here
	Env []string // the environment of every command
}

// commandArgs are the arguments of `command`.
type commandArgs struct {
	Argv    []string          `yaml:"argv,program" doc:"the program and its arguments; no shell reads them" example:"[make, check]"`
	Shell   string            `yaml:"shell" doc:"or a line for /bin/sh" example:"make check | tee check.log"`
	Chdir   string            `yaml:"chdir" doc:"the folder to run in; by default the project's root, where relative ones start as well" example:"tools"`
	Env     map[string]string `yaml:"environment" doc:"variables of the environment, beside those that slipway and the task's keyword environment give" example:"{LANG: C}"`
	Stdin   string            `yaml:"stdin" doc:"a text that the program can read from its input, which is empty otherwise"`
	Creates string            `yaml:"creates" doc:"a file, or a pattern of files; when there is one the program is not run" example:"dist/app"`
	Removes string            `yaml:"removes" doc:"a file, or a pattern of files; when there is none the program is not run" example:"tmp/*.pid"`
	Timeout time.Duration     `yaml:"timeout" doc:"after which the program and all it started are ended, and the step has failed; by default never" example:"10m"`
	Check   bool              `yaml:"check" default:"false" doc:"that the program changes nothing: it runs in check mode, too"`
}

// Declare declares the action.
func (*Command) Declare() declare.Action {
	return declare.Action{
		Name:    "command",
		Summary: "run a program on this machine",
		Alone:   "shell",
		About: "Its output is shown line by line and kept. Any exit code but 0 is a failure. The program counts as having changed something, " +
			"unless creates or removes kept it from running, or changed_when says otherwise.\n\n" +
			"It does not outlive slipway. When that is killed meanwhile, resume asks what became of it, unless creates or removes tells, or check or " +
			"changed_when says that it changes nothing.",
		Args: new(commandArgs), Result: new(processResult),
		Check: "Is skipped, unless check says that the program changes nothing.",
		Examples: []string{
			"command:\n  argv: [make, check]\n  chdir: tools",
			"command:\n  shell: curl -fsS https://example.org/data | tar -x\n  creates: data/\n  timeout: 5m",
			"name: Ask git\ncommand:\n  argv: [git, rev-parse, HEAD]\n  check: true\nregister: head\nchanged_when: false",
		},
		Rule: func(args document.Node) diag.List {
			if args.Get("argv").IsZero() == args.Get("shell").IsZero() || noItems(args.Get("argv")) {
				return diag.List{diag.Errorf("bad-command", args.Pos(), "command needs either argv or shell").WithFix(`write command: { argv: ["make", "check"] }`)}
			}
			return nil
		},
	}
}

// noItems reports whether a node is a list with nothing in it.
func noItems(n document.Node) bool {
	return n.Kind() == document.Sequence && len(n.Items()) == 0
}

// Run runs the command of a step.
func (c *Command) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	args, err := declare.Decode[commandArgs](step.Args)
	if err != nil {
		return engine.Result{}, err
	}
	argv := args.Argv
	if args.Shell != "" {
		argv = []string{"/bin/sh", "-c", args.Shell}
	}
	p := process{argv: argv, dir: within(c.Dir, args.Chdir), env: environment(args.Env, c.Env, step.Env), stdin: args.Stdin, timeout: args.Timeout}
	return p.guarded(ctx, step, args.Creates, args.Removes, args.Check)
}

// guarded runs the program unless there is nothing to do for it, or nothing may
// be changed.
func (p process) guarded(ctx context.Context, step engine.Step, creates, removes string, harmless bool) (engine.Result, error) {
	result, done, err := needless(p.dir, creates, removes)
	result.Values = declare.Values(processResult{Argv: p.argv})
	if done || err != nil {
		return result, err
	}
	if step.Check && !harmless {
		result.Skipped = true
		return result, nil
	}
	return p.run(ctx, step)
}
