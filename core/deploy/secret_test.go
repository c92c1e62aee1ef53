package deploy_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slipway-build/slipway/core/deploy"
	"github.com/slipway-build/slipway/core/secret"
)

// kept fails if a file below dir holds the token, and returns all that the
// files there hold.
func kept(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), token) {
			t.Errorf("%s holds the secret", path)
		}
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// await waits until done, or the test's own limit ends it.
func await(t *testing.T, done func() bool) {
	t.Helper()
	for !done() && t.Context().Err() == nil {
		time.Sleep(time.Millisecond)
	}
}

const talkative = `
services:
  web:
    image: web:test
    command: ["repeat", "` + token + `"]
`

// What a service prints of a secret is in no file, not even when its owner is
// killed while it prints.
func TestServiceSecretsAfterKill(t *testing.T) {
	b := newBed(t)
	o := own(t, b.job(t, talkative))
	log := filepath.Join(b.dir, o.id, "logs", "web.log")
	await(t, func() bool { info, err := os.Stat(log); return err == nil && info.Size() > 1<<20 })
	o.kill(t)
	if text := kept(t, b.dir); !strings.Contains(text, "0 "+secret.Masked+"\n1 "+secret.Masked+"\n") {
		t.Errorf("the log begins %q", text[:min(len(text), 100)])
	}
	if left, err := b.runtime.Store().Sweep(t.Context()); left != 1 || err != nil {
		t.Errorf("%d containers were swept, %v; want 1", left, err)
	}
}

// What was printed before the log is asked for is in it, in order; a secret
// that is read when its service runs already is hidden from then on.
func TestServiceSecretReadLate(t *testing.T) {
	b := newBed(t)
	b.secrets = tokenVault()
	d := b.up(t, talkative)
	await(t, func() bool { log, _ := d.Logs("web"); return strings.Contains(string(log), token) })
	if _, err := b.secrets.Text(t.Context(), "token"); err != nil {
		t.Fatal(err)
	}
	await(t, func() bool { log, _ := d.Logs("web"); return strings.Contains(string(log), secret.Masked) })
	log, err := d.Logs("web")
	if err != nil {
		t.Fatal(err)
	}
	before, after, _ := strings.Cut(string(log), secret.Masked)
	if !strings.Contains(before, token) || strings.Contains(after, token) {
		t.Error("the secret is hidden before it was read, or shown after")
	}
}

// The command that is to take a deployment down is kept without its secrets,
// and run with them by whoever finds it.
func TestCommandSecretsAfterKill(t *testing.T) {
	dir, work := t.TempDir(), t.TempDir()
	o := own(t, ownerJob{Dir: dir, Command: &deploy.CommandSpec{
		Up:      []string{"/bin/sh", "-c", `echo up with "$0"`, token},
		Down:    []string{"/bin/sh", "-c", `echo down with "$0"; printf %s "$0 $SHADE" > down`, token},
		Env:     []string{"TOKEN=" + token},
		WorkDir: work,
	}})
	kept(t, dir)
	o.kill(t)
	if _, err := deploy.Sweep(t.Context(), dir, []string{"SHADE=of blue"}, tokenVault()); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(work, "down")); err != nil || string(got) != token+" of blue" {
		t.Errorf("the command saw %q, %v", got, err)
	}
	if text := kept(t, dir); !strings.Contains(text, "up with ********\ndown with ********\n") {
		t.Errorf("the files hold %s", text)
	}
}

// What a command leaves running goes on writing to the log, with secrets
// hidden, until the deployment is taken down.
func TestCommandLeavesSomethingRunning(t *testing.T) {
	dir, work := t.TempDir(), t.TempDir()
	d, err := deploy.RunCommand(t.Context(), dir, "c", deploy.CommandSpec{
		Up:      []string{"/bin/sh", "-c", "mkfifo words; cat words & echo ready"},
		WorkDir: work,
		Env:     os.Environ(),
		Secrets: vaultOf(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	words, err := os.OpenFile(filepath.Join(work, "words"), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer words.Close()
	for _, piece := range []string{token[:5], token[5:], " and more"} {
		if _, err := words.WriteString(piece); err != nil {
			t.Fatal(err)
		}
	}
	await(t, func() bool { log, _ := d.Logs(); return string(log) == "ready\n******** and more" })
	if err := d.Down(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	kept(t, dir)
}
