package catalog_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/catalog"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/registry/registrytest"
	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

const platform = "linux/amd64"

// script is a plugin that is no ELF: it starts this test binary as one.
func script(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Skip(err)
	}
	return "#!/bin/sh\nexec " + self + " __plugin hello\n"
}

// project is a folder with a slipway.yml that names one plugin, and a store.
type project struct {
	t       *testing.T
	plugins catalog.Plugins
	client  catalog.Downloader
}

func newProject(t *testing.T, source string) *project {
	t.Helper()
	return &project{t: t, plugins: catalog.Plugins{
		Root: t.TempDir(), Project: []catalog.Plugin{{Name: "acme/hello", Source: source}},
		Store: catalog.NewStore(filepath.Join(t.TempDir(), "store")), Platform: platform, Environ: os.Environ(),
	}}
}

func (p *project) installer() *catalog.Installer {
	return &catalog.Installer{Plugins: p.plugins, Registry: p.client, Describe: func(ctx context.Context, name string, program catalog.Program) (strategy.DescribeResponse, error) {
		return p.catalog(map[string]catalog.Program{name: program}).Describe(ctx, name)
	}}
}

func (p *project) catalog(programs map[string]catalog.Program) *catalog.Catalog {
	p.t.Helper()
	return opened(p.t, catalog.Options{Installed: programs, Env: pluginhost.Environment(os.Environ())})
}

// lock locks the project's plugin and returns its digest here.
func (p *project) lock(t *testing.T) string {
	t.Helper()
	lock, err := p.installer().Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.plugins.Lock = lock
	digest, _ := lock.Plugins[0].Digest(platform)
	return digest
}

// describe starts the plugin as a run does.
func (p *project) describe(t *testing.T) (strategy.DescribeResponse, error) {
	programs, _ := p.plugins.Programs()
	return p.catalog(programs).Describe(t.Context(), "acme/hello")
}

func (p *project) works(t *testing.T) {
	t.Helper()
	if d, err := p.describe(t); err != nil || d.Name != "hello" {
		t.Errorf("got %+v, %v", d, err)
	}
}

