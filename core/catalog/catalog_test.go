package catalog_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/catalog"
	"github.com/slipway-build/slipway/sdk"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// startedKey names a file to which every plugin process adds a line.
const startedKey = "CATALOG_TEST_STARTED"

// requiresKey holds what the strategy needs, as JSON.
const requiresKey = "CATALOG_TEST_REQUIRES"

type config struct {
	Level int `json:"level" min:"1" doc:"How much."`
}

// TestMain makes this test binary a program with built-in strategies.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "__plugin" {
		if f, err := os.OpenFile(os.Getenv(startedKey), os.O_APPEND|os.O_WRONLY, 0); err == nil {
			fmt.Fprintln(f, os.Args[2])
			f.Close()
		}
		fmt.Fprintln(os.Stderr, "serving "+os.Args[2])
		d := sdk.Definition[config]{Name: os.Args[2], Version: "1.0.0"}
		if needs := os.Getenv(requiresKey); needs != "" {
			d.Requires = make([]strategy.Requirement, 1)
			_ = json.Unmarshal([]byte(needs), &d.Requires[0])
		}
		sdk.Serve(d)
	}
	if len(os.Args) == 3 && os.Args[1] == "--debug" {
		sdk.Serve(sdk.Definition[config]{Name: "hello", Version: "1.0.0"})
	}
	os.Exit(m.Run())
}

// newCatalog returns a catalog of two built-ins, and how many processes it has
// started.
func newCatalog(t *testing.T, o catalog.Options) (*catalog.Catalog, func() int) {
	t.Helper()
	started, err := os.CreateTemp(t.TempDir(), "started")
	if err != nil {
		t.Fatal(err)
	}
	o.Builtins = []string{"dockerfile", "archive"}
	o.BuiltinArgs = func(name string) []string { return []string{"__plugin", name} }
	o.Env = append(pluginhost.Environment(os.Environ()), startedKey+"="+started.Name())
	return opened(t, o), func() (n int) {
		f, _ := os.Open(started.Name())
		defer f.Close()
		for s := bufio.NewScanner(f); s.Scan(); {
			n++
		}
		return n
	}
}

// opened is a catalog of which nothing is left when the test is over.
func opened(t *testing.T, o catalog.Options) *catalog.Catalog {
	t.Helper()
	c := catalog.New(o)
	t.Cleanup(func() {
		if err := c.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("closing the catalog: %v", err)
		}
	})
	return c
}

func TestUnknown(t *testing.T) {
	c, started := newCatalog(t, catalog.Options{Installed: map[string]catalog.Program{"acme/hello": catalog.Fixed{}}})
	_, err := c.Open(t.Context(), "dokerfile")
	want := diag.Diagnostic{
		Code: "strategy.unknown", Summary: `unknown strategy "dokerfile"`,
		Detail: "The strategies are archive, dockerfile, acme/hello.", Fix: `did you mean "dockerfile"?`,
	}
	if diff := cmp.Diff(error(want), err); diff != "" {
		t.Error(diff)
	}
	if n := started(); n != 0 {
		t.Errorf("%d processes were started", n)
	}
}

func TestOpenIsOneProcessEach(t *testing.T) {
	c, started := newCatalog(t, catalog.Options{})
	var pids []int
	for range 2 {
		p, err := c.Open(t.Context(), "archive")
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close(context.Background())
		pids = append(pids, p.(*pluginhost.Process).PID())
	}
	if pids[0] == pids[1] || started() != 2 {
		t.Errorf("processes %v, %d started", pids, started())
	}
	guards := 0
	for guards == 0 && t.Context().Err() == nil { // it starts in its own time
		guards = guardsOf(t)
	}
	if guards != 1 {
		t.Errorf("%d guards run, wanted one for all", guards)
	}
}

// guardsOf counts the guards that this process has started.
func guardsOf(t *testing.T) (n int) {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		args, _ := os.ReadFile(line)
		stat, _ := os.ReadFile(filepath.Join(filepath.Dir(line), "stat"))
		_, rest, _ := strings.Cut(string(stat), ") ") // state, parent
		fields := strings.Fields(rest)
		if strings.HasSuffix(string(args), "slipway-guard\x00") && fields[1] == strconv.Itoa(os.Getpid()) {
			n++
		}
	}
	return n
}

// Errors tell which version of a plugin broke, as it says or, before, as it was
// locked.
func TestErrorsTellTheVersion(t *testing.T) {
	c, _ := newCatalog(t, catalog.Options{})
	if _, err := c.Describe(t.Context(), "archive"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("interrupted"))
	if _, err := c.Open(ctx, "archive"); fmt.Sprint(err) != "starting plugin archive 1.0.0: interrupted" {
		t.Errorf("got %v", err)
	}
}

func TestDescribeAsksOnce(t *testing.T) {
	c, started := newCatalog(t, catalog.Options{})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			d, err := c.Describe(t.Context(), "dockerfile")
			if err != nil || d.Name != "dockerfile" {
				t.Errorf("got %+v, %v", d, err)
			}
		})
	}
	all.Wait()
	if n := started(); n != 1 {
		t.Errorf("%d processes were started", n)
	}
}

