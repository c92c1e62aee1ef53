package deploy_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/container/containertest"
	"github.com/slipway-build/slipway/core/deploy"
	"github.com/slipway-build/slipway/core/leash"
	"github.com/slipway-build/slipway/core/secret"
	"github.com/slipway-build/slipway/sdk/diag"
)

func TestMain(m *testing.M) {
	if code, handled := leash.Main(os.Args); handled {
		os.Exit(code)
	}
	if code, handled := owner(); handled {
		os.Exit(code)
	}
	containertest.Main(m)
}

// token is a secret that every test's vault has.
const token = "hunter2 is no password"

// A bed is where tests deploy.
type bed struct {
	dir     string
	runtime *container.Runtime
	images  map[string]string
	shared  bool
	secrets *secret.Vault
}

// tokenVault returns a vault of one secret, which was not read.
func tokenVault() *secret.Vault {
	return secret.NewVault(new(secret.Mask), []string{"TOKEN=" + token}, []secret.Source{{Name: "token", Env: "TOKEN"}})
}

// vaultOf returns a vault of one secret, which was read.
func vaultOf(t *testing.T) *secret.Vault {
	t.Helper()
	v := tokenVault()
	if _, err := v.Text(t.Context(), "token"); err != nil {
		t.Fatal(err)
	}
	return v
}

func newBed(t *testing.T) *bed {
	t.Helper()
	store := containertest.Store(t)
	var web, checked containertest.Image
	web.Config.Entrypoint = []string{containertest.Program}
	checked.Config.Entrypoint = []string{containertest.Program}
	checked.Config.Healthcheck = &container.Healthcheck{Test: []string{"CMD", "program", "get", "http://localhost:8080"}}
	return &bed{
		dir: t.TempDir(), runtime: container.NewRuntime(store), secrets: vaultOf(t),
		images: map[string]string{"web:test": web.Add(t, store), "checked:test": checked.Add(t, store)},
	}
}

func (b *bed) load(t *testing.T, compose string) *deploy.Project {
	t.Helper()
	file := filepath.Join(t.TempDir(), "compose.yml")
	if err := os.WriteFile(file, []byte(compose), 0o644); err != nil {
		t.Fatal(err)
	}
	p, problems := deploy.Load(file, nil)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return p
}

func (b *bed) options() deploy.Options {
	return deploy.Options{Runtime: b.runtime, Images: b.images, Dir: b.dir, Name: "t", Timeout: 2 * time.Minute, Shared: b.shared, Secrets: b.secrets}
}

// up brings a compose file up for the time of a test.
func (b *bed) up(t *testing.T, compose string) *deploy.Deployment {
	t.Helper()
	d, err := deploy.Up(t.Context(), b.load(t, compose), b.options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Down(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		if left, err := b.runtime.Store().Sweep(context.WithoutCancel(t.Context())); left != 0 || err != nil {
			t.Errorf("%d containers were left, %v", left, err)
		}
	})
	return d
}

// get asks for a page through dial.
func get(t *testing.T, url string, dial func(context.Context, string, string) (net.Conn, error)) string {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
	resp, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func inside(d *deploy.Deployment) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, _, address string) (net.Conn, error) { return d.Dial(ctx, address) }
}

// ordinaryTests are those that an ordinary user with one id can pass.
const ordinaryTests = "^(TestServicesOnTheSamePortFindEachOtherByName|TestPublishedPorts|TestSharedNetwork|TestDependencies|TestNothingIsLeftAfterKill)$"

func TestAsOrdinaryUser(t *testing.T) {
	out, err := containertest.AsUser(t, 54321, ordinaryTests).CombinedOutput()
	if strings.Contains(string(out), "entering a user namespace") {
		t.Skipf("no user namespace can be entered here: %s", out)
	}
	if err != nil || strings.Contains(string(out), "--- SKIP") || strings.Count(string(out), "--- PASS") < 5 {
		t.Errorf("%v\n%s", err, out)
	}
}

