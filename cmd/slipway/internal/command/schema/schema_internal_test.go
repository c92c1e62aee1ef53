package schema

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/slipway-build/slipway/core/document"
)

const repository = "../../../../.."

// compiled is a schema as an editor would use it.
func compiled(t *testing.T, kind string) *jsonschema.Schema {
	t.Helper()
	s, err := of(kind)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource(kind, plain(t, s)); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile(kind)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// plain is a value as it comes out of JSON.
func plain(t *testing.T, v any) any {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	out, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func parsed(t *testing.T, name, text string) any {
	t.Helper()
	n, ds := document.Parse(name, []byte(text))
	if ds != nil {
		t.Fatal(ds)
	}
	return plain(t, n.Value())
}

func TestSiteIsValid(t *testing.T) {
	for kind, pattern := range map[string]string{"playbook": "playbooks/*.yml", "inventory": "inventory/images.yml", "image": "inventory/images/*/image.yml"} {
		s := compiled(t, kind)
		files, err := filepath.Glob(filepath.Join(repository, pattern))
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Validate(parsed(t, file, string(text))); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
}

// Every mistake is blamed on what is wrong, not on all that is around it.
func TestMistakes(t *testing.T) {
	tests := []struct{ name, kind, text, at string }{
		{"an action that there is not", "playbook", "- {images: all, tasks: [{biuld: }]}", "/0/tasks/0"},
		{"two actions", "playbook", "- {images: all, tasks: [{build: , push: }]}", "/0/tasks/0"},
		{"a keyword", "playbook", "- {images: all, tasks: [{build: , wehn: x}]}", "/0/tasks/0"},
		{"an argument", "playbook", "- {images: all, tasks: [{uri: {url: x, methd: GET}}]}", "/0/tasks/0/uri"},
		{"a choice", "playbook", "- {images: all, tasks: [{uri: {url: x, method: ASK}}]}", "/0/tasks/0/uri/method"},
		{"a type", "playbook", "- {images: all, tasks: [{build: {timeout: soon}}]}", "/0/tasks/0/build/timeout"},
		{"a missing argument", "playbook", "- {images: all, tasks: [{uri: {method: GET}}]}", "/0/tasks/0/uri"},
		{"deep in a block", "playbook", "- {images: all, tasks: [{block: [{debug: {mesage: x}}]}]}", "/0/tasks/0/block/0/debug"},
		{"a keyword of the play", "playbook", "- {images: all, tsaks: []}", "/0"},
		{"a schedule", "playbook", "- {images: all, schedule: fast}", "/0/schedule"},
		{"a group", "inventory", "all: {children: {web: {image: {}}}}", "/all/children/web"},
		{"an image", "image", "gate: {requires: []}", "/gate"},
		{"a setting", "config", "lint: {skips: []}", "/lint"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := compiled(t, tt.kind).Validate(parsed(t, "f.yml", tt.text))
			wrong, ok := err.(*jsonschema.ValidationError) //nolint:errorlint // that is what it answers
			if !ok {
				t.Fatalf("%v", err)
			}
			if diff := cmp.Diff(tt.at, deepest(wrong)); diff != "" {
				t.Errorf("(-want +got):\n%s\n%v", diff, err)
			}
		})
	}
}

// deepest is the place furthest inside that an error blames.
func deepest(e *jsonschema.ValidationError) string {
	at := ""
	if len(e.InstanceLocation) > 0 {
		at = "/" + strings.Join(e.InstanceLocation, "/")
	}
	for _, cause := range e.Causes {
		if below := deepest(cause); len(below) > len(at) {
			at = below
		}
	}
	return at
}

func TestWhatIsAllowed(t *testing.T) {
	tests := []struct{ kind, text string }{
		{"playbook", "- {images: all, tasks: [{uri: {url: x, timeout: '{{ .t }}', status_code: '{{ .codes }}', validate_certs: '{{ .v }}'}}]}"},
		{"playbook", "- {images: all, serial: ['30%', 5], tasks: [{build: , retries: '{{ .n }}', when: [a, b], loop: '.images', loop_control: {parallel: 2}}]}"},
		{"playbook", "- import_playbook: other.yml\n- {hosts: all, roles: [a, {role: b, tags: x}]}"},
		{"playbook", "- {images: all, handlers: [{name: x, listen: y, debug: {msg: {a: 1}}}], tasks: [{import_tasks: a.yml}, {meta: end_play}]}"},
		{"playbook", "- {images: all, tasks: [{set_var: {anything: [1], more: x}}, {assert: {that: [eq .a 1]}}]}"},
		{"config", "lint: {skip: [latest]}\nforks: 4\nplugins: {}"},
	}
	for _, tt := range tests {
		if err := compiled(t, tt.kind).Validate(parsed(t, "f.yml", tt.text)); err != nil {
			t.Errorf("%s: %v", tt.text, err)
		}
	}
}
