package plugintest

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/slipway-build/slipway/sdk"
	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// modeKey makes this test binary a plugin that behaves as its value says.
const modeKey = "PLUGINTEST_MODE"

func TestMain(m *testing.M) {
	mode := os.Getenv(modeKey)
	if mode == "" {
		os.Exit(m.Run())
	}
	serve(mode)
}

// sampleConfig is the config of the sample.
type sampleConfig struct {
	Message string `json:"message" default:"hello"`
	Seconds int    `json:"seconds,omitempty"`
	Lines   int    `json:"lines,omitempty"`
}

// serve serves the sample, spoiled as mode says.
func serve(mode string) {
	switch mode {
	case "byhand":
		os.Exit(0)
	case "chatty":
		fmt.Println("starting up")
	case "orphans":
		orphan()
	case "deaf":
		r, _, _ := os.Pipe()
		os.Stdin = r // nobody sees that the input ends
	}
	d := definition(mode)
	sdk.ServeStrategy(&spoiled{Strategy: sdk.New(d), mode: mode})
}

// orphan starts a process and leaves it alone when the input ends.
func orphan() {
	child := exec.Command("sleep", "60")
	if err := child.Start(); err != nil {
		panic(err)
	}
	input := os.Stdin
	r, _, _ := os.Pipe()
	os.Stdin = r
	go func() { _, _ = io.Copy(io.Discard, input); os.Exit(0) }()
}

func definition(mode string) sdk.Definition[sampleConfig] {
	d := sdk.Definition[sampleConfig]{
		Name: "sample", Version: "1.0.0", Summary: "Builds a sample",
		Plan:  func(_ context.Context, p *sdk.Plan[sampleConfig]) error { p.Input("app.txt"); return nil },
		Build: func(ctx context.Context, b *sdk.Build[sampleConfig]) error { return build(ctx, b, mode) },
	}
	switch mode {
	case "version":
		d.Version = "1.0"
	case "planless":
		d.Plan = nil
	}
	return d
}

func build(ctx context.Context, b *sdk.Build[sampleConfig], mode string) (err error) {
	step := b.Step("pack", "Pack")
	if mode != "openstep" {
		defer step.Done(&err)
	}
	for i := range b.Config.Lines {
		step.Logf("line %d", i)
	}
	if err := work(ctx, step, mode, b.Config.Seconds); err != nil {
		return err
	}
	if mode == "random" {
		b.Config.Message = fmt.Sprint(rand.Uint64())
	}
	if mode == "alone" {
		if err := busy.enter(); err != nil {
			return err
		}
	}
	path, id, err := writeImage(b.Dirs.Output, b.Config.Message)
	if err != nil {
		return err
	}
	b.Result(strategy.Image{Reference: "docker-archive:" + path, ID: id})
	return errors.Join(b.Artifact("image", "image.tar"), misbehave(b, mode))
}

// work takes a while: in good builds that is a shell, which has children.
func work(ctx context.Context, step *sdk.Step, mode string, seconds int) error {
	if mode == "good" && seconds > 0 {
		return step.Run(ctx, "sh", "-c", fmt.Sprintf("sleep %d; true", seconds))
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Duration(seconds) * time.Second):
		return nil
	}
}

// busy has the first build wait until the second has found that it is not
// alone.
var busy = make(turnstile, 1)

type turnstile chan struct{}

func (t turnstile) enter() error {
	select {
	case t <- struct{}{}:
	default:
		<-t
		return errors.New("another build is under way")
	}
	for len(t) > 0 {
		time.Sleep(time.Millisecond)
	}
	return nil
}

// misbehave does what a build must not.
func misbehave(b *sdk.Build[sampleConfig], mode string) error {
	token := b.Secrets["token"]
	places := map[string]string{
		"workspace": b.Dirs.Workspace + "/new", "home": os.Getenv("HOME") + "/.sample", "secretfile": b.Dirs.Output + "/token",
		"tmp": filepath.Join(os.TempDir(), "left"), "store": os.Getenv("XDG_DATA_HOME") + "/slipway/plugins/new", "state": ".slipway/new",
	}
	switch mode {
	case "workspace", "home", "secretfile", "tmp", "store", "state":
		return errors.Join(os.MkdirAll(filepath.Dir(places[mode]), 0o700), os.WriteFile(places[mode], token, 0o600))
	case "secretlog":
		fmt.Fprintf(os.Stderr, "token is %s\n", token)
	case "wrongid":
		b.Result(strategy.Image{Reference: "docker-archive:" + b.Dirs.Output + "/image.tar", ID: "sha256:" + strings.Repeat("0", 64)})
	case "elsewhere":
		b.Result(strategy.Image{Reference: "oci:/somewhere", ID: "sha256:" + strings.Repeat("0", 64)})
	case "tampered":
		return os.WriteFile(b.Dirs.Output+"/image.tar", []byte("something else"), 0o600)
	}
	return nil
}

