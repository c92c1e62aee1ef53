package secret_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/secret"
	"github.com/slipway-build/slipway/sdk/diag"
)

func read(t *testing.T, dir, src string) []secret.Source {
	t.Helper()
	n, ds := document.Parse("slipway.yml", []byte(src))
	sources, more := secret.Read(n, dir)
	ds.Add(more...)
	if ds != nil {
		t.Fatal(ds)
	}
	return sources
}

func TestRead(t *testing.T) {
	got := read(t, "/site", "registry/token: {env: TOKEN}\nkey: {file: a/key}\nother: {command: [pass, show]}\n")
	at := func(line, end int) diag.Pos { return diag.Pos{File: "slipway.yml", Line: line, Column: 1, End: end} }
	want := []secret.Source{
		{Name: "registry/token", Env: "TOKEN", Dir: "/site", Pos: at(1, 15)},
		{Name: "key", File: "a/key", Dir: "/site", Pos: at(2, 4)},
		{Name: "other", Command: []string{"pass", "show"}, Dir: "/site", Pos: at(3, 6)},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The page declares secrets as they are read.
func TestPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/secrets.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"registry/token", "token"} {
		declared := 0
		for i, block := range strings.Split(string(page), "```") {
			src, ok := strings.CutPrefix(block, "yaml\n")
			if i%2 == 0 || !ok || !strings.Contains(src, "\n  "+name+":") {
				continue
			}
			n, ds := document.Parse("page", []byte(src))
			if ds != nil {
				t.Fatal(ds)
			}
			sources, ds := secret.Read(n.Get("secrets"), "")
			if ds != nil {
				t.Error(ds)
			}
			declared += len(sources)
		}
		if declared == 0 {
			t.Errorf("the page declares no %s", name)
		}
	}
}

func TestReadMistakes(t *testing.T) {
	n, _ := document.Parse("slipway.yml", []byte("a: {}\nb: {env: B, file: b}\n"))
	_, ds := secret.Read(n, "")
	want := `slipway.yml:1:1: error[bad-secret]: the secret "a" needs exactly one of env, file and command (write a: { env: NAME })
slipway.yml:2:1: error[bad-secret]: the secret "b" needs exactly one of env, file and command (write b: { env: NAME })`
	if diff := cmp.Diff(want, ds.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	n, _ = document.Parse("slipway.yml", []byte("a: {evn: A}\n"))
	_, ds = secret.Read(n, "")
	if got, want := ds.Error(), `slipway.yml:1:5: error[unknown-key]: unknown key "evn" (did you mean "env"?)`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestProviders(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "key"), []byte("from a file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m := new(secret.Mask)
	v := secret.NewVault(m, []string{"TOKEN=first", "TOKEN=from the environment", "PATH=" + os.Getenv("PATH")}, read(t, dir, `
env: {env: TOKEN}
file: {file: key}
command: {command: [sh, -c, "echo from $(basename $PWD); echo x >> ran"]}
`))
	for name, want := range map[string]string{"env": "from the environment", "file": "from a file", "command": "from " + filepath.Base(dir)} {
		for range 2 {
			got, err := v.Text(t.Context(), name)
			if err != nil || got != want {
				t.Errorf("%s is %q, %v, want %q", name, got, err, want)
			}
		}
		if got := m.Text(want); got != secret.Masked {
			t.Errorf("%s is shown as %q", name, got)
		}
	}
	if ran, err := os.ReadFile(filepath.Join(dir, "ran")); err != nil || string(ran) != "x\n" {
		t.Errorf("the command ran %q, %v, want once", ran, err)
	}
	whole, err := v.Value(t.Context(), secret.Source{File: "key", Dir: dir})
	if err != nil || string(whole) != "from a file\n" {
		t.Errorf("the value as it stands is %q, %v", whole, err)
	}
}

func TestProviderMistakes(t *testing.T) {
	environ := []string{"SHORT=abc", "EMPTY=", "PATH=" + os.Getenv("PATH")}
	v := secret.NewVault(new(secret.Mask), environ, read(t, "/none", `
registry/token: {env: TOKEN}
file: {file: key}
command: {command: [sh, -c, "echo no key >&2; exit 3"]}
absent: {command: [no-such-program]}
short: {env: SHORT}
empty: {env: EMPTY}
`))
	tests := []struct{ name, want string }{
		{"registry/token", `slipway.yml:2:1: error[no-secret]: the environment has no TOKEN, which holds the secret "registry/token" (set it, for this run only)`},
		{"file", `slipway.yml:3:1: error[no-secret]: the secret "file" cannot be read: open /none/key: no such file or directory (put it there, or name another file)`},
		{"absent", `slipway.yml:5:1: error[no-secret]: no-such-program, which prints the secret "absent", went wrong: exec: "no-such-program": executable file not found in $PATH (run it by hand)`},
		{"short", `slipway.yml:6:1: error[short-secret]: the secret "short" has fewer than 4 characters on every line, and cannot be hidden (use a longer one)`},
		{"empty", `slipway.yml:7:1: error[short-secret]: the secret "empty" has fewer than 4 characters on every line, and cannot be hidden (use a longer one)`},
		{"registry/tokn", `error[no-secret]: there is no secret "registry/tokn" (did you mean "registry/token"?)`},
		{"zzzzzz", `error[no-secret]: there is no secret "zzzzzz" (declare it in slipway.yml: secrets: { zzzzzz: { env: NAME } })`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := v.Text(t.Context(), tt.name)
			if err == nil || err.Error() != tt.want {
				t.Errorf("the error is %v\nwant         %s", err, tt.want)
			}
		})
	}
}

// What a command complains of is told, what it prints never is.
func TestCommandThatFails(t *testing.T) {
	v := secret.NewVault(new(secret.Mask), []string{"PATH=" + os.Getenv("PATH")}, read(t, t.TempDir(), `x: {command: [sh, -c, "echo half-a-secret; echo locked >&2; exit 3"]}`))
	_, err := v.Text(t.Context(), "x")
	ds := diag.Of(err)
	if ds == nil || ds[0].Detail != "locked" || strings.Contains(err.Error(), "half-a-secret") || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("the error is %v, %v", err, ds)
	}
}

