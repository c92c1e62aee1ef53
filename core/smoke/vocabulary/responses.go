package vocabulary

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/world"
)

func responses() []step.Definition {
	return []step.Definition{
		{
			Pattern: `the response status is {status}`, Keyword: step.Then, Run: responseStatus,
			Example: `the response status is 200`,
			Doc:     "The last response has this status.",
		},
		{
			Pattern: `the response status is one of {numbers}`, Keyword: step.Then, Run: responseStatusAmong,
			Example: `the response status is one of "200,204"`,
			Doc:     "The last response has one of these statuses.",
		},
		{
			Pattern: `the response header {string} contains {string}`, Keyword: step.Then, Run: responseHeader,
			Example: `the response header "Content-Type" contains "application/json"`,
			Doc:     "The last response has the header, and it has this in it.",
		},
		{
			Pattern: `the response does not have the header {string}`, Keyword: step.Then, Run: responseNoHeader,
			Example: `the response does not have the header "X-Powered-By"`,
			Doc:     "The last response does not have the header.",
		},
		{
			Pattern: `the response time is below {duration}`, Keyword: step.Then, Run: responseTime,
			Example: `the response time is below "500ms"`,
			Doc:     "The last response was read to its end in less than this.",
		},
	}
}

func statusIs(e *world.Exchange, want int) error {
	if e.Status != want {
		return world.Mismatchf("%s %s returned %d %s, want %d", e.Method, e.URL, e.Status, http.StatusText(e.Status), want)
	}
	return nil
}

func responseStatus(_ context.Context, w *world.World, args step.Args) error {
	e, err := w.Exchange()
	if err != nil {
		return err
	}
	return statusIs(e, args.Int(0))
}

func responseStatusAmong(_ context.Context, w *world.World, args step.Args) error {
	e, err := w.Exchange()
	if err == nil && !slices.Contains(args.Ints(0), e.Status) {
		return world.Mismatchf("the response status is %d, want one of %v", e.Status, args.Ints(0))
	}
	return err
}

func responseHeader(_ context.Context, w *world.World, args step.Args) error {
	e, err := w.Exchange()
	if err != nil {
		return err
	}
	if len(e.Response.Values(args.String(0))) == 0 {
		return world.Mismatchf("the response has no header %q", args.String(0))
	}
	return contains("the response header "+args.String(0), e.Response.Get(args.String(0)), args.String(1))
}

func responseNoHeader(_ context.Context, w *world.World, args step.Args) error {
	e, err := w.Exchange()
	if err == nil && len(e.Response.Values(args.String(0))) > 0 {
		return world.Mismatchf("the response has the header %q: %q", args.String(0), e.Response.Get(args.String(0)))
	}
	return err
}

func responseTime(_ context.Context, w *world.World, args step.Args) error {
	e, err := w.Exchange()
	if err == nil && e.Duration >= args.Duration(0) {
		return world.Mismatchf("the response took %s, want less than %s", e.Duration.Round(time.Millisecond), args.Duration(0))
	}
	return err
}

func bodies() []step.Definition {
	return []step.Definition{
		{
			Pattern: `the response body contains {string}`, Keyword: step.Then, Run: bodyContains,
			Example: `the response body contains "UP"`,
			Doc:     "The body of the last response has this text in it.",
		},
		{
			Pattern: `the response body does not contain {string}`, Keyword: step.Then, Run: bodyLacks,
			Example: `the response body does not contain "stack trace"`,
			Doc:     "The body of the last response does not have this text in it. It is an error when the body is too long to be read.",
		},
		{
			Pattern: `the response body matches {regexp}`, Keyword: step.Then, Run: bodyMatches,
			Example: `the response body matches "(?s)<title>.*</title>"`,
			Doc:     "The regular expression matches somewhere in the body of the last response.",
		},
		{
			Pattern: `the response JSON path {string} equals {string}`, Keyword: step.Then, Run: bodyPathEquals,
			Example: `the response JSON path "status" equals "UP"`,
			Doc:     `The body of the last response is JSON, and has this at the path; \. is a dot in a name.`,
		},
	}
}

// body is the whole body: a part of it proves nothing.
func body(w *world.World) (string, error) {
	e, err := w.Exchange()
	if err != nil {
		return "", err
	}
	if e.Truncated {
		return "", fmt.Errorf("the response body is too long to look into: more than %d bytes", maxBody)
	}
	return string(e.Body), nil
}

func bodyContains(_ context.Context, w *world.World, args step.Args) error {
	got, err := body(w)
	if err != nil {
		return err
	}
	return contains("the response body", got, args.String(0))
}

func bodyLacks(_ context.Context, w *world.World, args step.Args) error {
	got, err := body(w)
	if err != nil {
		return err
	}
	return lacks("the response body", got, args.String(0))
}

func bodyMatches(_ context.Context, w *world.World, args step.Args) error {
	got, err := body(w)
	if err != nil {
		return err
	}
	return matches("the response body", got, args.Regexp(0))
}

func bodyPathEquals(_ context.Context, w *world.World, args step.Args) error {
	got, err := body(w)
	if err != nil {
		return err
	}
	return jsonPathEquals("the response body", []byte(got), args.String(0), args.String(1))
}