// spoiled changes answers of a strategy.
type spoiled struct {
	strategy.Strategy
	mode  string
	calls int
}

func (s *spoiled) Describe(ctx context.Context, r strategy.DescribeRequest) (strategy.DescribeResponse, error) {
	d, err := s.Strategy.Describe(ctx, r)
	s.calls++
	if s.mode == "fickle" {
		d.Summary = fmt.Sprint(s.calls)
	}
	if s.mode == "schemaless" {
		d.ConfigSchema = nil
	}
	return d, err
}

func (s *spoiled) Validate(ctx context.Context, r strategy.ValidateRequest) (strategy.ValidateResponse, error) {
	switch {
	case s.mode == "lenient":
		return strategy.ValidateResponse{}, nil
	case s.mode == "picky":
		return strategy.ValidateResponse{}, errors.New("no such config")
	case s.mode == "fragile" && len(r.Config) > 1<<20:
		os.Exit(7)
	}
	return s.Strategy.Validate(ctx, r)
}

func (s *spoiled) Plan(ctx context.Context, r strategy.PlanRequest) (strategy.PlanResponse, error) {
	p, err := s.Strategy.Plan(ctx, r)
	switch s.mode {
	case "decoding":
		return p, decodeNames(r.Workspace)
	case "absolute":
		p.Fingerprint = r.Workspace
	case "reads":
		p.Reads = []strategy.Input{{Path: "other"}}
		var text []byte
		text, err = os.ReadFile(filepath.Join(r.Workspace, "app.txt"))
		p.Fingerprint = string(text)
	case "outside":
		p.Inputs = append(p.Inputs, strategy.Input{Path: "../x"})
	}
	return p, err
}

// decodeNames takes every name for text.
func decodeNames(dir string) error {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if !utf8.ValidString(e.Name()) {
			return fmt.Errorf("the workspace holds a name that is no UTF-8: %q", e.Name())
		}
	}
	return err
}

func (s *spoiled) Build(ctx context.Context, r strategy.BuildRequest, events strategy.Events) error {
	switch s.mode {
	case "secretevent":
		_ = events.Send(strategy.StepStarted{ID: "a", Title: "using " + string(r.Secrets["token"])})
		_ = events.Send(strategy.StepFinished{ID: "a", Outcome: strategy.OK})
	case "unstoppable":
		ctx = context.WithoutCancel(ctx)
	case "uncompleted":
		return nil
	}
	return s.Strategy.Build(ctx, r, events)
}

// writeImage writes an archive of an image that holds one file.
func writeImage(dir, content string) (path, id string, err error) {
	layer := tarOf("app.txt", content)
	config := fmt.Sprintf(`{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:%x"]}}`, sha256.Sum256([]byte(layer)))
	path = filepath.Join(dir, "image.tar")
	image := tarOf("layer.tar", layer, "config.json", config, "manifest.json", `[{"Config":"config.json","Layers":["layer.tar"]}]`)
	return path, fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(config))), os.WriteFile(path, []byte(image), 0o600)
}

func tarOf(pairs ...string) string {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for ; len(pairs) > 1; pairs = pairs[2:] {
		_ = w.WriteHeader(&tar.Header{Name: pairs[0], Mode: 0o644, Size: int64(len(pairs[1]))})
		_, _ = io.WriteString(w, pairs[1])
	}
	_ = w.Close()
	return out.String()
}

// sample returns options for the sample in one of its modes.
func sample(mode string) Options {
	self, _ := filepath.EvalSymlinks("/proc/self/exe")
	return Options{
		Command:    []string{self},
		Env:        append(pluginhost.Environment(os.Environ()), modeKey+"="+mode),
		GoodConfig: `{"message":"ahoy"}`,
		SlowConfig: `{"seconds":60}`,
		LoudConfig: `{"lines":200000}`,
		Limit:      10 * time.Minute, // of a busy machine
	}
}
