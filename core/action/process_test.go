package action_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/leash"
)

// TestMain lets this binary keep the programs that tests run.
func TestMain(m *testing.M) {
	if code, handled := leash.Main(os.Args); handled {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

func (s *stand) command() *action.Command {
	return &action.Command{Dir: s.root, Env: []string{"PATH=" + os.Getenv("PATH"), "A=run", "B=run", "C=run"}}
}

func TestCommand(t *testing.T) {
	s := newStand(t)
	s.write("sub/there", "")
	environment := func(step *engine.Step) { step.Env = []string{"B=task", "C=task"} }
	tests := []struct{ name, args, stdout string }{
		{"argv", "argv: [printf, '%s|', a b, '$HOME']", "a b|$HOME|"},
		{"shell", "shell: 'echo one; echo two'", "one\ntwo"},
		{"environment", "shell: echo $A $B $C\nenvironment: {C: own}", "run task own"},
		{"stdin", "argv: [cat]\nstdin: 'in, {{ .image.name }}'", "in, web"},
		{"no stdin", "argv: [cat]", ""},
		{"folder", "argv: [ls]\nchdir: sub", "there"},
		{"root", "shell: test -d sub && echo here", "here"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := s.run(s.command(), tt.args, environment)
			if err != nil || !got.Changed || got.Values["stdout"] != tt.stdout || got.Values["rc"] != 0 {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	got, _ := s.run(s.command(), "shell: 'echo one; echo two; echo three >&2'")
	if diff := cmp.Diff(any([]any{"one", "two"}), got.Values["stdout_lines"]); diff != "" || got.Values["stderr"] != "three" {
		t.Errorf("%+v\n%s", got.Values, diff)
	}
	// The two streams are two pipes: which one is read first is nobody's to say.
	if log := s.log.String(); !strings.Contains(log, "one\ntwo\n") || !strings.Contains(log, "three\n") {
		t.Errorf("the log has %q", log)
	}
}

func TestCommandCreatesAndRemoves(t *testing.T) {
	s := newStand(t)
	s.write("sub/out.txt", "")
	tests := []struct{ args, verb, detail string }{
		{"creates: sub/*.txt", "there", "sub/*.txt exists"},
		{"creates: out.txt\nchdir: sub", "there", "out.txt exists"},
		{"creates: nope", "ran", "touch ran"},
		{"removes: nope", "gone", "nope does not exist"},
		{"removes: sub/out.txt", "ran", "touch ran"},
	}
	for _, tt := range tests {
		for _, check := range []bool{true, false} {
			t.Run(fmt.Sprint(tt.args, check), func(t *testing.T) {
				_ = os.Remove(filepath.Join(s.root, "ran"))
				got, err := s.run(s.command(), "argv: [touch, ran]\n"+tt.args, func(step *engine.Step) { step.Check = check })
				_, missing := os.Stat(filepath.Join(s.root, "ran"))
				wanted := tt.verb == "ran"
				if err != nil || (missing == nil) != (wanted && !check) || got.Skipped != (wanted && check) || got.Changed != (wanted && !check) {
					t.Errorf("%+v, %v, %v", got, err, missing)
				}
				if !got.Skipped && (got.Verb != tt.verb || got.Detail != tt.detail) {
					t.Errorf("%s %s", got.Verb, got.Detail)
				}
			})
		}
	}
	_, err := s.run(s.command(), "argv: ['true']\ncreates: '[a'")
	fails(t, "looking for [a: syntax error in pattern", err)
}

func TestCommandInCheckMode(t *testing.T) {
	s := newStand(t)
	got, err := s.run(s.command(), "shell: echo hi", checking)
	if diff := cmp.Diff(any([]any{"/bin/sh", "-c", "echo hi"}), got.Values["argv"]); err != nil || !got.Skipped || diff != "" {
		t.Errorf("%+v, %v\n%s", got, err, diff)
	}
	got, err = s.run(s.command(), "shell: echo hi\ncheck: true", checking)
	if err != nil || got.Skipped || got.Values["stdout"] != "hi" {
		t.Errorf("one that changes nothing does not run: %+v, %v", got, err)
	}
}

func TestCommandFails(t *testing.T) {
	s := newStand(t)
	s.write("plain", "")
	tests := []struct {
		name, args, want string
		rc               int
	}{
		{"exit code", "shell: echo out; exit 3", "running /bin/sh -c echo out; exit 3: it ended with exit status 3", 3},
		{"signal", "shell: kill -9 $$", "running /bin/sh -c kill -9 $$: it ended with signal: killed", -1},
		{"not there", "argv: [/nowhere/program]", "running /nowhere/program: fork/exec /nowhere/program: no such file or directory", -1},
		{"not allowed", "argv: [./plain]", "running ./plain: fork/exec ./plain: permission denied", -1},
		{"no folder", "argv: ['true']\nchdir: nowhere", "running true: stat " + s.root + "/nowhere: no such file or directory", -1},
		{"timeout", "shell: sleep 60 & wait\ntimeout: 50ms", "running /bin/sh -c sleep 60 & wait: it took longer than 50ms", -1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := s.run(s.command(), tt.args)
			fails(t, tt.want, err)
			if got.Values["rc"] != tt.rc {
				t.Errorf("rc %v, want %d", got.Values["rc"], tt.rc)
			}
		})
	}
}

// What a program has started ends with it.
func TestCommandLeavesNoProcess(t *testing.T) {
	s := newStand(t)
	pid := 0
	for timeout := 300 * time.Millisecond; pid == 0 && t.Context().Err() == nil; timeout *= 2 { // until it was long enough to begin
		got, err := s.run(s.command(), fmt.Sprintf("shell: 'sleep 60 & echo $!; wait'\ntimeout: %v", timeout))
		if err == nil {
			t.Fatal("it was not stopped")
		}
		pid, _ = strconv.Atoi(fmt.Sprint(got.Values["stdout"]))
	}
	for gone := false; !gone; time.Sleep(time.Millisecond) { // a process that has got its signal takes a moment
		state, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		gone = syscall.Kill(pid, 0) != nil || strings.Contains(string(state), ") Z ")
		if t.Context().Err() != nil {
			t.Fatalf("process %d is still there: %s", pid, state)
		}
	}
}

func (s *stand) script() *action.Script { return &action.Script{Dir: s.root, Env: s.command().Env} }

func TestScript(t *testing.T) {
	s := newStand(t)
	s.write("playbooks/check.sh", "#!/bin/sh -e\necho $# $1 $PWD; false; echo not here\n")
	s.write("top.sh", "#!/bin/sh\necho top $1\n")
	s.write("roles/web/files/top.sh", "#!/bin/sh\necho of the role")
	s.write("empty", "")
	s.write("plain", "echo\n")
	tests := []struct{ name, dir, args, stdout, want string }{
		{"beside the playbook, with an option", "playbooks", "file: check.sh\nargs: [a b, c]", "2 a b " + s.root, "running /bin/sh -e " + s.root + "/playbooks/check.sh a b c: it ended with exit status 1"},
		{"at the top", "playbooks", "file: top.sh\nargs: ['{{ .image.name }}']", "top web", ""},
		{"of a role", "roles/web", "file: top.sh", "of the role", ""},
		{"of no folder", "", "file: top.sh", "top", ""},
		{"no interpreter", "", "file: plain", "", "p.yml:1:7: error[no-interpreter]: " + s.root + "/plain cannot be run as a script: its first line names no interpreter (begin it with a line such as #!/bin/sh, or run a program with command)"},
		{"empty", "", "file: empty", "", "p.yml:1:7: error[no-interpreter]: " + s.root + "/empty cannot be run as a script: its first line names no interpreter (begin it with a line such as #!/bin/sh, or run a program with command)"},
		{"not there", "roles/web", "file: nope.sh", "", "p.yml:1:7: error[no-file]: there is no file nope.sh (write one of " + s.root + "/roles/web/files/nope.sh, " + s.root + "/roles/web/nope.sh, " + s.root + "/roles/files/nope.sh, " + s.root + "/roles/nope.sh, " + s.root + "/files/nope.sh, " + s.root + "/nope.sh)"},
		{"nowhere", "", "file: /nowhere/x.sh", "", "p.yml:1:7: error[no-file]: there is no file /nowhere/x.sh (write one of /nowhere/x.sh)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := tt.dir
			if dir != "" {
				dir = filepath.Join(s.root, dir)
			}
			got, err := s.run(s.script(), tt.args, in(dir))
			fails(t, tt.want, err)
			if stdout, _ := got.Values["stdout"].(string); stdout != tt.stdout {
				t.Errorf("stdout %q", stdout)
			}
		})
	}
	got, err := s.run(s.script(), "file: top.sh", checking)
	if err != nil || !got.Skipped {
		t.Errorf("%+v, %v", got, err)
	}
	_, err = s.run(s.script(), "file: nope.sh", checking)
	if err == nil {
		t.Error("in check mode nobody looks for the script")
	}
}