// All questions go to one process, until the catalog is closed.
func TestQuestionsShareAProcess(t *testing.T) {
	c, started := newCatalog(t, catalog.Options{})
	ask := func(want int) {
		t.Helper()
		for range 2 {
			s, err := c.Session("dockerfile")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Describe(t.Context(), strategy.DescribeRequest{}); err != nil {
				t.Error(err)
			}
		}
		if _, err := c.Describe(t.Context(), "dockerfile"); err != nil {
			t.Error(err)
		}
		if n := started(); n != want {
			t.Errorf("%d processes were started, want %d", n, want)
		}
	}
	ask(1)
	if err := c.Close(t.Context()); err != nil {
		t.Error(err)
	}
	ask(2)
}

func TestDescribeRemembersNoFailure(t *testing.T) {
	c, started := newCatalog(t, catalog.Options{})
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("interrupted"))
	if _, err := c.Describe(ctx, "archive"); fmt.Sprint(err) != "starting plugin archive: interrupted" {
		t.Errorf("got %v", err)
	}
	if _, err := c.Describe(t.Context(), "archive"); err != nil {
		t.Error(err)
	}
	if n := started(); n == 0 {
		t.Error("the strategy was not asked again")
	}
}

func TestInstalledSeesItsEnvironment(t *testing.T) {
	c, _ := newCatalog(t, catalog.Options{Installed: map[string]catalog.Program{
		"acme/hello": catalog.Fixed{Path: "/proc/self/exe", Args: []string{"__plugin", "hello"}, Env: []string{"A=b"}},
	}})
	d, err := c.Describe(t.Context(), "acme/hello")
	if err != nil || d.Name != "hello" {
		t.Errorf("got %+v, %v", d, err)
	}
}

func TestLogNamesTheStrategy(t *testing.T) {
	var mu sync.Mutex
	var lines []string
	c, _ := newCatalog(t, catalog.Options{Log: func(name string, level slog.Level, line string) {
		mu.Lock()
		defer mu.Unlock()
		lines = append(lines, fmt.Sprint(name, " ", level, " ", line))
	}})
	if _, err := c.Describe(t.Context(), "archive"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"archive INFO serving archive"}, lines); diff != "" {
		t.Error(diff)
	}
}

func TestCheck(t *testing.T) {
	c, _ := newCatalog(t, catalog.Options{})
	got, err := c.Check(t.Context(), "archive", json.RawMessage(`{"level":0,"lvel":2}`))
	want := diag.List{
		{Code: "config.minimum", Path: "/level", Summary: `"level": minimum: got 0, want 1`},
		{Code: "config.unknown", Path: "/lvel", Summary: `unknown field "lvel"`, Detail: "The fields are level.", Fix: `did you mean "level"?`},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestCheckConfig(t *testing.T) {
	schema := `{
		"type": "object", "additionalProperties": false, "required": ["from", "to"],
		"properties": {
			"from": {"type": "string"},
			"to": {"type": "array", "items": {"enum": ["test", "latest"]}},
			"token": {"type": "string", "pattern": "^t-", "writeOnly": true},
			"a/b": {"type": "integer"}
		}
	}`
	tests := map[string]struct {
		schema, config string
		want           diag.List
	}{
		"good":      {schema, `{"from":"x","to":["test"]}`, nil},
		"no schema": {``, `{"anything":1}`, nil},
		"absent": {schema, ``, diag.List{
			{Code: "config.missing", Path: "/from", Summary: `"from" is missing`},
			{Code: "config.missing", Path: "/to", Summary: `"to" is missing`},
		}},
		"enum in a list": {schema, `{"from":"x","to":["tset"]}`, diag.List{
			{Code: "config.enum", Path: "/to/0", Summary: `"to[0]" is "tset"; wanted one of test, latest`, Fix: `did you mean "test"?`},
		}},
		"secret": {schema, `{"from":"x","to":[],"token":"hunter2"}`, diag.List{
			{Code: "config.pattern", Path: "/token", Summary: `"token": the value is not allowed`},
		}},
		"escaped": {schema, `{"from":"x","to":[],"a/b":"x"}`, diag.List{
			{Code: "config.type", Path: "/a~1b", Summary: `"a/b": got string, want integer`},
		}},
		"no JSON": {schema, `{`, diag.List{{Code: "config.syntax", Summary: "the config is no JSON: unexpected EOF"}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := catalog.CheckConfig(json.RawMessage(test.schema), json.RawMessage(test.config))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A schema comes from a plugin: it must not make the host read files.
func TestCheckConfigLoadsNothing(t *testing.T) {
	got := catalog.CheckConfig(json.RawMessage(`{"$ref":"file:///etc/hostname"}`), nil)
	if len(got) != 1 || got[0].Code != "plugin.schema" || !strings.Contains(got[0].Summary, "it refers to file:///etc/hostname, which lies outside of it") {
		t.Errorf("got %v", got)
	}
}

func FuzzCheckConfig(f *testing.F) {
	f.Add([]byte(`{"type":"object","properties":{"a":{"enum":[1,"x"]}}}`), []byte(`{"a":2}`))
	f.Add([]byte(`{"anyOf":[{"type":"string"},{"type":"null"}]}`), []byte(`3`))
	f.Fuzz(func(t *testing.T, schema, config []byte) {
		for _, d := range catalog.CheckConfig(schema, config) {
			if d.Code == "" || d.Summary == "" {
				t.Errorf("got %+v", d)
			}
		}
	})
}
