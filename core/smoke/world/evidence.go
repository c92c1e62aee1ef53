package world

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// maxEvidence is how much of a log, an output or a body is kept: its end.
const maxEvidence = 16 << 10

// An Attachment is evidence kept beside a scenario's outcome.
type Attachment struct {
	Name      string `json:"name"`      // `the container "web": log`
	MediaType string `json:"mediaType"` // "text/plain", "application/json"
	Body      []byte `json:"body"`
}

// An Exchange is an HTTP request and the response to it.
type Exchange struct {
	Method, URL string
	Request     http.Header // without credentials
	Sent        []byte
	Status      int
	Response    http.Header
	Body        []byte
	Truncated   bool // Body is the beginning only
	Duration    time.Duration
}

// Attach keeps evidence that a step found worth keeping.
func (w *World) Attach(a Attachment) { w.attachments = append(w.attachments, a) }

// Evidence returns what was attached and what the scenario left behind: the
// state and the end of the log of each container and service, the last command
// and the last HTTP exchange. It is asked for when a scenario has not passed.
func (w *World) Evidence(ctx context.Context) []Attachment {
	out := slices.Clone(w.attachments)
	if w.result != nil {
		out = append(out, text("the last command", w.result.describe()))
	}
	if w.exchange != nil {
		out = append(out, text("the last HTTP exchange", w.exchange.describe()))
	}
	for _, name := range slices.Sorted(maps.Keys(w.containers)) {
		out = append(out, containerEvidence(ctx, describe(name), w.containers[name])...)
	}
	return append(out, w.deploymentEvidence(ctx)...)
}

func containerEvidence(ctx context.Context, name string, c Container) []Attachment {
	out := []Attachment{text(name+": log", c.Logs())}
	state, err := c.State(ctx)
	if err != nil {
		return append(out, text(name+": state", []byte(err.Error())))
	}
	return append(out, asJSON(name+": state", state))
}

func (w *World) deploymentEvidence(ctx context.Context) []Attachment {
	if w.parts.Deployment == nil {
		return nil
	}
	services, err := w.parts.Deployment.Services(ctx)
	if err != nil {
		return []Attachment{text("the deployment: services", []byte(err.Error()))}
	}
	out := []Attachment{asJSON("the deployment: services", services)}
	seen := map[string]bool{}
	for _, s := range services {
		if seen[s.Name] {
			continue
		}
		seen[s.Name] = true
		if log, err := w.parts.Deployment.Logs(s.Name); err == nil {
			out = append(out, text(fmt.Sprintf("the service %q: log", s.Name), log))
		}
	}
	return out
}

func (r *Result) describe() []byte {
	return fmt.Appendf(nil, "$ %s\nexit code %d after %s\n--- stdout\n%s\n--- stderr\n%s\n",
		strings.Join(r.Command, " "), r.ExitCode, r.Duration.Round(time.Millisecond), tail(r.Stdout), tail(r.Stderr))
}

func (e *Exchange) describe() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "> %s %s\n", e.Method, e.URL)
	writeHeader(&b, "> ", e.Request)
	fmt.Fprintf(&b, "%s\n< %d %s after %s\n", tail(e.Sent), e.Status, http.StatusText(e.Status), e.Duration.Round(time.Millisecond))
	writeHeader(&b, "< ", e.Response)
	fmt.Fprintf(&b, "%s\n", tail(e.Body))
	return b.Bytes()
}

func writeHeader(b *bytes.Buffer, prefix string, header http.Header) {
	for _, name := range slices.Sorted(maps.Keys(header)) {
		value := strings.Join(header[name], ", ")
		if name == "Authorization" || name == "Cookie" || name == "Set-Cookie" {
			value = "(not shown)"
		}
		fmt.Fprintf(b, "%s%s: %s\n", prefix, name, value)
	}
}

func text(name string, body []byte) Attachment {
	return Attachment{Name: name, MediaType: "text/plain", Body: tail(body)}
}

func asJSON(name string, v any) Attachment {
	body, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return text(name, []byte(err.Error()))
	}
	return Attachment{Name: name, MediaType: "application/json", Body: body}
}

// tail returns the end of b, and says when there was more.
func tail(b []byte) []byte {
	if len(b) <= maxEvidence {
		return b
	}
	return append([]byte("… (the beginning is left out)\n"), b[len(b)-maxEvidence:]...)
}
