// Package examples holds complete strategies, in Go and in Python. `slipway
// plugin init` copies them, so that what an author starts from is what our own
// tests run, and is never older than the SDK it uses.
package examples

import (
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/sdk/rpc"
)

//go:embed hello/main.go hello/suite_test.go python/plugin.py python/wire.py python/plugin.yaml
var files embed.FS

// Options say what to make.
type Options struct {
	Name    string // of the strategy: lower-case letters, digits and hyphens
	Lang    string // one of Languages
	Version string // of the Go module that the SDK is in: "0.1.0"
	SDK     string // folder of an SDK that is not published; empty: the published one
}

// Languages returns the languages there are examples in.
func Languages() []string { return []string{"go", "python"} }

// goodName matches names of strategies.
var goodName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// Files returns the files of a new strategy: content by path.
func Files(o Options) (map[string][]byte, error) {
	if !goodName.MatchString(o.Name) {
		return nil, fmt.Errorf("a strategy cannot be called %q: use lower-case letters, digits and hyphens, a letter first", o.Name)
	}
	switch {
	case o.Lang == "go":
		return goFiles(o)
	case slices.Contains(Languages(), o.Lang):
		return pythonFiles(o)
	default:
		return nil, fmt.Errorf("there is no example in %q; choose one of %s", o.Lang, strings.Join(Languages(), ", "))
	}
}

func goFiles(o Options) (map[string][]byte, error) {
	out := map[string][]byte{
		"go.mod":     []byte(goMod(o)),
		"README.md":  []byte(readme(o, "go build -mod=mod -o bin/"+o.Name+" .", "bin/"+o.Name, "bin/"+o.Name)),
		".gitignore": []byte("/bin/\n"),
		workflowFile: goWorkflow(o),
	}
	err := copyInto(out, "hello", map[string]string{"main.go": "main.go", "suite_test.go": "main_test.go"}, o.Name)
	return out, err
}

// module is the Go module that the SDK is in.
const module = "github.com/slipway-build/slipway"

func goMod(o Options) string {
	text := fmt.Sprintf("module %s\n\ngo 1.26\n\nrequire %s v%s\n", o.Name, module, o.Version)
	if o.SDK != "" {
		text += fmt.Sprintf("\nreplace %s => %s\n", module, o.SDK)
	}
	return text
}

func pythonFiles(o Options) (map[string][]byte, error) {
	descriptor, err := rpc.Descriptor()
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{
		"strategy.binpb":   descriptor,
		"requirements.txt": []byte("grpcio>=1.51\nprotobuf>=3.21\n"),
		"README.md":        []byte(readme(o, "python3 -m pip install -r requirements.txt", "python3 plugin.py", ".")),
		".gitignore":       []byte("__pycache__/\n"),
		workflowFile:       pythonWorkflow(o),
	}
	err = copyInto(out, "python", map[string]string{"plugin.py": "plugin.py", "wire.py": "wire.py", "plugin.yaml": "plugin.yaml"}, o.Name)
	return out, err
}

// copyInto adds files of an example under other names, with the example's name
// replaced.
func copyInto(out map[string][]byte, dir string, names map[string]string, name string) error {
	for from, to := range names {
		data, err := fs.ReadFile(files, dir+"/"+from)
		if err != nil {
			return fmt.Errorf("reading an example: %w", err)
		}
		text := strings.ReplaceAll(string(data), "HELLO_TEST", strings.ToUpper(strings.ReplaceAll(name, "-", "_"))+"_TEST")
		out[to] = []byte(strings.ReplaceAll(text, "hello", name))
	}
	return nil
}

// readme is the page of a new strategy.
func readme(o Options, prepare, command, source string) string {
	return fmt.Sprintf(`# %[1]s

A strategy for slipway: a way of building images.

    %[2]s
    slipway plugin test -- %[3]s

To use it in a project, name it in the project's slipway.yml, lock it, and say in an image.yml which images it builds:

    plugins:
      - name: %[5]s/%[1]s
        source: %[4]s

    slipway plugin lock

    strategy: %[5]s/%[1]s
`, o.Name, prepare, command, source, "acme")
}
