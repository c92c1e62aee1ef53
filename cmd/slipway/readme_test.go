package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/container/namespace"
	"github.com/slipway-build/slipway/core/registry/embedded"
)

// TestSDKReadme does what sdk/README.md says, command by command. The SDK comes
// from a module proxy in a folder, as this tree would be if it were published;
// the modules it needs are those that are here. Of some only go.mod is asked for,
// which nothing else may have downloaded: those come from where all others did.
func TestSDKReadme(t *testing.T) {
	if c := namespace.Check(t.Context())[0]; !c.OK {
		t.Skipf("images cannot be built here: %s; %s", c.Detail, c.Fix)
	}
	page, err := os.ReadFile("../../sdk/README.md")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "sdk-readme.txtar")
	if err := os.WriteFile(file, []byte(scriptOf(string(page))), 0o600); err != nil {
		t.Fatal(err)
	}
	proxy := proxyOf(t)
	testscript.Run(t, testscript.Params{Files: []string{file}, Setup: func(env *testscript.Env) error {
		env.Vars = append(env.Vars, goSettings(t)...)
		here := "file://" + filepath.Join(env.Getenv("GOMODCACHE"), "cache", "download")
		env.Vars = append(env.Vars, "GOPROXY=file://"+proxy+","+here+","+goEnv(t, "GOPROXY"), "GOFLAGS=-modcacherw -trimpath",
			// A module cache of its own: what is served here under that version is nobody else's.
			"GOMODCACHE="+filepath.Join(env.WorkDir, ".modules"))
		return setup(env)
	}})
}

// proxyOf is a module proxy in a folder that serves the SDK of this tree under
// the version that new strategies ask for.
func proxyOf(t *testing.T) string {
	t.Helper()
	const module, version = "github.com/slipway-build/slipway", "v" + app.Version
	proxy := t.TempDir()
	at := filepath.Join(proxy, module, "@v")
	source, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{
		"list": []byte(version + "\n"), version + ".info": fmt.Appendf(nil, `{"Version": %q}`, version),
		version + ".mod": source, version + ".zip": moduleOf(t, module+"@"+version, source),
	}
	for name, content := range files {
		if err := errors.Join(os.MkdirAll(at, 0o755), os.WriteFile(filepath.Join(at, name), content, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return proxy
}

// moduleOf packs the SDK as proxies do: every name begins with the module's.
func moduleOf(t *testing.T, prefix string, gomod []byte) []byte {
	t.Helper()
	var packed bytes.Buffer
	archive := zip.NewWriter(&packed)
	add := func(name string, content []byte) error {
		w, err := archive.Create(prefix + "/" + filepath.ToSlash(name))
		if err == nil {
			_, err = w.Write(content)
		}
		return err
	}
	err := filepath.WalkDir("../../sdk", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		return errors.Join(err, add(strings.TrimPrefix(path, "../../"), content))
	})
	if err := errors.Join(err, add("go.mod", gomod), archive.Close()); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
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
var fence = regexp.MustCompile("(?m)^```(sh|yaml|gherkin) ?(\\S*)\n((?s:.*?))^```$")

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
		out = append(out, name+"="+goEnv(t, name))
	}
	return out
}

// goEnv is a setting of the go command as it is here.
func goEnv(t *testing.T, name string) string {
	t.Helper()
	value, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Skip("the go command is not usable here: ", err)
	}
	return strings.TrimSpace(string(value))
}
