package document_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

type inner struct {
	Path string `yaml:"path,required"`
}

type outer struct {
	Version  string                   `yaml:"version"`
	Count    int                      `yaml:"count"`
	Ratio    float64                  `yaml:"ratio"`
	On       bool                     `yaml:"on"`
	Timeout  time.Duration            `yaml:"timeout"`
	Tags     []string                 `yaml:"tags"`
	Args     map[string]string        `yaml:"args"`
	Inner    inner                    `yaml:"inner"`
	Pointer  *inner                   `yaml:"pointer"`
	Anything document.Node            `yaml:"anything"`
	Nodes    map[string]document.Node `yaml:"nodes"`
}

func TestDecode(t *testing.T) {
	src := `
version: 1.10
count: 010
ratio: 1.50
on: true
timeout: 90s
tags: [1.10, x, true]
args: {JAVA: 21, V: 1.0}
inner: {path: /a}
pointer: {path: 0755}
anything: [1]
`
	var got outer
	if ds := document.Decode(parse(t, src), &got); ds != nil {
		t.Fatal(ds)
	}
	if diff := cmp.Diff([]any{1}, got.Anything.Value()); diff != "" {
		t.Errorf("anything (-want +got):\n%s", diff)
	}
	got.Anything = document.Node{}
	want := outer{
		Version: "1.10", Count: 10, Ratio: 1.5, On: true, Timeout: 90 * time.Second,
		Tags: []string{"1.10", "x", "true"}, Args: map[string]string{"JAVA": "21", "V": "1.0"},
		Inner: inner{"/a"}, Pointer: &inner{"0755"},
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b document.Node) bool { return a == b })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDecodeKeepsWhatIsAbsent(t *testing.T) {
	got := outer{Version: "as before", Tags: []string{"x"}}
	if ds := document.Decode(document.Node{}, &got); ds != nil || got.Version != "as before" || len(got.Tags) != 1 {
		t.Errorf("%+v, %v", got, ds)
	}
}

