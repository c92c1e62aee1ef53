package action_test

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/action"
)

func TestWaitForAFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t)
		later := func(after time.Duration, do func()) { go func() { time.Sleep(after); do() }() }
		tests := []struct {
			name, args string
			meanwhile  func()
			took       time.Duration
			groups     []any
		}{
			{"there", "path: a", func() { s.write("a", "") }, 3 * time.Second, nil},
			{"present, looked for now and then", "path: b\nstate: present\nsleep: 2s", func() { s.write("b", "") }, 4 * time.Second, nil},
			{"there from the beginning, after a while", "path: a\ndelay: 5s", func() {}, 5 * time.Second, nil},
			{"gone", "path: a\nstate: absent", func() { _ = os.Remove(filepath.Join(s.root, "a")) }, 3 * time.Second, nil},
			{"stopped", "path: a\nstate: stopped", func() {}, 0, nil},
			{"matches", "path: b\nsearch_regex: 'ready in (\\d+) (ms|s)'", func() { s.write("b", "x\nready in 7 ms") }, 3 * time.Second, []any{"7", "ms"}},
		}
		for _, tt := range tests {
			begun := time.Now()
			later(2500*time.Millisecond, tt.meanwhile)
			got, err := s.run(&action.WaitFor{Dir: s.root}, tt.args)
			groups, _ := got.Values["match_groups"].([]any)
			if took := time.Since(begun); err != nil || took != tt.took || got.Values["elapsed"] != tt.took.Seconds() || len(groups) != len(tt.groups) || len(groups) > 0 && groups[0] != "7" {
				t.Errorf("%s: %s, %+v, %v", tt.name, took, got, err)
			}
			time.Sleep(time.Minute)
		}
	})
}

func TestWaitForFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t)
		s.write("there", "nothing to find")
		tests := []struct{ name, args, want string }{
			{"never there", "path: nope", "waiting for nope to be started: 5m0s have passed: stat " + s.root + "/nope: no such file or directory"},
			{"never gone", "path: there\nstate: absent\ntimeout: 3", "waiting for there to be absent: 3s have passed: it is still there"},
			{"never matches", "path: there\nsearch_regex: ready\ntimeout: 3", `waiting for there to be started: 3s have passed: nothing in it matches "ready"`},
			{"in its own words", "path: nope\nmsg: '{{ .image.name }} did not come up'", "web did not come up"},
			{"no time", "path: there\nstate: absent\ndelay: 10s\ntimeout: 5s", "waiting for there to be absent: 5s have passed: there was no time to look"},
		}
		for _, tt := range tests {
			_, err := s.run(&action.WaitFor{Dir: s.root}, tt.args)
			fails(t, tt.want, err)
		}
		step, err := s.step(new(action.WaitFor), "path: nope")
		if err != nil {
			t.Fatal(err)
		}
		_, err = new(action.WaitFor).Run(cancelled(t), step)
		fails(t, "context canceled", err)
		begun := time.Now()
		got, err := s.run(new(action.WaitFor), "path: nope\nstate: present", checking)
		if err != nil || !got.Skipped || got.Values["state"] != "present" || time.Since(begun) != 0 {
			t.Errorf("in check mode: %+v, %v", got, err)
		}
	})
}

// greeter takes connections, and greets.
func greeter(t *testing.T, greeting string) (port int, conns <-chan net.Conn, stop func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	taken := make(chan net.Conn, 16)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, greeting)
			taken <- conn
		}
	}()
	return l.Addr().(*net.TCPAddr).Port, taken, func() { _ = l.Close() }
}

func TestWaitForAPort(t *testing.T) {
	port, conns, stop := greeter(t, "220 mail.test ESMTP\r\n")
	s, wait := newStand(t), new(action.WaitFor)
	here := "port: " + strconv.Itoa(port) + "\nsleep: 10ms\n"
	at := here + "timeout: 500ms\n"
	if got, err := s.run(wait, here); err != nil || got.Changed || got.Verb != "started" || got.Detail != net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) {
		t.Errorf("started: %+v, %v", got, err)
	}
	got, err := s.run(wait, here+`search_regex: '^(\d+) (\S+) ESMTP'`)
	if diff := cmp.Diff(any([]any{"220", "mail.test"}), got.Values["match_groups"]); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	name := "127.0.0.1:" + strconv.Itoa(port)
	_, err = s.run(wait, at+"search_regex: 550")
	fails(t, "waiting for "+name+` to be started: 500ms have passed: nothing in it matches "550"`, err)
	_, err = s.run(wait, at+"state: absent")
	fails(t, "waiting for "+name+" to be absent: 500ms have passed: it still takes connections", err)

	go func() { stop() }()
	for conn := net.Conn(nil); ; {
		select {
		case conn = <-conns:
			_ = conn.Close()
			continue
		default:
		}
		break
	}
	if _, err := s.run(wait, here+"state: stopped"); err != nil {
		t.Errorf("stopped: %v", err)
	}
	_, err = s.run(wait, at)
	fails(t, "waiting for "+name+" to be started: 500ms have passed: dial tcp "+name+": connect: connection refused", err)
	_, err = s.run(wait, at+"host: nowhere.invalid\nstate: stopped")
	if err == nil || !strings.Contains(err.Error(), "nowhere.invalid") {
		t.Errorf("a name that nobody knows counts as stopped: %v", err)
	}
}

func TestWaitUntilAPortIsDrained(t *testing.T) {
	if _, err := os.Stat("/proc/net/tcp"); errors.Is(err, os.ErrNotExist) {
		t.Skip("needs /proc/net/tcp")
	}
	port, conns, _ := greeter(t, "")
	s, wait := newStand(t), new(action.WaitFor)
	at := "port: " + strconv.Itoa(port) + "\nstate: drained\nsleep: 10ms\n"
	conn, err := net.Dial("tcp", "127.0.0.1:"+strconv.Itoa(port))
	if err != nil {
		t.Fatal(err)
	}
	server := <-conns
	_, err = s.run(wait, at+"timeout: 500ms")
	fails(t, "waiting for 127.0.0.1:"+strconv.Itoa(port)+" to be drained: 500ms have passed: 1 connections are open", err)
	if _, err := s.run(wait, at+"host: 127.0.0.2"); err != nil {
		t.Errorf("connections to another address count: %v", err)
	}
	_ = server.(*net.TCPConn).SetLinger(0) // so that no end of it waits for the other
	_ = server.Close()
	_ = conn.Close()
	if _, err := s.run(wait, at+"host: 0.0.0.0"); err != nil {
		t.Errorf("drained: %v", err)
	}
}
