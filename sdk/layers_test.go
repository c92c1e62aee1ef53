package sdk_test

import (
	"os/exec"
	"strings"
	"testing"
)

// What an author imports stays light: no container engine, no Dockerfile
// parser, nothing of ours above the SDK, and each wire library where it
// belongs.
func TestImportsStayLight(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "./...").CombinedOutput()
	if err != nil {
		t.Skipf("go list is not usable here: %v: %s", err, out)
	}
	allowed := []string{
		"github.com/slipway-build/slipway/sdk",
		"github.com/hashicorp/go-plugin", "github.com/hashicorp/go-hclog", "github.com/hashicorp/yamux",
		"github.com/fatih/color", "github.com/mattn/go-colorable", "github.com/mattn/go-isatty",
		"github.com/golang/protobuf", "github.com/oklog/run",
		"google.golang.org/grpc", "google.golang.org/protobuf", "google.golang.org/genproto",
		"golang.org/x/",
	}
	for pkg := range strings.FieldsSeq(string(out)) {
		first, _, _ := strings.Cut(pkg, "/")
		if !strings.Contains(first, ".") { // the standard library
			continue
		}
		ok := false
		for _, prefix := range allowed {
			ok = ok || strings.HasPrefix(pkg, prefix)
		}
		if !ok {
			t.Errorf("the SDK imports %s", pkg)
		}
	}
}