const twoServices = `
services:
  web:
    image: web:test
    command: ["serve", "80", "from web"]
    ports: ["80"]
  db:
    image: web:test
    container_name: database
    command: ["serve", "80", "from db"]
    networks: {default: {aliases: [store]}}
    ports: ["80"]
`

func TestServicesOnTheSamePortFindEachOtherByName(t *testing.T) {
	b := newBed(t)
	d := b.up(t, twoServices)
	if d.Shared() {
		t.Skip("this kernel lets nobody make a bridge in a network namespace of his own")
	}
	other := b.up(t, strings.ReplaceAll(twoServices, "from", "again from"))
	for name, want := range map[string]string{"web": "from web", "db": "from db", "database": "from db", "store": "from db"} {
		var out bytes.Buffer
		if _, err := d.Exec(t.Context(), "web", container.ExecSpec{Command: []string{"program", "get", "http://" + name}, Stdout: &out, Stderr: &out}); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); got != want {
			t.Errorf("from inside, %s answers %q, want %q", name, got, want)
		}
		if got := get(t, "http://"+name, inside(d)); got != want {
			t.Errorf("from outside, %s answers %q, want %q", name, got, want)
		}
		if got := get(t, "http://"+name, inside(other)); got != "again "+want {
			t.Errorf("in the other deployment, %s answers %q, want %q", name, got, "again "+want)
		}
	}
	if _, err := d.Dial(t.Context(), "web:81"); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("dialling a closed port: %v", err)
	}
	_, err := d.Dial(t.Context(), "cache:80")
	if want := `dialling "cache:80": the deployment has no service "cache"; it has database, db, store, web`; err == nil || err.Error() != want {
		t.Errorf("err = %v\nwant  %s", err, want)
	}
}

func TestPublishedPorts(t *testing.T) {
	b := newBed(t)
	d := b.up(t, twoServices)
	for _, s := range d.Services() {
		url := "http://127.0.0.1:" + strconv.Itoa(s.Ports[80])
		if got := get(t, url, nil); got != "from "+s.Name {
			t.Errorf("%s answers %q", s.Name, got)
		}
	}
	taken := d.Services()[0].Ports[80]
	_, err := deploy.Up(t.Context(), b.load(t, "services:\n  web:\n    image: web:test\n    ports:\n      - "+strconv.Itoa(taken)+":80\n"), b.options())
	want := "service web publishes port " + strconv.Itoa(taken) + ", which cannot be opened on this machine: address already in use"
	if problems := diag.Of(err); len(problems) != 1 || problems[0].Summary != want || problems[0].Pos.Line != 5 {
		t.Errorf("err = %v\nwant line 5: %s", err, want)
	}
}

func TestSharedNetwork(t *testing.T) {
	b := newBed(t)
	b.shared = true
	_, err := deploy.Up(t.Context(), b.load(t, twoServices), b.options())
	if problems := diag.Of(err); len(problems) != 1 || problems[0].Summary != "services db and web both listen on port 80" {
		t.Errorf("err = %v", err)
	}
	d := b.up(t, strings.NewReplacer(`"80", "from db"`, `"81", "from db"`, "store]}}\n    ports: [\"80\"]", "store]}}\n    ports: [\"81\"]").Replace(twoServices))
	if !d.Shared() {
		t.Error("the network is not shared")
	}
	for host, want := range map[string]string{"web:80": "from web", "db:81": "from db"} {
		if got := get(t, "http://"+host, inside(d)); got != want {
			t.Errorf("%s answers %q, want %q", host, got, want)
		}
	}
}

