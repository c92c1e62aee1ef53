package vars_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

func TestFunctions(t *testing.T) {
	tests := []struct {
		expr string
		want any
	}{
		{`required "needed" .port`, 8080},
		{`.debug | ifUndefined true`, false},
		{`.nope | ifUndefined true`, true},
		{`dict "b" 1 "a" (list 1 2) | toYaml | nindent 2`, "\n  a:\n  - 1\n  - 2\n  b: 1"},
		{`fromYaml "a: [1, x]"`, map[string]any{"a": []any{1, "x"}}},
		{`fromJson "{\"a\": 1}"`, map[string]any{"a": 1.0}},
		{`keys (dict "b" 1 "a" 2)`, []any{"a", "b"}},
		{`values (dict "b" 1 "a" 2)`, []any{2, 1}},
		{`digest "x"`, "sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"},
		{`(imageRef "acme/web:1").repository`, "docker.io/acme/web"},
		{`(imageRef "quay.io/acme/web:1").tag`, "1"},
		{`semverBump "minor" "v1.2.3"`, "v1.3.0"},
		{`semverBump "major" "1.2.3"`, "2.0.0"},
		{`semverBump "patch" "1.2.3-rc.1"`, "1.2.3"},
		{`seq 3`, "1 2 3"},
		{`seq 3 1`, "3 2 1"},
		{`seq 0 2 4`, "0 2 4"},
		{`until -2 | toJson`, "[0,-1]"},
		{`untilStep 0 5 2 | toJson`, "[0,2,4]"},
		{`chunk 2 (list 1 2 3) | toJson`, "[[1,2],[3]]"},
		{`repeat 2 "ab"`, "abab"},
		{`sortAlpha .image.tags`, []any{"x"}},
	}
	for _, tt := range tests {
		t.Run(tt.expr, func(t *testing.T) {
			got, ds := data(t).Eval(document.Of(tt.expr, diag.Pos{}))
			if ds != nil {
				t.Fatal(ds)
			}
			if diff := cmp.Diff(tt.want, document.Of(got, diag.Pos{}).Value()); diff != "" && !cmp.Equal(tt.want, got) {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestFunctionMistakes(t *testing.T) {
	tests := []struct{ expr, want string }{
		{`reqiured "x" .port`, `there is no function "reqiured" (did you mean "required"?)`},
		{`http_port`, `there is no function "http_port" (a variable begins with a dot: .http_port)`},
		{`uuidv4`, `the function "uuidv4" is not offered: it draws lots, and a build must come out the same every time (use .run.id where every run needs another value)`},
		{`genPrivateKey "rsa"`, `the function "genPrivateKey" is not offered: it makes another key every time (make the key beforehand, and name it under secrets: in image.yml)`},
		{`lookup "env" "HOME"`, `the function "lookup" is not offered: it is Ansible's (read a file with file "PATH", a secret with secret "NAME", and pass what the environment holds with -e)`},
		{`fromYaml "a: ["`, `expanding "fromYaml \"a: [\"": reading YAML: sequence end token ']' not found`},
		{`fromJson "{"`, `expanding "fromJson \"{\"": reading JSON: unexpected end of JSON input`},
		{`semverBump "huge" "1.2.3"`, `"huge" is no part of a version (say major, minor or patch)`},
		{`semverBump "minor" "one"`, `"one" is not a version (write three numbers: 1.2.3)`},
		{`imageRef "UPPER"`, `expanding "imageRef \"UPPER\"": reading the image reference "UPPER": invalid reference format: repository name (library/UPPER) must be lowercase`},
		{`until 1000000000`, `expanding "until 1000000000": this comes to more than 100000`},
		{`repeat 1000000000 "x"`, `expanding "repeat 1000000000 \"x\"": this comes to more than 100000`},
		{`seq 1000000000`, `expanding "seq 1000000000": this comes to more than 100000`},
		{`indent 1000000000 "x"`, `expanding "indent 1000000000 \"x\"": this comes to more than 100000`},
		{`chunk 0 (list 1)`, `expanding "chunk 0 (list 1)": chunk takes a size from 1, found 0`},
		{`(dict "a" 1).b`, `expanding "(dict \"a\" 1).b": there is no "b" in it`},
		{`(list 1).b`, `expanding "(list 1).b": there can be no b below this value`},
		{`file "nope"`, `there is no file nope (name it as seen from the folder of the file that asks for it)`},
		{`file "."`, `. is not a file`},
	}
	for _, tt := range tests {
		t.Run(tt.expr, func(t *testing.T) {
			_, ds := data(t).Eval(document.Of(tt.expr, diag.Pos{}))
			if len(ds) != 1 {
				t.Fatalf("got %v", ds)
			}
			if diff := cmp.Diff(tt.want, strings.TrimSuffix(ds[0].Summary+" ("+ds[0].Fix+")", " ()")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestBoundsOfLoops(t *testing.T) {
	for text, want := range map[string]string{
		`v: '{{ range 1000000000 }}{{ end }}'`:                                     "this counts to more than 100000",
		`v: '{{ range until 50000 }}{{ repeat 50000 "xxxxxxxxxx" }}{{ end }}'`:     "this comes to more than 100000",
		`v: '{{ range until 50000 }}{{ range until 1000 }}xxxx{{ end }}{{ end }}'`: "the text comes to more than 16 MiB",
		`v: '{{ define "t" }}{{ template "t" . }}{{ end }}{{ template "t" . }}'`:   "exceeded maximum template depth (100000)",
	} {
		_, ds := data(t).Expand(parse(t, text).Get("v"))
		if !strings.Contains(ds.Error(), want) {
			t.Errorf("%s: %v", text, ds)
		}
	}
}

// A file is seen from the folder of the file that asks for it.
func TestFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "version"), []byte("1.10\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	n, _ := document.Parse(filepath.Join(dir, "vars.yml"), []byte(`v: '{{ file "version" | trim }}'`))
	got, ds := data(t).Expand(n.Get("v"))
	if ds != nil || got.Text() != "1.10" {
		t.Errorf("got %q, %v", got.Text(), ds)
	}
}

// Whatever a function does to its arguments, no other template sees it.
func TestNothingChangesWhatOthersSee(t *testing.T) {
	roots := func() map[string]any {
		return map[string]any{
			"image": map[string]any{"name": "web", "tags": []string{"b", "a"}, "labels": map[string]string{"x": "1"}},
			"m":     map[string]any{"a": map[string]any{"x": 1, "l": []any{3, 1, 2}}, "lists": map[string][]string{"k": {"z", "y"}}},
			"l":     []any{map[string]any{"k": "v"}, "b", "a"},
			"n":     []int{3, 1, 2},
		}
	}
	tests := []string{
		`set .m "a" 1`, `set .m.a "x" 2`, `set (index .l 0) "k" 2`, `unset .m "a"`, `unset .m.a "x"`, `set .image.labels "x" "2"`,
		`merge .m (dict "b" 1)`, `merge .m (dict "a" (dict "y" 2))`, `mustMerge .m (dict "b" 1)`,
		`mergeOverwrite .m (dict "a" (dict "x" 9 "y" 2))`, `mustMergeOverwrite .m (dict "a" (dict "x" 9))`,
		`append .l 1`, `prepend .l 1`, `mustAppend .n 1`, `concat .l .n`, `reverse .l`, `reverse .n`, `sortAlpha .image.tags`, `sortAlpha .l`,
		`uniq .l`, `without .l "b"`, `compact .l`, `initial .l`, `rest .l`, `slice .l 0 2`, `pick .m "a"`, `omit .m "a"`, `deepCopy .m`,
		`set (first .l) "k" 3`, `dig "a" "x" 0 .m`, `pluck "a" .m`, `tuple .l .m`, `chunk 1 .l`, `mustUniq .l`, `toStrings .n`,
		`set .m.lists "k" (list)`, `set (pick .m "a").a "x" 5`, `set $.m "z" 1`,
	}
	for _, expr := range tests {
		t.Run(expr, func(t *testing.T) {
			scope := new(vars.Scope)
			written, _ := document.Parse("v", []byte(`own: {a: {x: 1}}`))
			scope.DefineAll(written, vars.All, "")
			shared := roots()
			d := vars.Data{Roots: shared, Scope: scope, Templates: vars.NewTemplates()}
			for _, e := range []string{expr, strings.ReplaceAll(expr, ".m", ".own")} {
				if _, ds := d.Eval(document.Of(e, diag.Pos{})); ds != nil && e == expr {
					t.Fatal(ds)
				}
			}
			if diff := cmp.Diff(roots(), shared); diff != "" {
				t.Errorf("it changed what others see (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(map[string]any{"a": map[string]any{"x": 1}}, scope.Value("own").Value()); diff != "" {
				t.Errorf("it changed a variable (-want +got):\n%s", diff)
			}
		})
	}
}
