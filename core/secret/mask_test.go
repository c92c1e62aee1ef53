package secret_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/core/secret"
	"github.com/slipway-build/slipway/sdk/diag"
)

// canary has a character for every encoding to change.
const canary = `s3cr&t/"c4n>ry' ü`

func mask(t *testing.T, values ...string) *secret.Mask {
	t.Helper()
	m := new(secret.Mask)
	for _, v := range values {
		if !m.Hide(v) {
			t.Fatalf("%q cannot be hidden", v)
		}
	}
	return m
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestEncodings(t *testing.T) {
	plain, escaped := new(bytes.Buffer), new(bytes.Buffer)
	e := json.NewEncoder(plain)
	e.SetEscapeHTML(false)
	if err := errors.Join(e.Encode(canary), xml.EscapeText(escaped, []byte(canary))); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, text, want string }{
		{"as it is", "token " + canary + ".", "token ********."},
		{"twice", canary + canary, "****************"},
		{"JSON", asJSON(t, map[string]string{"a": canary}), `{"a":"********"}`},
		{"JSON of another encoder", plain.String(), "\"********\"\n"},
		{"Go", fmt.Sprintf("%q", canary), `"********"`},
		{"query", "https://x.test/?t=" + url.QueryEscape(canary) + "&a=b", "https://x.test/?t=********&a=b"},
		{"path", "https://x.test/" + url.PathEscape(canary) + "/b", "https://x.test/********/b"},
		{"HTML", "<p>" + html.EscapeString(canary) + "</p>", "<p>********</p>"},
		{"XML", "<p>" + escaped.String() + "</p>", "<p>********</p>"},
		{"shell", "'" + strings.ReplaceAll(canary, "'", `'\''`) + "'", "'********'"},
		{"base64", "x=" + base64.StdEncoding.EncodeToString([]byte(canary)), "x=********"},
		{"base64 for URLs", base64.RawURLEncoding.EncodeToString([]byte(canary)) + " y", "******** y"},
		{"nothing of it", "s3cr&t/", "s3cr&t/"},
	}
	m := mask(t, canary)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := m.Text(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// A password is rarely alone in base64: the user's name stands before it.
func TestBase64AmongOthers(t *testing.T) {
	const password = "correct horse battery"
	m := mask(t, password)
	for _, user := range []string{"", "a", "ab", "abc"} {
		header := base64.StdEncoding.EncodeToString([]byte(user + ":" + password + "\n"))
		got := m.Text(header)
		if !strings.Contains(got, secret.Masked) || len(got) > len(secret.Masked)+len(user)*4/3+8 {
			t.Errorf("of %q is left %q", header, got)
		}
	}
}

func TestLinesAndOverlaps(t *testing.T) {
	tests := []struct {
		name       string
		values     []string
		text, want string
	}{
		{"several lines", []string{"first line\nx\nsecond line\n"}, "> second line\n> first line\nx", "> ********\n> ********\nx"},
		{"the whole with its short lines", []string{"first line\nx\nsecond line\n"}, "first line\nx\nsecond line!", "********!"},
		{"indented", []string{"  first line\n  second line"}, "first line", "********"},
		{"one inside another", []string{"abcd", "xabcdx"}, "xabcdx abcd", "******** ********"},
		{"overlapping", []string{"abcdef", "defghi"}, "<abcdefghi>", "<********>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := mask(t, tt.values...).Text(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestTooShort(t *testing.T) {
	for _, value := range []string{"", "abc", "abc\n", "a\nb\nc", "   a   "} {
		if new(secret.Mask).Hide(value) {
			t.Errorf("%q can be hidden", value)
		}
	}
}

type nested struct {
	Text   string
	Bytes  []byte
	Any    any
	Map    map[string][]string
	Err    error
	When   time.Time
	Next   *nested
	hidden string
}

func TestConceal(t *testing.T) {
	m := mask(t, canary)
	at := time.Unix(1, 0)
	in := nested{
		Text: "a " + canary, Bytes: []byte(canary), Any: []any{map[string]any{canary: 1}, true, nil},
		Map: map[string][]string{"k": {canary, "b"}}, When: at, Next: &nested{Text: canary}, hidden: "kept",
	}
	want := nested{
		Text: "a ********", Bytes: []byte("********"), Any: []any{map[string]any{"********": 1}, true, nil},
		Map: map[string][]string{"k": {"********", "b"}}, When: at, Next: &nested{Text: "********"}, hidden: "kept",
	}
	if diff := cmp.Diff(want, secret.Conceal(m, in), cmp.AllowUnexported(nested{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if in.Next.Text != canary || in.Map["k"][0] != canary {
		t.Error("the value itself was changed")
	}
}

func TestConcealEndsSomewhere(t *testing.T) {
	loop := &nested{}
	loop.Next = loop
	_ = secret.Conceal(mask(t, canary), loop)
}

func TestErrors(t *testing.T) {
	m := mask(t, canary)
	if got := m.Error(fmt.Errorf("asking: %w", io.EOF)); got.Error() != "asking: EOF" || diag.Of(got) != nil {
		t.Errorf("the error is %v", got)
	}
	d := diag.Errorf("x", diag.Pos{File: "f", Line: 1}, "found %s", canary).WithDetail("it is %q", canary).WithFix("drop %s", canary)
	want := diag.List{{Code: "x", Pos: diag.Pos{File: "f", Line: 1}, Summary: "found ********", Detail: `it is "********"`, Fix: "drop ********"}}
	if diff := cmp.Diff(want, diag.Of(m.Error(fmt.Errorf("wrapped: %w", d)))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if m.Error(nil) != nil {
		t.Error("no error became one")
	}
}

type events []event.Event

func (e *events) Emit(one event.Event) { *e = append(*e, one) }

func TestSink(t *testing.T) {
	var got events
	s := mask(t, canary).Sink(&got)
	s.Emit(event.LogLine{Image: "web", Text: "token=" + canary})
	s.Emit(event.StepFinished{Result: event.Result{Detail: canary, Err: errors.New("no " + canary)}})
	if got[0] != (event.LogLine{Image: "web", Text: "token=********"}) {
		t.Errorf("the line is %v", got[0])
	}
	end, _ := got[1].(event.StepFinished)
	if end.Result.Detail != "********" || end.Result.Err.Error() != "no ********" {
		t.Errorf("the step ended with %v", end.Result)
	}
}
