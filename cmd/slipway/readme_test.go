package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/slipway-build/slipway/core/container/namespace"
	"github.com/slipway-build/slipway/core/registry/embedded"
)

// TestSDKReadme does what sdk/README.md says, command by command. The module is
// taken from here, because the one that is published lacks what changed since.
func TestSDKReadme(t *testing.T) {
	if c := namespace.Check(t.Context())[0]; !c.OK {
		t.Skipf("images cannot be built here: %s; %s", c.Detail, c.Fix)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(root, "sdk", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(page), "plugin init strategy hello --dir", "plugin init strategy hello --sdk "+root+" --dir")
	file := filepath.Join(t.TempDir(), "sdk-readme.txtar")
	if err := os.WriteFile(file, []byte(scriptOf(text)), 0o600); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{Files: []string{file}, Setup: func(env *testscript.Env) error {
		env.Vars = append(env.Vars, goSettings(t)...)
		return setup(env)
	}})
}

// TestReadme does what README.md says, command by command, but for the make
// targets of this repository. The site is made, built, proved and promoted, on
// the embedded registry and on another one; the pages of the guide go on with it.
func TestReadme(t *testing.T) {
	if c := namespace.Check(t.Context())[0]; !c.OK {
		t.Skipf("images cannot be built here: %s; %s", c.Detail, c.Fix)
	}
	if _, err := os.Stat("../../inventory/images/base/container-assets/bin/userland"); err != nil {
		t.Skip("the modules of the site's userland may not be here: run make site-assets first")
	}
	var pages strings.Builder
	for _, name := range []string{"README.md", "docs/gate.md"} {
		page, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		pages.Write(page)
	}
	server, err := embedded.Start(t.Context(), embedded.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close(context.WithoutCancel(t.Context())) })
	file := filepath.Join(t.TempDir(), "readme.txtar")
	if err := os.WriteFile(file, []byte(scriptOf(pages.String())), 0o600); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{Files: []string{file}, Setup: func(env *testscript.Env) error {
		env.Vars = append(append(env.Vars, goSettings(t)...), "REGISTRY="+server.Addr())
		return setup(env)
	}})
}

// fence matches a fenced block: its language, the file it is, and its text.
var fence = regexp.MustCompile("(?m)^```(sh|yaml) ?(\\S*)\n((?s:.*?))^```$")

// scriptOf makes a script of a page: blocks of shell are run, blocks that name
// a file are written, in their order.
func scriptOf(page string) string {
	var script, archive strings.Builder
	for i, block := range fence.FindAllStringSubmatch(page, -1) {
		language, file, text := block[1], block[2], block[3]
		name := fmt.Sprintf("block-%d", i)
		fmt.Fprintf(&archive, "-- %s --\n%s", name, text)
		switch {
		case language == "sh":
			fmt.Fprintf(&script, "exec sh -ex %s\n", name)
		case file != "":
			fmt.Fprintf(&script, "mkdir %s\ncp %s %s\n", filepath.Dir(file), name, file)
		}
	}
	return script.String() + archive.String()
}

// goSettings let a script use the go command as it is here, without network.
func goSettings(t *testing.T) []string {
	t.Helper()
	out := []string{"GOPROXY=off", "GONOSUMDB=*", "GOTOOLCHAIN=local"}
	for _, name := range []string{"GOCACHE", "GOMODCACHE"} {
		value, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Skip("the go command is not usable here: ", err)
		}
		out = append(out, name+"="+strings.TrimSpace(string(value)))
	}
	return out
}