func TestServiceIsAsWritten(t *testing.T) {
	b := newBed(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "motd"), []byte("ahoy"), 0o644); err != nil {
		t.Fatal(err)
	}
	d := b.up(t, `
services:
  web:
    image: web:test
    entrypoint: program sleep
    environment: {COLOUR: blue}
    user: "7:8"
    working_dir: /srv
    hostname: ship
    volumes:
      - `+dir+`/motd:/etc/motd:ro
      - data:/data
    tmpfs: [/scratch]
    read_only: true
    extra_hosts: ["mars:10.9.8.7"]
volumes:
  data:
`)
	for _, tt := range []struct {
		command []string
		want    string
	}{
		{[]string{"program", "env", "COLOUR", "HOSTNAME"}, "blue\nship\n"},
		{[]string{"program", "id"}, "7 8 /srv\n"},
		{[]string{"program", "cat", "/etc/motd"}, "ahoy"},
		{[]string{"program", "write", "/scratch/x", "y"}, ""},
		{[]string{"program", "write", "/x", "y"}, "open /x: read-only file system\n"},
	} {
		var out bytes.Buffer
		if _, err := d.Exec(t.Context(), "web", container.ExecSpec{Command: tt.command, Stdout: &out, Stderr: &out}); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); got != tt.want {
			t.Errorf("%q says %q, want %q", tt.command, got, tt.want)
		}
	}
	volume := filepath.Join(d.Dir(), "volumes", "data")
	if _, err := os.Stat(volume); err != nil {
		t.Error(err)
	}
	if err := d.Down(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(volume); !os.IsNotExist(err) {
		t.Errorf("the volume outlived the deployment: %v", err)
	}
	log, err := d.Logs("web")
	if err != nil || string(log) != "sleeping\n" {
		t.Errorf("log = %q, %v", log, err)
	}
}

func TestDependencies(t *testing.T) {
	b := newBed(t)
	d := b.up(t, `
services:
  a-last:
    image: web:test
    command: [sleep]
    depends_on:
      middle: {condition: service_healthy}
      zero: {condition: service_completed_successfully}
  middle:
    image: checked:test
    command: [serve, "8080", fine]
  zero:
    image: web:test
    command: [exit, "0"]
`)
	var names []string
	var last container.State
	for _, s := range d.Services() {
		if s.State.Started.Before(last.Started) {
			t.Errorf("%s started before the one it stands behind", s.Name)
		}
		names, last = append(names, s.Name), s.State
	}
	if got := strings.Join(names, " "); got != "middle zero a-last" {
		t.Errorf("order = %s", got)
	}
}

func TestUpFails(t *testing.T) {
	b := newBed(t)
	tests := []struct{ name, compose, want string }{
		{"dead at start", "{image: web:test, command: [exit, '3'], ports: ['80']}", "service web: it ended with exit code 3; its log is empty"},
		{"dead with last words", "{image: web:test, command: [cat, /no/such], ports: ['80']}", "service web: it ended with exit code 1; the end of its log:\nopen /no/such: no such file or directory"},
		{"no such command", "{image: web:test, entrypoint: nginx}", `bringing up service web: starting web: the image has no command "nginx" in /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`},
		{
			"never healthy", "{image: web:test, command: [sleep], healthcheck: {test: [CMD, program, cat, /ready], interval: 50ms, retries: 2}}",
			"service web: it is unhealthy after 2 checks over 100ms: the check ended with exit code 1; it said: open /ready: no such file or directory; ",
		},
		{"image not given", "{image: other:test}", "service web uses other:test, which this run does not provide"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := deploy.Up(t.Context(), b.load(t, "services:\n  web: "+tt.compose), b.options())
			got := ""
			if problems := diag.Of(err); len(problems) == 1 {
				got = problems[0].Summary
			} else if err != nil {
				got = err.Error()
			}
			if !strings.HasPrefix(got, tt.want) { // what a living service has printed by then is anybody's guess
				t.Errorf("err = %s\nwant  %s", got, tt.want)
			}
		})
	}
	all, err := b.runtime.Store().Sweep(t.Context())
	if all != 0 || err != nil {
		t.Errorf("%d containers were left, %v", all, err)
	}
}
