package vocabulary

import (
	"context"
	"net/http"

	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/world"
)

func requests() []step.Definition {
	return []step.Definition{
		{
			Pattern: `I {method} {path} on port {port}`, Keyword: step.When, Run: requestOnce,
			Example: `I GET "/health" on port 8080`,
			Doc:     "Sends an HTTP request to the container, once.",
		},
		{
			Pattern: `I {method} {path} on port {port} within {duration}`, Keyword: step.When, Run: requestWithin,
			Example: `I GET "/health" on port 8080 within "30s"`,
			Doc:     "Sends the request again until there is an answer, be it an error page. A container that exits fails at once.",
		},
		{
			Pattern: `I {method} {path} on port {port} with the JSON body:`, Keyword: step.When, Run: requestJSON,
			Argument: step.DocString,
			Example:  "I POST \"/orders\" on port 8080 with the JSON body:\n  \"\"\"\n  {\"item\": 1}\n  \"\"\"",
			Doc:      "Sends the doc string as application/json.",
		},
		{
			Pattern: `I {method} {path} on port {port} with headers:`, Keyword: step.When, Run: requestHeaders,
			Argument: step.Table, Columns: []string{"name", "value"},
			Example: "I GET \"/\" on port 8080 with headers:\n  | name   | value            |\n  | Accept | application/json |",
			Doc:     "Sends the request with these headers; Host sets the host that is asked for.",
		},
		{
			Pattern: `I send a {method} request to {url}`, Keyword: step.When, Run: requestURL,
			Example: `I send a GET request to "http://web:8080/health"`,
			Doc:     "Sends a request to a named container or a service of the deployment, which is the host of the address.",
		},
		{
			Pattern: `basic authentication as {string} with the password {string}`, Keyword: step.Given, Run: authenticate,
			Example: `basic authentication as "admin" with the password "{{ .admin_password }}"`,
			Doc:     "Makes the following requests carry this name and password.",
		},
	}
}

func requestOnce(ctx context.Context, w *world.World, args step.Args) error {
	_, err := send(ctx, w, local(args.String(0), args.Int(2), args.String(1)))
	return err
}

func requestWithin(ctx context.Context, w *world.World, args step.Args) error {
	return w.Eventually(ctx, args.Duration(3), func(ctx context.Context) error { return requestOnce(ctx, w, args) })
}

func requestJSON(ctx context.Context, w *world.World, args step.Args) error {
	c := local(args.String(0), args.Int(2), args.String(1))
	c.header, c.body = http.Header{"Content-Type": {"application/json"}}, args.Doc
	_, err := send(ctx, w, c)
	return err
}

func requestHeaders(ctx context.Context, w *world.World, args step.Args) error {
	c := local(args.String(0), args.Int(2), args.String(1))
	c.header = http.Header{}
	for _, row := range args.Rows[1:] {
		c.header.Add(row[0], row[1])
	}
	_, err := send(ctx, w, c)
	return err
}

func requestURL(ctx context.Context, w *world.World, args step.Args) error {
	_, err := send(ctx, w, call{method: args.String(0), url: args.String(1)})
	return err
}

func authenticate(_ context.Context, w *world.World, args step.Args) error {
	w.Authenticate(world.Credentials{User: args.String(0), Password: args.String(1)})
	return nil
}

func pages() []step.Definition {
	return []step.Definition{
		{
			Pattern: `{path} on port {port} returns {status}`, Keyword: step.Then, Run: pageReturns,
			Example: `"/admin" on port 8080 returns 401`,
			Doc:     "Gets the page once, and compares the status.",
		},
		{
			Pattern: `{path} on port {port} returns {status} within {duration}`, Keyword: step.Then, Run: pageReturnsWithin,
			Example: `"/health" on port 8080 returns 200 within "30s"`,
			Doc:     "Gets the page again until the status is this. A container that exits fails at once.",
		},
		{
			Pattern: `{path} on port {port} returns {status} for {duration}`, Keyword: step.Then, Run: pageReturnsFor,
			Example: `"/health" on port 8080 returns 200 for "20s"`,
			Doc:     "Gets the page again and again, and every time the status is this.",
		},
		{
			Pattern: `{path} on port {port} redirects to {string}`, Keyword: step.Then, Run: pageRedirects,
			Example: `"/" on port 8080 redirects to "/login"`,
			Doc:     "Gets the page once: the status is 3xx and the Location is this.",
		},
	}
}

func pageReturns(ctx context.Context, w *world.World, args step.Args) error {
	e, err := send(ctx, w, local(http.MethodGet, args.Int(1), args.String(0)))
	if err != nil {
		return err
	}
	return statusIs(e, args.Int(2))
}

func pageReturnsWithin(ctx context.Context, w *world.World, args step.Args) error {
	return w.Eventually(ctx, args.Duration(3), func(ctx context.Context) error { return pageReturns(ctx, w, args) })
}

func pageReturnsFor(ctx context.Context, w *world.World, args step.Args) error {
	return w.Throughout(ctx, args.Duration(3), func(ctx context.Context) error { return pageReturns(ctx, w, args) })
}

func pageRedirects(ctx context.Context, w *world.World, args step.Args) error {
	e, err := send(ctx, w, local(http.MethodGet, args.Int(1), args.String(0)))
	if err != nil {
		return err
	}
	if e.Status < 300 || e.Status > 399 {
		return world.Mismatchf("the response status is %d, want a redirect", e.Status)
	}
	return equal("the Location", e.Response.Get("Location"), args.String(2))
}
