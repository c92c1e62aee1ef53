package platform

import (
	"bytes"
	"debug/elf"
	"errors"
	"runtime"
	"strings"
	"testing"
)

// Every program is one that the kernel's loader understands, for its machine.
func TestPrograms(t *testing.T) {
	for name, m := range machines() {
		f, err := elf.NewFile(bytes.NewReader(m.program()))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		code := make([]byte, len(m.code))
		_, err = f.Progs[0].ReadAt(code, int64(f.Entry-f.Progs[0].Vaddr))
		if err != nil || !bytes.Equal(code, m.code) || f.Machine != m.kind || f.Class != m.class || f.ByteOrder != m.order {
			t.Errorf("%s: %v, %+v, code % x", name, err, f.FileHeader, code)
		}
	}
}

// This machine's own program ends well, so that the others fail for what they
// are.
func TestProbe(t *testing.T) {
	if _, known := machines()[runtime.GOARCH]; !known {
		t.Skip("there is no program for " + runtime.GOARCH)
	}
	if !probe(runtime.GOARCH) {
		t.Error("this machine does not execute a program of its own")
	}
	if probe("abacus") {
		t.Error("an abacus executes programs")
	}
}

func TestRuns(t *testing.T) {
	if err := Runs(Own()); err != nil {
		t.Error(err)
	}
	err := Runs("plan9/" + runtime.GOARCH)
	foreign, ok := errors.AsType[*ForeignError](err)
	want := "this machine, " + Own() + ", cannot execute programs for plan9/" + runtime.GOARCH + ": no emulator for it is registered in /proc/sys/fs/binfmt_misc"
	if !ok || err.Error() != want || !strings.Contains(foreign.Fix(), "emulator") {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestCanonical(t *testing.T) {
	for platform, want := range map[string]string{
		"linux/amd64": "linux/amd64", "linux/amd64/v1": "linux/amd64", "linux/amd64/v3": "linux/amd64/v3",
		"linux/arm64/v8": "linux/arm64", "linux/arm/v7": "linux/arm/v7", "linux/arm": "linux/arm/v7", "linux/arm/v6": "linux/arm/v6", "linux": "linux",
	} {
		if got := Canonical(platform); got != want {
			t.Errorf("Canonical(%s) is %s, want %s", platform, got, want)
		}
	}
}
