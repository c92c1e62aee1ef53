package action

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/sdk/diag"
)

// WaitFor is the action that waits until a port or a file is as wanted.
type WaitFor struct {
	Dir         string       // relative paths start here
	Deployments *Deployments // brought up before a port is looked at; nil: there are none
}

// waitForArgs are the arguments of `wait_for`.
type waitForArgs struct {
	Host           string        `yaml:"host" default:"127.0.0.1" doc:"a name or an address"`
	Port           int           `yaml:"port" doc:"a TCP port; either port or path must be given" example:"8080"`
	Path           string        `yaml:"path" doc:"a file or a folder; relative ones start in the project's root" example:"run/app.pid"`
	State          string        `yaml:"state" default:"started" choices:"started,present,stopped,absent,drained" doc:"started and present mean the same: the port takes connections, the file is there. So do stopped and absent: it does not. drained: nobody is connected to the port of this machine any more"`
	SearchRegex    string        `yaml:"search_regex" doc:"with started: a regular expression that the file, or what the port sends by itself, must match" example:"'^ready in (\\d+) ms'"`
	Delay          time.Duration `yaml:"delay" default:"0s" doc:"how long to wait before looking for the first time"`
	Sleep          time.Duration `yaml:"sleep" default:"1s" doc:"how long to wait between two looks"`
	Timeout        time.Duration `yaml:"timeout" default:"5m" doc:"after which the step has failed, the delay included"`
	ConnectTimeout time.Duration `yaml:"connect_timeout" default:"5s" doc:"how long one look at a port may take"`
	Msg            string        `yaml:"msg" doc:"what to say when the time is over, instead of what was seen last"`
}

// waitForResult is what is registered of `wait_for`.
type waitForResult struct {
	State   string   `yaml:"state" doc:"the state that was waited for"`
	Groups  []string `yaml:"match_groups" doc:"what the groups of search_regex matched"`
	Elapsed float64  `yaml:"elapsed" doc:"the seconds that were waited"`
}

// Declare declares the action.
func (*WaitFor) Declare() declare.Action {
	return declare.Action{
		Name:    "wait_for",
		Summary: "wait until a port or a file is as wanted",
		About:   "It looks again and again from this machine, and fails when the time is over.",
		Args:    new(waitForArgs), Result: new(waitForResult),
		Check: "Is skipped: what is waited for was not started.",
		Examples: []string{
			"wait_for:\n  port: 8080\n  timeout: 30s",
			"wait_for:\n  path: logs/server.log\n  search_regex: 'started in (\\d+) ms'\nregister: started",
			"wait_for:\n  port: 8080\n  state: drained",
		},
		Rule: checkWaitFor,
	}
}

func checkWaitFor(args document.Node) diag.List {
	port, path, search := args.Get("port"), args.Get("path"), args.Get("search_regex")
	var found diag.List
	if port.IsZero() == path.IsZero() {
		found.Add(diag.Errorf("bad-wait", args.Pos(), "wait_for needs either port or path").WithFix("write wait_for: { port: 8080 }; to wait for a time, use pause"))
	}
	if number, err := strconv.Atoi(port.Text()); err == nil && (number < 1 || number > 65535) {
		found.Add(diag.Errorf("bad-value", port.Pos(), "there is no port %d", number).WithFix("ports go from 1 to 65535"))
	}
	if !isTemplate(search) {
		if _, err := regexp.Compile(search.Text()); err != nil {
			found.Add(diag.Errorf("bad-value", search.Pos(), "%q is no regular expression: %v", search.Text(), err))
		}
	}
	state := args.Get("state")
	if state.Text() == "drained" && port.IsZero() && !path.IsZero() {
		found.Add(diag.Errorf("bad-wait", state.Pos(), "only a port can be drained").WithFix("wait for port, or for path with state: absent"))
	}
	return found
}

// Run waits for what a step names.
func (w *WaitFor) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	args, err := declare.Decode[waitForArgs](step.Args)
	if err != nil {
		return engine.Result{}, err
	}
	result := waitForResult{State: args.State}
	if step.Check {
		return engine.Result{Skipped: true, Values: declare.Values(result)}, nil
	}
	search, err := regexp.Compile(args.SearchRegex)
	if err != nil {
		return engine.Result{}, fmt.Errorf("reading search_regex: %w", err)
	}
	if args.Port != 0 {
		if err := w.Deployments.rouse(ctx); err != nil {
			return engine.Result{}, err
		}
	}
	begun := time.Now()
	l := lookout{args: args, path: within(w.Dir, args.Path), search: search}
	result.Groups, err = l.until(ctx)
	took := time.Since(begun)
	result.Elapsed = took.Seconds()
	return engine.Result{Verb: args.State, Detail: l.what(), Values: declare.Values(result)}, err
}
