// Command hello is a complete strategy: it builds an image that holds one file.
package main

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"os"

	"github.com/slipway-build/slipway/sdk"
	"github.com/slipway-build/slipway/sdk/strategy"
)

type Config struct {
	Message string `json:"message" default:"Ahoy!" min:"1" doc:"Text of /greeting.txt."`
}

func main() {
	sdk.Serve(sdk.Definition[Config]{Name: "hello", Version: "0.1.0", Summary: "Builds a greeting", Plan: plan, Build: build})
}

func plan(context.Context, *sdk.Plan[Config]) error { return nil } // the config always counts, and nothing else does

func build(_ context.Context, b *sdk.Build[Config]) (err error) {
	step := b.Step("pack", "Pack the image")
	defer step.Done(&err)
	layer := pack("greeting.txt", b.Config.Message)
	config := fmt.Sprintf(`{"architecture":%q,"os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:%x"]}}`, b.Target.Architecture(), sha256.Sum256([]byte(layer)))
	archive, id := b.Dirs.Output+"/image.tar", fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(config)))
	b.Result(strategy.Image{Reference: "docker-archive:" + archive, ID: id})
	return os.WriteFile(archive, []byte(pack("layer.tar", layer, "config.json", config, "manifest.json", `[{"Config":"config.json","Layers":["layer.tar"]}]`)), 0o644)
}

func pack(pairs ...string) string {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for ; len(pairs) > 1; pairs = pairs[2:] {
		_ = w.WriteHeader(&tar.Header{Name: pairs[0], Mode: 0o644, Size: int64(len(pairs[1]))})
		_, _ = w.Write([]byte(pairs[1])) // a buffer takes everything
	}
	_ = w.Close()
	return out.String()
}
