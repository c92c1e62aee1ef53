package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/sdk/diag"
)

type sample struct {
	Message string            `json:"message" default:"hello" doc:"What to say." min:"1" max:"9"`
	Mode    string            `json:"mode,omitempty" enum:"fast,small"`
	Jobs    int               `json:"jobs" default:"2" min:"1" max:"8"`
	Name    string            `json:"name" pattern:"^[a-z]+$"`
	Token   string            `json:"token,omitempty" secret:"true" pattern:"^t-"`
	File    string            `json:"file,omitempty" path:"workspace"`
	Tags    []string          `json:"tags,omitempty" max:"2"`
	Args    map[string]string `json:"args,omitempty"`
	Cache   struct {
		Keep bool `json:"keep" default:"true"`
		Size int  `json:"size,omitempty"`
	} `json:"cache,omitzero"`
	Steps  []step          `json:"steps,omitempty"`
	Ratio  *float64        `json:"ratio,omitempty"`
	Extra  json.RawMessage `json:"extra,omitempty"`
	Hidden string          `json:"-"`
}

type step struct {
	Run   string `json:"run"`
	Shell string `json:"shell" default:"sh"`
}

func TestDecode(t *testing.T) {
	var got sample
	raw := `{"name":"web","steps":[{"run":"make"},{"run":"test","shell":"bash"}],"ratio":0.5,"extra":[1],"args":{"A":"b"},"cache":{"size":7}}`
	if err := Decode(json.RawMessage(raw), &got); err != nil {
		t.Fatal(err)
	}
	ratio := 0.5
	want := sample{
		Message: "hello", Jobs: 2, Name: "web", Args: map[string]string{"A": "b"},
		Steps: []step{{"make", "sh"}, {"test", "bash"}}, Ratio: &ratio, Extra: json.RawMessage("[1]"),
	}
	want.Cache.Keep, want.Cache.Size = true, 7
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeAbsentObjectHasDefaults(t *testing.T) {
	var got sample
	if err := Decode(json.RawMessage(`{"name":"web"}`), &got); err != nil || !got.Cache.Keep {
		t.Errorf("got %+v, %v", got.Cache, err)
	}
}

// A struct in which nothing is required is not required itself, however deep.
func TestCompleteObjectIsOptional(t *testing.T) {
	var got struct {
		Outer struct {
			Inner struct {
				Kind string `json:"kind" default:"a"`
			} `json:"inner"`
		} `json:"outer"`
		Needs *struct {
			Name string `json:"name"`
		} `json:"needs"`
		Step step `json:"step"`
	}
	want := diag.List{
		{Code: "config.missing", Path: "/needs", Summary: `"needs" is missing`},
		{Code: "config.missing", Path: "/step", Summary: `"step" is missing`},
	}
	if diff := cmp.Diff(want, diag.Of(Decode(nil, &got))); diff != "" {
		t.Error(diff)
	}
	if err := Decode(json.RawMessage(`{"needs":{"name":"x"},"step":{"run":"make"}}`), &got); err != nil || got.Outer.Inner.Kind != "a" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestDecodeMistakes(t *testing.T) {
	tests := map[string]struct {
		raw  string
		want diag.List
	}{
		"unknown field": {
			`{"name":"web","steps":[{"run":"x","shel":"sh"}]}`,
			diag.List{{
				Code: "config.unknown", Path: "/steps/0/shel", Summary: `unknown field "shel"`,
				Detail: "The fields are run, shell.", Fix: `did you mean "shell"?`,
			}},
		},
		"all at once": {
			`{"message":"much too long","mode":"fsat","jobs":9,"name":"Web","file":"../x","tags":["a","b","c"]}`,
			diag.List{
				{Code: "config.range", Path: "/message", Summary: `the length of "message" is 13; wanted at most 9`},
				{Code: "config.enum", Path: "/mode", Summary: `"mode" is "fsat"; wanted one of fast, small`, Fix: `did you mean "fast"?`},
				{Code: "config.range", Path: "/jobs", Summary: `the value of "jobs" is 9; wanted at most 8`},
				{Code: "config.pattern", Path: "/name", Summary: `"name" is "Web", which does not match ^[a-z]+$`},
				{Code: "config.path", Path: "/file", Summary: `"file" is "../x", which is not below the workspace`, Fix: "write it relative to the workspace"},
				{Code: "config.range", Path: "/tags", Summary: `the length of "tags" is 3; wanted at most 2`},
			},
		},
		"missing":     {`{}`, diag.List{{Code: "config.missing", Path: "/name", Summary: `"name" is missing`}}},
		"empty":       {``, diag.List{{Code: "config.missing", Path: "/name", Summary: `"name" is missing`}}},
		"wrong type":  {`{"name":"web","jobs":"two"}`, diag.List{{Code: "config.type", Path: "/jobs", Summary: `"jobs" is a text; wanted a whole number`}}},
		"no object":   {`[]`, diag.List{{Code: "config.type", Summary: "the config is a list; wanted an object"}}},
		"null":        {`{"name":null}`, diag.List{{Code: "config.type", Path: "/name", Summary: `"name" is null; wanted a text`}}},
		"map value":   {`{"name":"web","args":{"a/b":1}}`, diag.List{{Code: "config.type", Path: "/args/a~1b", Summary: `"a/b" is a whole number; wanted a text`}}},
		"item":        {`{"name":"web","tags":["a",1]}`, diag.List{{Code: "config.type", Path: "/tags/1", Summary: `"tags[1]" is a whole number; wanted a text`}}},
		"no JSON":     {`{`, diag.List{{Code: "config.syntax", Summary: "the config is no JSON: unexpected EOF"}}},
		"more":        {`{} {}`, diag.List{{Code: "config.syntax", Summary: "the config is no JSON: there is something after its end"}}},
		"secret":      {`{"name":"web","token":"hunter2"}`, diag.List{{Code: "config.pattern", Path: "/token", Summary: `"token" is a secret, which does not match ^t-`}}},
		"nested type": {`{"name":"web","cache":{"keep":1}}`, diag.List{{Code: "config.type", Path: "/cache/keep", Summary: `"keep" is a whole number; wanted a boolean`}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var out sample
			if diff := cmp.Diff(test.want, diag.Of(Decode(json.RawMessage(test.raw), &out))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSchema(t *testing.T) {
	type small struct {
		Mode string `json:"mode" default:"fast" enum:"fast,small" doc:"How."`
		Jobs int    `json:"jobs" min:"1"`
		Key  string `json:"key,omitempty" secret:"true" min:"2"`
		File string `json:"file,omitempty" path:"workspace" pattern:"x$"`
		Deep []step `json:"deep,omitempty" max:"3"`
	}
	raw, err := Schema(reflect.TypeFor[small]())
	if err != nil {
		t.Fatal(err)
	}
	want := `{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"type": "object", "additionalProperties": false, "required": ["jobs"],
		"properties": {
			"mode": {"type": "string", "default": "fast", "enum": ["fast", "small"], "description": "How."},
			"jobs": {"type": "integer", "minimum": 1},
			"key": {"type": "string", "writeOnly": true, "minLength": 2},
			"file": {"type": "string", "x-slipway-path": "workspace", "pattern": "x$"},
			"deep": {"type": "array", "maxItems": 3, "items": {
				"type": "object", "additionalProperties": false, "required": ["run"],
				"properties": {"run": {"type": "string"}, "shell": {"type": "string", "default": "sh"}}
			}}
		}
	}`
	var got, wanted any
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wanted, got); diff != "" {
		t.Error(diff)
	}
}

// What an author writes wrongly is said to the author.
func TestSchemaRefuses(t *testing.T) {
	type ring struct {
		Next *ring `json:"next,omitempty"`
	}
	tests := map[string]struct {
		typ  reflect.Type
		want string
	}{
		"no struct": {reflect.TypeFor[int](), "describing the config: int is no struct"},
		"ring":      {reflect.TypeFor[ring](), "describing the config: config.ring contains itself"},
		"default": {reflect.TypeFor[struct {
			A int `json:"a" default:"x"`
		}](), `reading the tags of struct { A int "json:\"a\" default:\"x\"" }.A: default: invalid character 'x' looking for beginning of value`},
		"min": {reflect.TypeFor[struct {
			A int `json:"a" min:"x"`
		}](), `reading the tags of struct { A int "json:\"a\" min:\"x\"" }.A: min: strconv.ParseFloat: parsing "x": invalid syntax`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Schema(test.typ)
			if fmt.Sprint(err) != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

// Whatever a config holds, decoding it ends in a struct within its limits or in
// diagnostics with a code.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"name":"web","steps":[{"run":"x"}],"ratio":1e400}`))
	f.Add([]byte(`{"name":"web","jobs":99999999999999999999,"args":{"a":null}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var out sample
		err := Decode(raw, &out)
		if err == nil {
			if out.Jobs < 1 || out.Jobs > 8 {
				t.Errorf("jobs is %d", out.Jobs)
			}
			return
		}
		list := diag.Of(err)
		if len(list) == 0 {
			t.Fatalf("no diagnostic: %v", err)
		}
		for _, d := range list {
			if d.Code == "" || d.Summary == "" {
				t.Errorf("got %+v", d)
			}
		}
	})
}
