package buildkey_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/buildkey"
)

func TestConceal(t *testing.T) {
	const schema = `{"properties": {
		"token": {"type": "string", "writeOnly": true}, "open": {"type": "string"},
		"logins": {"items": {"properties": {"key": {"writeOnly": true}}}},
		"env": {"additionalProperties": {"writeOnly": true}}
	}}`
	const config = `{"token":"hunter2","open":"hunter2","n":12345678901234567890,"logins":[{"key":["a"],"user":"me"}],"env":{"A":1}}`
	got, err := buildkey.Conceal(json.RawMessage(schema), json.RawMessage(config))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"env":{"A":"HIDDEN"},"logins":[{"key":"HIDDEN","user":"me"}],"n":12345678901234567890,"open":"hunter2","token":"HIDDEN"}`
	for _, secret := range []string{`"hunter2"`, `["a"]`, `1`} {
		got = []byte(strings.ReplaceAll(string(got), fmt.Sprintf("secret sha256:%x", sha256.Sum256([]byte(secret))), "HIDDEN"))
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

// A config without secrets is not touched, and one that is no JSON is told.
func TestConcealNothing(t *testing.T) {
	got, err := buildkey.Conceal(json.RawMessage(`{"properties":{}}`), json.RawMessage(`{ "a" : 1 }`))
	if string(got) != `{ "a" : 1 }` || err != nil {
		t.Errorf("got %s, %v", got, err)
	}
	_, err = buildkey.Conceal(json.RawMessage(`{"writeOnly":true}`), json.RawMessage(`{`))
	if want := "reading the config: unexpected EOF"; fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
