package main

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/slipway-build/slipway/sdk"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A hostileConfig says what a build of the strategy hostile does.
type hostileConfig struct {
	Does string `json:"does" doc:"good, dies, panics, lies, borrows or leaks"`
}

// hostile is a strategy for scripts: what it does to a run is in its config.
func hostile() {
	sdk.Serve(sdk.Definition[hostileConfig]{
		Name: "hostile", Version: "1.0.0", Summary: "Troubles slipway", Build: trouble,
		Plan: func(context.Context, *sdk.Plan[hostileConfig]) error { return nil },
	})
}

func trouble(_ context.Context, b *sdk.Build[hostileConfig]) error {
	image, err := packed(b.Dirs.Output, b.Config.Does)
	switch b.Config.Does {
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
