package examples_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/sdk/examples"
)

// What an author reads first stays short, and bears the author's name.
func TestFiles(t *testing.T) {
	tests := map[string]struct {
		main  string
		lines int
		files []string
	}{
		"go":     {"main.go", 45, []string{".github/workflows/check.yml", ".gitignore", "README.md", "go.mod", "main.go", "main_test.go"}},
		"python": {"plugin.py", 80, []string{".github/workflows/check.yml", ".gitignore", "README.md", "plugin.py", "plugin.yaml", "requirements.txt", "strategy.binpb", "wire.py"}},
	}
	for lang, test := range tests {
		t.Run(lang, func(t *testing.T) {
			files, err := examples.Files(examples.Options{Name: "my-way", Lang: lang, Version: "0.1.0", SDK: "/src"})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.files, slices.Sorted(maps.Keys(files))); diff != "" {
				t.Error(diff)
			}
			if n := bytes.Count(files[test.main], []byte("\n")); n > test.lines {
				t.Errorf("%s has %d lines, more than %d", test.main, n, test.lines)
			}
			for name, content := range files {
				if strings.Contains(strings.ToLower(string(content)), "hello") {
					t.Errorf("%s still bears the example's name", name)
				}
			}
		})
	}
}

// What a new strategy's CI runs is what its README says, and what tests it.
func TestWorkflow(t *testing.T) {
	tests := map[string]string{
		"go": `name: check
on: [push, pull_request]
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-go@v5
        with: {go-version-file: go.mod}
      - run: go build -mod=mod -o bin/my-way .
      - run: go test -mod=mod ./...
`,
		"python": `name: check
on: [push, pull_request]
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with: {python-version: "3.12"}
      - uses: actions/setup-go@v5
        with: {go-version: stable}
      - run: python3 -m pip install -r requirements.txt
      - run: go install -tags containers_image_openpgp,exclude_graphdriver_btrfs,exclude_graphdriver_devicemapper github.com/slipway-build/slipway/cmd/slipway@v0.1.0
      - run: slipway plugin test -- python3 plugin.py
`,
	}
	for lang, want := range tests {
		files, err := examples.Files(examples.Options{Name: "my-way", Lang: lang, Version: "0.1.0"})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(files[".github/workflows/check.yml"])); diff != "" {
			t.Error(diff)
		}
	}
}

func TestFilesRefuses(t *testing.T) {
	tests := map[string]examples.Options{
		`a strategy cannot be called "../x": use lower-case letters, digits and hyphens, a letter first`: {Name: "../x", Lang: "go"},
		`there is no example in "perl"; choose one of go, python`:                                        {Name: "x", Lang: "perl"},
	}
	for want, o := range tests {
		if _, err := examples.Files(o); fmt.Sprint(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