func TestDecodeMistakes(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"unknown with a near one", "verison: 1", `f.yml:1:1: error[unknown-key]: unknown key "verison" (did you mean "version"?)`},
		{"unknown below", "inner: {path: x, pth: y}", `f.yml:1:18: error[unknown-key]: unknown key "pth" (did you mean "path"?)`},
		{"unknown with none near", "inner: {path: x, zzz: y}", `f.yml:1:18: error[unknown-key]: unknown key "zzz" (the keys here are path)`},
		{"missing", "inner: {}", `f.yml:1:8: error[missing-key]: the key "path" is missing`},
		{"a list for a mapping", "[1]", `f.yml:1:1: error[wrong-type]: want a mapping, found a list`},
		{"all at once", "version: [x]\ncount: many\nratio: x\non: yes\ntimeout: soon\ntags: {a: x}\nargs: [x]\n", `f.yml:1:10: error[wrong-type]: want text, found a list
f.yml:2:8: error[wrong-type]: want a whole number, found the text "many"
f.yml:3:8: error[wrong-type]: want a number, found the text "x"
f.yml:4:5: error[wrong-type]: want true or false, found the text "yes" (write true, which is the only word for it)
f.yml:5:10: error[wrong-type]: want a duration such as "90s" or "10m", or a number of seconds, found the text "soon"
f.yml:6:7: error[wrong-type]: want a list, found a mapping
f.yml:7:7: error[wrong-type]: want a mapping, found a list`},
		{"in a list and in a mapping", "tags: [x, {a: b}]\nargs: {a: [b]}", `f.yml:1:11: error[wrong-type]: want text, found a mapping
f.yml:2:11: error[wrong-type]: want text, found a list`},
		{"other words for a truth", "on: No", `f.yml:1:5: error[wrong-type]: want true or false, found the text "No" (write false, which is the only word for it)`},
		{"a quoted truth", "on: 'true'", `f.yml:1:5: error[wrong-type]: want true or false, found the text "true" (take the quotes away, and write it small)`},
		{"no word for a truth", "on: 1", `f.yml:1:5: error[wrong-type]: want true or false, found the number 1`},
		{"half a number", "count: 1.5", `f.yml:1:8: error[wrong-type]: want a whole number, found the number 1.5`},
		{"a number too large", "count: 99999999999999999999", `f.yml:1:8: error[wrong-type]: want a whole number, found the text "99999999999999999999"`},
		{"nothing", "version:\ncount: ~", "f.yml:1:9: error[wrong-type]: want text, found nothing\nf.yml:2:8: error[wrong-type]: want a whole number, found nothing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n, ds := document.Parse("f.yml", []byte(tt.src))
			ds.Add(document.Decode(n, new(outer))...)
			if diff := cmp.Diff(tt.want, ds.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestKeys(t *testing.T) {
	if diff := cmp.Diff([]string{"path"}, document.Keys(new(inner))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("version: 1\ninner: {path: x}")
	f.Add("tags: [[]]\npointer: ~\ntimeout: []")
	f.Fuzz(func(t *testing.T, src string) {
		n, ds := document.Parse("f", []byte(src))
		if ds != nil {
			return
		}
		for _, d := range document.Decode(n, new(outer)) {
			if d.Pos.File != "f" || d.Summary == "" {
				t.Errorf("a mistake without place or words: %+v", d)
			}
		}
	})
}

type declared struct {
	Method string        `yaml:"method" default:"GET" choices:"GET,HEAD,POST" doc:"what to ask" example:"HEAD"`
	Wait   time.Duration `yaml:"wait" default:"1m30s"`
	Codes  []int         `yaml:"codes" default:"[200]"`
	Argv   []string      `yaml:"argv,program"`
	Pairs  []inner       `yaml:"pairs"`
	URL    string        `yaml:"url,required"`
	Any    document.Node `yaml:"any"`
}

func TestDecodeTakesDefaults(t *testing.T) {
	tests := []struct {
		name, src string
		want      declared
	}{
		{"absent", "url: x", declared{Method: "GET", Wait: 90 * time.Second, Codes: []int{200}, URL: "x"}},
		{"given", "url: x\nmethod: HEAD\nwait: 5\ncodes: [1, 2]", declared{Method: "HEAD", Wait: 5 * time.Second, Codes: []int{1, 2}, URL: "x"}},
		{"one scalar for a list", "url: x\ncodes: 204\nwait: 0.5\nargv: make", declared{Method: "GET", Wait: time.Second / 2, Codes: []int{204}, Argv: []string{"make"}, URL: "x"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got declared
			if ds := document.Decode(parse(t, tt.src), &got); ds != nil {
				t.Fatal(ds)
			}
			if diff := cmp.Diff(tt.want, got, cmp.Comparer(func(a, b document.Node) bool { return a == b })); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestJudge(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"templates stand for anything", "url: '{{ .u }}'\nmethod: '{{ .m }}'\nwait: '{{ .w }}'\ncodes: '{{ .c }}'\nany: '{{ .a }}'", ""},
		{"templates inside of a list", "url: x\ncodes: ['{{ .c }}', many]", `f.yml:2:21: error[wrong-type]: want a whole number, found the text "many"`},
		{"a word that is no choice", "url: x\nmethod: HAED", `f.yml:2:9: error[bad-value]: method cannot be "HAED" (did you mean "HEAD"?)`},
		{"a word far from every choice", "url: x\nmethod: ask", `f.yml:2:9: error[bad-value]: method cannot be "ask" (it is one of GET, HEAD, POST)`},
		{"nothing", "", `f.yml:1:1: error[missing-key]: the key "url" is missing`},
		{"one scalar of another type for a list", "url: x\ncodes: many", `f.yml:2:8: error[wrong-type]: want a whole number, found the text "many"`},
		{"one mapping for a list of them", "url: x\npairs: {path: a}", `f.yml:2:8: error[wrong-type]: want a list, found a mapping`},
		{"a line for a program", "url: x\nargv: make -j 2", `f.yml:2:7: error[wrong-type]: want a program and its arguments as a list, found the text "make -j 2" (nothing splits it: write [make, -j, 2])`},
		{"a template for a program", "url: x\nargv: '{{ .make }} -j 2'", ``},
		{"too long a time", "url: x\nwait: 9999999999", `f.yml:2:7: error[wrong-type]: want a duration such as "90s" or "10m", or a number of seconds, found the number 9999999999`},
		{"a time that is none", "url: x\nwait: nan", `f.yml:2:7: error[wrong-type]: want a duration such as "90s" or "10m", or a number of seconds, found the text "nan"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := document.Of(nil, diag.Pos{File: "f.yml", Line: 1, Column: 1})
			if tt.src != "" {
				n = parse(t, tt.src)
			}
			if diff := cmp.Diff(tt.want, document.Judge(n, new(declared)).Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestFields(t *testing.T) {
	got := document.Fields(new(declared))[0]
	if got.Key != "method" || got.Default != "GET" || got.Doc != "what to ask" || got.Example != "HEAD" || len(got.Choices) != 3 {
		t.Errorf("%+v", got)
	}
}
