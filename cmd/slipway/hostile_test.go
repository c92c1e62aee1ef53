package main

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/slipway-build/slipway/sdk"
	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A hostileConfig says what a build of the strategy hostile does.
type hostileConfig struct {
	Does string `json:"does" doc:"good, or how it is hostile"`
}

// hostile is a strategy for scripts: what it does to a run is in its config.
// What it may leave behind it writes into the file that WITNESS names.
func hostile() {
	sockets := os.Getenv("PLUGIN_UNIX_SOCKET_DIR")
	if os.Getenv("UNWELL") != "" {
		fmt.Fprintln(os.Stderr, "not today")
		os.Exit(6)
	}
	sdk.Serve(sdk.Definition[hostileConfig]{
		Name: "hostile", Version: "1.0.0", Summary: "Troubles slipway",
		Plan: func(_ context.Context, p *sdk.Plan[hostileConfig]) error {
			if p.Config.Does == "dies early" {
				fmt.Fprintln(os.Stderr, "no licence to plan")
				os.Exit(4)
			}
			return nil
		},
		Build: func(_ context.Context, b *sdk.Build[hostileConfig]) error {
			return errors.Join(testify(sockets, b.Dirs.Output, b.Dirs.Scratch), trouble(b))
		},
	})
}

// testify adds this process and folders to the witness.
func testify(folders ...string) error {
	f, err := os.OpenFile(os.Getenv("WITNESS"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, os.Getpid(), strings.Join(folders, " "))
	return errors.Join(err, f.Close())
}

// vanished FILE wants what is in a witness to be gone: processes with their
// groups, folders, and with them the temporary files of the script.
func vanished(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: vanished FILE")
	}
	end := time.Now().Add(30 * time.Second) // which a busy machine may take to end what was killed
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		fields := strings.Fields(line)
		group, err := strconv.Atoi(fields[0])
		ts.Check(err)
		for !pluginhost.GroupIsOver(group) {
			if time.Now().After(end) {
				ts.Fatalf("processes of plugin %d are left", group)
			}
			time.Sleep(10 * time.Millisecond)
		}
		for _, folder := range fields[1:] {
			if _, err := os.Lstat(folder); !errors.Is(err, os.ErrNotExist) {
				ts.Fatalf("%s is left: %v", folder, err)
			}
		}
	}
	left, err := os.ReadDir(ts.Getenv("TMPDIR"))
	ts.Check(err)
	if len(left) > 0 {
		ts.Fatalf("temporary files are left: %v", left)
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	ts.Check(err)
	if strings.Contains(string(mounts), ts.Getenv("WORK")) {
		ts.Fatalf("mounts are left:\n%s", mounts)
	}
}

func trouble(b *sdk.Build[hostileConfig]) error {
	image, err := packed(b.Dirs.Output, b.Config.Does)
	switch b.Config.Does {
	case "killed":
		fmt.Fprintln(os.Stderr, "the end is near")
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // the signal takes a moment
	case "suspended":
		fmt.Fprintln(os.Stderr, "so sleepy")
		_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
		select {} // the signal takes a moment
	case "deaf":
		fmt.Fprintln(os.Stderr, "what did you say?")
		signal.Ignore(syscall.SIGTERM)
		select {}
	case "litters":
		child := exec.Command("sh", "-c", "trap '' TERM; sleep 1000 & wait")
		child.Stdout, child.Stderr = os.NewFile(1, "stdout"), os.NewFile(2, "stderr")
		err := child.Start()
		fmt.Fprintln(os.Stderr, "look after my children", err)
		os.Exit(5)
	case "floods":
		step := b.Step("flood", "Flood")
		for range 3000 {
			fmt.Fprintln(step, "and another line")
			fmt.Fprintln(os.Stderr, "and another line")
		}
		step.Done(nil)
		return errors.New("drowned")
	case "dies":
		fmt.Fprintln(os.Stderr, "no licence left")
		os.Exit(3)
	case "panics":
		done := make(chan struct{})
		go func() { panic("kaboom") }()
		<-done
	case "lies":
		image.ID = fmt.Sprintf("sha256:%064d", 1)
	case "borrows": // the image of another build, which local storage has
		other, otherErr := packed(b.Dirs.Scratch, "good")
		image.ID, err = other.ID, errors.Join(err, otherErr)
	case "leaks":
		fmt.Fprintln(os.Stderr, "the token is", string(b.Secrets["token"]))
		step := b.Step("leak", "Leak")
		fmt.Fprintf(step, "the token is %s\n", b.Secrets["token"])
		step.Done(nil)
		return errors.New("no use for " + string(b.Secrets["token"]))
	}
	b.Result(image)
	return err
}

// packed writes an image with one file, which says text, into dir.
func packed(dir, text string) (strategy.Image, error) {
	layer := tarred("text", text)
	config := fmt.Sprintf(`{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:%x"]}}`, sha256.Sum256(layer))
	manifest := `[{"Config":"config.json","Layers":["layer.tar"]}]`
	archive := filepath.Join(dir, "image.tar")
	content := tarred("layer.tar", string(layer), "config.json", config, "manifest.json", manifest)
	return strategy.Image{
		Reference: "docker-archive:" + archive, ID: fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(config))),
	}, os.WriteFile(archive, content, 0o600)
}

// tarred is an archive of files, named and filled by turns.
func tarred(files ...string) []byte {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for ; len(files) > 1; files = files[2:] {
		_ = w.WriteHeader(&tar.Header{Name: files[0], Mode: 0o644, Size: int64(len(files[1]))})
		_, _ = w.Write([]byte(files[1]))
	}
	_ = w.Close()
	return out.Bytes()
}
