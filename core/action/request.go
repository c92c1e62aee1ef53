package action

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/sdk/diag"
)

// maxAnswer bounds the body of an answer: it is kept in memory and journaled.
const maxAnswer = 16 << 20

// checkURL refuses what is no whole URL of the web.
func checkURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		if wrong, ok := errors.AsType[*url.Error](err); ok {
			return wrong.Err
		}
		return err
	case u.Scheme != "http" && u.Scheme != "https":
		return errors.New("it begins neither with http:// nor with https://")
	case u.Host == "":
		return errors.New("it names no host")
	}
	return nil
}

// client makes a client as the arguments want it. It keeps nothing of the
// process's own settings.
func (u *URI) client(step engine.Step, args uriArgs) (*http.Client, error) {
	roots, err := u.roots(step, args)
	if err != nil {
		return nil, err
	}
	proxy := proxies(u.Env).ProxyFunc()
	return &http.Client{
		Timeout: args.Timeout,
		Transport: &http.Transport{
			Proxy: func(r *http.Request) (*url.URL, error) { return proxy(r.URL) },
			//nolint:gosec // that the certificate is not looked at is what validate_certs: false asks for
			TLSClientConfig: &tls.Config{RootCAs: roots, InsecureSkipVerify: !args.Validate},
		},
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			first := via[0].Method
			if args.Follow == "none" || args.Follow == "safe" && first != http.MethodGet && first != http.MethodHead {
				return http.ErrUseLastResponse
			}
			if len(via) >= 10 {
				return errors.New("it is redirected again and again")
			}
			return nil
		},
	}, nil
}

// proxies reads the environment as every tool does.
func proxies(env []string) *httpproxy.Config {
	get := func(name string) string {
		for _, wanted := range []string{strings.ToLower(name), name} {
			for _, e := range slices.Backward(env) {
				if value, ok := strings.CutPrefix(e, wanted+"="); ok {
					return value
				}
			}
		}
		return ""
	}
	return &httpproxy.Config{HTTPProxy: get("HTTP_PROXY"), HTTPSProxy: get("HTTPS_PROXY"), NoProxy: get("NO_PROXY")}
}

// roots are the certificates that the machine trusts, and those of ca. Nil
// stands for the former alone.
func (u *URI) roots(step engine.Step, args uriArgs) (*x509.CertPool, error) {
	if args.CA.IsZero() {
		return nil, nil
	}
	path, err := find(u.Dir, step.Dir, "files", args.CA)
	if err != nil {
		return nil, err
	}
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the certificates: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, diag.Errorf("no-certificate", args.CA.Pos(), "%s holds no certificate", path).WithFix("give certificates in PEM, which begin with -----BEGIN CERTIFICATE-----")
	}
	return pool, nil
}

func newRequest(ctx context.Context, args uriArgs) (*http.Request, error) {
	body, contentType, err := bodyOf(args)
	if err != nil {
		return nil, err
	}
	if err := checkURL(args.URL); err != nil {
		return nil, fmt.Errorf("asking %q: %w", args.URL, err)
	}
	request, err := http.NewRequestWithContext(ctx, args.Method, args.URL, strings.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("asking %q: %w", args.URL, err)
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	for name, value := range args.Headers {
		request.Header.Set(name, value)
		if strings.EqualFold(name, "Host") {
			request.Host = value
		}
	}
	if args.User != "" {
		request.SetBasicAuth(args.User, args.Password)
	}
	return request, nil
}

// bodyOf writes what is to be sent.
func bodyOf(args uriArgs) (body, contentType string, err error) {
	switch {
	case args.Body.IsZero():
		return "", "", nil
	case args.BodyFormat == "json":
		data, err := json.Marshal(args.Body.Value())
		if err != nil {
			return "", "", fmt.Errorf("writing the body: %w", err)
		}
		return string(data), "application/json", nil
	case args.BodyFormat == "form":
		return formOf(args.Body).Encode(), "application/x-www-form-urlencoded", nil
	case args.Body.Kind() != document.Scalar:
		return "", "", diag.Errorf("wrong-type", args.Body.Pos(), "want text, found %s", args.Body.Describe()).WithFix("say body_format: json, or form")
	default:
		return args.Body.Text(), "", nil
	}
}

// formOf reads a mapping; of a list every item is sent.
func formOf(body document.Node) url.Values {
	form := url.Values{}
	for _, e := range body.Entries() {
		for _, item := range e.Value.List() {
			form.Add(e.Key.Text(), item.Text())
		}
	}
	return form
}

// ask sends a request and reads the answer.
func ask(client *http.Client, request *http.Request, args uriArgs) (uriResult, error) {
	got := uriResult{Status: -1, URL: args.URL}
	response, err := client.Do(request)
	if wrong, ok := errors.AsType[*url.Error](err); ok && !wrong.Timeout() {
		err = wrong.Err // without the method and the URL, which are told anyway
	}
	if err != nil {
		return got, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return got, err
	}
	if len(body) > maxAnswer {
		return got, fmt.Errorf("the answer is larger than %d bytes", maxAnswer)
	}
	got.Status, got.URL, got.Headers = response.StatusCode, response.Request.URL.String(), map[string]string{}
	for name, values := range response.Header {
		got.Headers[strings.ReplaceAll(strings.ToLower(name), "-", "_")] = strings.Join(values, ", ")
	}
	if args.Content {
		got.Content = string(body)
	}
	got.JSON, err = jsonOf(response.Header.Get("Content-Type"), body)
	return got, err
}

// jsonOf reads an answer that says that it is JSON.
func jsonOf(contentType string, body []byte) (any, error) {
	media, _, _ := mime.ParseMediaType(contentType)
	if media != "application/json" && !strings.HasSuffix(media, "+json") || len(body) == 0 {
		return nil, nil
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return nil, fmt.Errorf("reading the answer as JSON: %w", err)
	}
	return value, nil
}