func (p *project) fails(t *testing.T, want string) {
	t.Helper()
	_, err := p.describe(t)
	if got := strings.ReplaceAll(fmt.Sprint(err), p.plugins.Root, "ROOT"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestProgramIsLockedAndStarted(t *testing.T) {
	p := newProject(t, "bin/hello")
	path := write(t, p.plugins.Root, "bin/hello", script(t))
	p.fails(t, "error[plugin.unlocked]: plugin acme/hello from bin/hello is not locked (run slipway plugin lock)")
	digest := p.lock(t)
	want := catalog.Lock{Plugins: []catalog.Locked{{
		Name: "acme/hello", Source: "bin/hello", Version: "1.0.0", Protocol: 1,
		SHA256: map[string]string{platform: fmt.Sprintf("%x", sha256.Sum256([]byte(script(t))))},
	}}}
	if diff := cmp.Diff(want, p.plugins.Lock); diff != "" {
		t.Error(diff)
	}
	p.works(t)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	p.works(t) // out of the store
	if !p.plugins.Store.Has(digest) {
		t.Error("the store does not have it")
	}
}

// Errors of a plugin that has not said yet what it is tell which was locked.
func TestErrorsTellTheLockedVersion(t *testing.T) {
	p := newProject(t, "bin/hello")
	write(t, p.plugins.Root, "bin/hello", script(t))
	p.lock(t)
	programs, _ := p.plugins.Programs()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("interrupted"))
	if _, err := p.catalog(programs).Open(ctx, "acme/hello"); fmt.Sprint(err) != "starting plugin acme/hello 1.0.0: interrupted" {
		t.Errorf("got %v", err)
	}
}

// stored is the only file of that name in the store.
func stored(t *testing.T, p *project, name string) string {
	t.Helper()
	found, _ := filepath.Glob(filepath.Join(filepath.Dir(p.plugins.Root), "*", "store", "sha256", "*", name))
	if len(found) != 1 {
		t.Fatalf("found %v", found)
	}
	return found[0]
}

func TestTamperedProgram(t *testing.T) {
	p := newProject(t, "bin/hello")
	write(t, p.plugins.Root, "bin/hello", script(t))
	digest := p.lock(t)
	file := stored(t, p, "plugin")
	if err := os.Chmod(file, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("#!/bin/sh\ntouch "+p.plugins.Root+"/ran\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	content, _ := os.ReadFile(file)
	p.fails(t, fmt.Sprintf("error[plugin.tampered]: plugin acme/hello was changed after it was installed: its SHA-256 is %x, not %s (find out who changed it; then remove %s and run slipway plugin install)",
		sha256.Sum256(content), digest, filepath.Dir(file)))
	if _, err := os.Stat(p.plugins.Root + "/ran"); err == nil {
		t.Error("it was started")
	}
}

func TestFolder(t *testing.T) {
	p := newProject(t, "hello")
	write(t, p.plugins.Root, "hello/plugin.yaml", "command: [sh, run.sh]\nenv: [ACME_TOKEN]\n")
	write(t, p.plugins.Root, "hello/run.sh", script(t))
	write(t, p.plugins.Root, "hello/.git/config", "x")
	write(t, p.plugins.Root, "hello/__pycache__/x.pyc", "x")
	digest := p.lock(t)
	p.works(t)
	if diff := cmp.Diff(map[string]string{"any": digest}, p.plugins.Lock.Plugins[0].SHA256); diff != "" {
		t.Error(diff)
	}
	write(t, filepath.Dir(stored(t, p, "tree")), "tree/more.sh", "x")
	if _, err := p.describe(t); !strings.Contains(fmt.Sprint(err), "error[plugin.tampered]: plugin acme/hello was changed after it was installed") {
		t.Errorf("a file more: %v", err)
	}
}

func TestFolderWithoutManifest(t *testing.T) {
	p := newProject(t, "hello")
	write(t, p.plugins.Root, "hello/run.sh", script(t))
	_, err := p.installer().Lock(t.Context())
	if !strings.HasSuffix(fmt.Sprint(err), "error[plugin.manifest]: a plugin's folder needs a plugin.yaml (write `command: [python3, plugin.py]`, or name a program instead of a folder)") {
		t.Errorf("got %v", err)
	}
}

func TestMissingSource(t *testing.T) {
	p := newProject(t, "bin/hello")
	_, err := p.installer().Lock(t.Context())
	want := "error[plugin.source]: plugin acme/hello: installing a plugin: stat ROOT/bin/hello: no such file or directory (build it first, or correct its source)"
	if got := strings.ReplaceAll(fmt.Sprint(err), p.plugins.Root, "ROOT"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestInstall(t *testing.T) {
	p := newProject(t, "bin/hello")
	path := write(t, p.plugins.Root, "bin/hello", script(t))
	if _, _, err := p.installer().Install(t.Context(), true); !strings.Contains(fmt.Sprint(err), "is not locked") {
		t.Errorf("a strict installation of what is not locked: %v", err)
	}
	digest := p.lock(t)
	p.plugins.Store = catalog.NewStore(filepath.Join(t.TempDir(), "other"))
	p.fails(t, "error[plugin.missing]: plugin acme/hello is not installed (run slipway plugin install)")
	lock, installed, err := p.installer().Install(t.Context(), true)
	if diff := cmp.Diff([]string{"acme/hello"}, installed); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if diff := cmp.Diff(p.plugins.Lock.Plugins, lock.Plugins); diff != "" {
		t.Error(diff)
	}
	p.works(t)

	p.plugins.Store = catalog.NewStore(filepath.Join(t.TempDir(), "third"))
	if err := os.WriteFile(path, []byte("changed"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, _, err = p.installer().Install(t.Context(), true)
	want := fmt.Sprintf("error[plugin.changed]: plugin acme/hello is locked with SHA-256 %s, but bin/hello has %x (build what was locked, or run slipway plugin lock)", digest, sha256.Sum256([]byte("changed")))
	if fmt.Sprint(err) != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestWarnings(t *testing.T) {
	p := newProject(t, "bin/hello")
	path := write(t, p.plugins.Root, "bin/hello", script(t))
	p.lock(t)
	if err := os.WriteFile(path, []byte("#!/bin/sh\nexit 5\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, found := p.plugins.Programs()
	if got, want := found.Error(), "warning[plugin.changed]: bin/hello has changed since it was locked; the locked plugin is used (run slipway plugin lock, or slipway plugin dev acme/hello=bin/hello while you work on it)"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	p.works(t)
	p.plugins.Overrides = map[string]string{"acme/hello": path, "acme/other": "/x"}
	_, found = p.plugins.Programs()
	want := "warning[plugin.override]: PLUGIN acme/hello IS OVERRIDDEN: " + path + " stands for it, unverified, whatever slipway.lock says (run slipway plugin dev --remove acme/hello when you are done)\n" +
		"warning[plugin.override]: plugin acme/other is overridden, but this project does not name it"
	if diff := cmp.Diff(want, found.Error()); diff != "" {
		t.Error(diff)
	}
	if _, err := p.describe(t); !strings.Contains(fmt.Sprint(err), "exited with status 5") {
		t.Errorf("the override was not started: %v", err)
	}
}

// artifact pushes a plugin for two platforms, as `oras push` and `oras manifest
// index create` do, and returns the reference of the index.
func artifact(t *testing.T, address string, programs map[string]string) string {
	t.Helper()
	base := "http://" + address + "/v2/acme/hello"
	var children []map[string]any
	for name, content := range programs {
		os, arch, _ := strings.Cut(name, "/")
		put(t, base, content)
		put(t, base, "{}")
		child := manifest(t, base, fmt.Sprintf("%x", sha256.Sum256([]byte(name))), "application/vnd.oci.image.manifest.v1+json", map[string]any{
			"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "artifactType": "application/vnd.slipway.plugin.v1",
			"config": descriptor("application/vnd.oci.empty.v1+json", "{}"), "layers": []any{descriptor("application/octet-stream", content)},
		})
		child["platform"] = map[string]string{"os": os, "architecture": arch}
		children = append(children, child)
	}
	manifest(t, base, "1.0.0", "application/vnd.oci.image.index.v1+json", map[string]any{
		"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": children,
	})
	return address + "/acme/hello:1.0.0"
}

func descriptor(mediaType, content string) map[string]any {
	return map[string]any{"mediaType": mediaType, "digest": fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(content))), "size": len(content)}
}

func put(t *testing.T, base, content string) {
	t.Helper()
	resp, err := http.Post(base+"/blobs/uploads/", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	at, err := resp.Location()
	if err != nil {
		t.Fatal(err)
	}
	query := at.Query()
	query.Set("digest", fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(content))))
	at.RawQuery = query.Encode()
	send(t, at.String(), "application/octet-stream", []byte(content))
}

func manifest(t *testing.T, base, tag, mediaType string, content any) map[string]any {
	t.Helper()
	data, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	send(t, base+"/manifests/"+tag, mediaType, data)
	return descriptor(mediaType, string(data))
}

func send(t *testing.T, url, mediaType string, content []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, url, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", mediaType)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusCreated {
		t.Fatalf("PUT %s: %s: %s", url, resp.Status, text)
	}
}

func TestArtifact(t *testing.T) {
	server := registrytest.New(t)
	big := script(t) + strings.Repeat("# padding\n", 1<<20) // more than a small blob
	reference := artifact(t, server.Addr, map[string]string{platform: big, "linux/arm64": "another program"})
	p := newProject(t, "oci://"+reference)
	p.client = registry.New(registry.Options{})
	p.lock(t)
	want := map[string]string{
		platform:      fmt.Sprintf("%x", sha256.Sum256([]byte(big))),
		"linux/arm64": fmt.Sprintf("%x", sha256.Sum256([]byte("another program"))),
	}
	if diff := cmp.Diff(want, p.plugins.Lock.Plugins[0].SHA256); diff != "" {
		t.Error(diff)
	}
	p.works(t)
	p.plugins.Store = catalog.NewStore(filepath.Join(t.TempDir(), "runner"))
	if _, _, err := p.installer().Install(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	p.works(t)
}

func TestArtifactOfOtherPlatforms(t *testing.T) {
	server := registrytest.New(t)
	reference := artifact(t, server.Addr, map[string]string{"linux/arm64": "another program"})
	p := newProject(t, "oci://"+reference)
	p.client = registry.New(registry.Options{})
	_, err := p.installer().Lock(t.Context())
	if want := "error[plugin.platform]: plugin acme/hello is made for linux/arm64, not for linux/amd64"; fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestOverrides(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "user", "overrides.yml")
	o, found := catalog.ReadOverrides(file)
	if found != nil {
		t.Fatal(found)
	}
	path := write(t, dir, "hello", "x")
	for name, want := range map[string]string{
		"hello":      `error[plugin.name]: found the plugin name "hello" (write publisher/name)`,
		"acme/other": "overriding plugin acme/other: stat /no/such: no such file or directory",
	} {
		if err := o.Set(name, "/no/such"); fmt.Sprint(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if err := o.Set("acme/hello", path); err != nil {
		t.Fatal(err)
	}
	if err := o.Write(file); err != nil {
		t.Fatal(err)
	}
	got, found := catalog.ReadOverrides(file)
	if diff := cmp.Diff(catalog.Overrides{Plugins: map[string]string{"acme/hello": path}}, got); diff != "" || found != nil {
		t.Error(diff, found)
	}
	if err := got.Set("acme/hello", ""); err != nil || len(got.Plugins) != 0 {
		t.Errorf("%v, %v", got, err)
	}
}
