package action

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/sdk/diag"
)

// URI is the action that asks a web server.
type URI struct {
	Dir         string       // the project's root, where ca is looked for last
	Deployments *Deployments // brought up before anything is asked; nil: there are none
	Env         []string     // says which proxies there are: http_proxy, https_proxy, no_proxy
}

// uriArgs are the arguments of `uri`.
type uriArgs struct {
	URL        string            `yaml:"url,required" doc:"what to ask for" example:"http://127.0.0.1:8080/health"`
	Method     string            `yaml:"method" default:"GET" choices:"GET,HEAD,POST,PUT,PATCH,DELETE,OPTIONS" doc:"how to ask"`
	Headers    map[string]string `yaml:"headers" doc:"headers of the request" example:"{Accept: application/json}"`
	Body       document.Node     `yaml:"body" doc:"what to send: a text, or with json and form a mapping" example:"{name: web}"`
	BodyFormat string            `yaml:"body_format" default:"raw" choices:"raw,json,form" doc:"how the body is written; json and form say so in the header Content-Type unless it is given"`
	StatusCode []int             `yaml:"status_code" default:"[200]" doc:"the status codes that are success" example:"[200, 204]"`
	Content    bool              `yaml:"return_content" default:"false" doc:"keep the body of the answer as content"`
	Timeout    time.Duration     `yaml:"timeout" default:"30s" doc:"for the whole of it, redirects included"`
	Follow     string            `yaml:"follow_redirects" default:"safe" choices:"safe,all,none" doc:"safe: of GET and HEAD alone"`
	Validate   bool              `yaml:"validate_certs" default:"true" doc:"that the server's certificate must be in order"`
	CA         document.Node     `yaml:"ca" doc:"a file of certificates in PEM that may have signed the server's, beside those that the machine trusts" example:"ca.pem"`
	User       string            `yaml:"user" doc:"for basic authentication"`
	Password   string            `yaml:"password" doc:"for basic authentication"`
}

// uriResult is what is registered of `uri`.
type uriResult struct {
	Status  int               `yaml:"status" doc:"the status code; -1 when there was no answer; in check mode the first that is success"`
	URL     string            `yaml:"url" doc:"what answered, after redirects"`
	Headers map[string]string `yaml:"headers" doc:"headers of the answer; their names are in lower case and have '_' for '-'"`
	Content string            `yaml:"content" doc:"the body of the answer; empty unless return_content is set"`
	JSON    any               `yaml:"json" doc:"the body of the answer when its header Content-Type says that it is JSON"`
	Elapsed float64           `yaml:"elapsed" doc:"the seconds that it took"`
}

// Declare declares the action.
func (*URI) Declare() declare.Action {
	return declare.Action{
		Name:    "uri",
		Summary: "ask a web server",
		Alone:   "url",
		About: "A status that is none of status_code is a failure, and so is an answer of more than 16 MiB. Proxies are those of the " +
			"environment (http_proxy, https_proxy, no_proxy).\n\n" + lookedFor("files"),
		Args: new(uriArgs), Result: new(uriResult),
		Check: "Is skipped, whatever the method: what would answer was not started.",
		Examples: []string{
			"name: Wait until it is healthy\nuri:\n  url: http://127.0.0.1:8080/health\nregister: health\nuntil: eq .health.status 200\nretries: 30\ndelay: 2s",
			"name: Tell the chat\nuri:\n  url: https://chat.example.org/hook\n  method: POST\n  body_format: json\n  body: {text: \"{{ .image.name }} is out\"}\n  status_code: [200, 204]",
		},
		Rule: checkURI,
	}
}

func checkURI(args document.Node) diag.List {
	var found diag.List
	if u := args.Get("url"); !isTemplate(u) {
		if err := checkURL(u.Text()); err != nil {
			found.Add(diag.Errorf("bad-url", u.Pos(), "%q cannot be asked for: %v", u.Text(), err).WithFix("write a whole URL: http://127.0.0.1:8080/health"))
		}
	}
	body, format := args.Get("body"), args.Get("body_format")
	if format.Text() == "form" && !body.IsZero() && body.Kind() != document.Mapping && !isTemplate(body) {
		found.Add(diag.Errorf("wrong-type", body.Pos(), "want a mapping for a form, found %s", body.Describe()))
	}
	if (format.IsZero() || format.Text() == "raw") && !body.IsZero() && body.Kind() != document.Scalar {
		found.Add(diag.Errorf("wrong-type", body.Pos(), "want text, found %s", body.Describe()).WithFix("say body_format: json, or form"))
	}
	if user, password := args.Get("user"), args.Get("password"); user.IsZero() && !password.IsZero() {
		found.Add(diag.Errorf("missing-key", password.Pos(), "there is a password and no user"))
	}
	return found
}

// onlyAsk are the methods that change nothing.
func onlyAsk() []string { return []string{http.MethodGet, http.MethodHead, http.MethodOptions} }

// isTemplate reports whether a node is a text with a template in it.
func isTemplate(n document.Node) bool { return strings.Contains(n.Text(), "{{") }

// Run asks for what a step names.
func (u *URI) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	args, err := declare.Decode[uriArgs](step.Args)
	if err != nil {
		return engine.Result{}, err
	}
	if step.Check {
		return engine.Result{Skipped: true, Values: declare.Values(uriResult{Status: slices.Concat(args.StatusCode, []int{0})[0], URL: args.URL})}, nil
	}
	if slices.Contains(onlyAsk(), args.Method) {
		if err := u.Deployments.rouse(ctx); err != nil {
			return engine.Result{}, err
		}
	}
	client, err := u.client(step, args)
	if err != nil {
		return engine.Result{}, err
	}
	defer client.CloseIdleConnections()
	request, err := newRequest(ctx, args)
	if err != nil {
		return engine.Result{}, err
	}
	begun := time.Now()
	got, err := ask(client, request, args)
	got.Elapsed = time.Since(begun).Seconds()
	changes := !slices.Contains(onlyAsk(), args.Method)
	result := engine.Result{Changed: changes && err == nil, Verb: args.Method, Detail: got.line(), Values: declare.Values(got)}
	if err != nil {
		return result, askingError(args, err)
	}
	if !slices.Contains(args.StatusCode, got.Status) {
		return result, fmt.Errorf("asking %s: it answered %s, and success is %s", got.URL, status(got.Status), codes(args.StatusCode))
	}
	return result, nil
}

// line is a result in short.
func (r uriResult) line() string { return status(r.Status) + " " + r.URL }

func status(code int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", code, http.StatusText(code)))
}

func codes(all []int) string {
	var out []string
	for _, code := range all {
		out = append(out, fmt.Sprint(code))
	}
	return strings.Join(out, " or ")
}

// askingError says what was asked; how long it was waited stands in the task.
func askingError(args uriArgs, err error) error {
	if timeout, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err); ok && timeout.Timeout() {
		return fmt.Errorf("asking %s: no answer within %s", args.URL, args.Timeout)
	}
	return fmt.Errorf("asking %s: %w", args.URL, err)
}