func TestInterruptedReadingIsNotKept(t *testing.T) {
	v := secret.NewVault(new(secret.Mask), []string{"PATH=" + os.Getenv("PATH")}, read(t, t.TempDir(), `x: {command: [echo, long enough]}`))
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("stop")
	cancel(stop)
	if _, err := v.Text(ctx, "x"); !errors.Is(err, stop) {
		t.Errorf("the error is %v", err)
	}
	if got, err := v.Text(t.Context(), "x"); got != "long enough" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// What is journaled holds no secret, and becomes the same value again in
// another process.
func TestRefer(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "key"), []byte("first line\nsecond line\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	environ := []string{"TOKEN=" + canary, "PATH=" + os.Getenv("PATH")}
	sources := read(t, dir, "token: {env: TOKEN}\nkey: {file: key}\ncommand: {command: [echo, from a command]}\nunused: {env: NONE}\n")
	v := secret.NewVault(new(secret.Mask), environ, sources)
	for _, name := range []string{"token", "key", "command"} {
		if _, err := v.Text(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := v.Text(t.Context(), "unused"); err == nil {
		t.Fatal("NONE is set")
	}
	value := map[string]any{
		"stdout": "Bearer " + canary + "\nand " + base64.StdEncoding.EncodeToString([]byte(canary)) + ".",
		"lines":  []any{"> second line", "first line", "from a command", 1.5, nil, true},
		"plain":  "nothing",
		"looks":  map[string]any{"$secret": "like one: " + canary},
	}
	data, err := json.Marshal(v.Refer(value))
	if err != nil {
		t.Fatal(err)
	}
	for _, hidden := range []string{"s3cr", "second line", "first line", base64.RawStdEncoding.EncodeToString([]byte("s3cr&t"))} {
		if strings.Contains(string(data), hidden) {
			t.Errorf("%q is in the journal: %s", hidden, data)
		}
	}
	var journaled any
	if err := json.Unmarshal(data, &journaled); err != nil {
		t.Fatal(err)
	}
	later := secret.NewVault(new(secret.Mask), environ, nil)
	got, err := later.Restore(t.Context(), journaled)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(value, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReferWithoutSecrets(t *testing.T) {
	v := secret.NewVault(new(secret.Mask), nil, nil)
	value := map[string]any{"a": []any{"b", 1.0}, "c": map[string]any{"$secret": []any{"x"}}}
	got, err := v.Restore(t.Context(), v.Refer(value))
	if diff := cmp.Diff(value, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestRestoreMistakes(t *testing.T) {
	v := secret.NewVault(new(secret.Mask), []string{"KEY=one line"}, nil)
	tests := []struct{ name, reference, want string }{
		{"gone", `[{"env": "TOKEN", "form": "text"}]`, `error[no-secret]: the environment has no TOKEN, which holds the secret "env TOKEN" (set it, for this run only)`},
		{"changed", `[{"env": "KEY", "form": "line 2"}]`, `error[changed-secret]: the secret from env KEY is another one than the run has used: it has no line 2 (run anew)`},
		{"damaged", `7`, `reading a reference to a secret: json: cannot unmarshal number into Go value of type []secret.part`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var value any
			if err := json.Unmarshal([]byte(`{"$secret": `+tt.reference+`}`), &value); err != nil {
				t.Fatal(err)
			}
			if _, err := v.Restore(t.Context(), []any{value}); err == nil || err.Error() != tt.want {
				t.Errorf("the error is %v, want %s", err, tt.want)
			}
		})
	}
}
