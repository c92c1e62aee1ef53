package catalog_test

import (
	"encoding/json"
	"net"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/catalog"
	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// release is that of the kernel, as a test must not know it.
var release = regexp.MustCompile(`this one is \S+ \(use a`)

// needy returns a catalog of one strategy, which needs this.
func needy(t *testing.T, needs strategy.Requirement) *catalog.Catalog {
	t.Helper()
	text, err := json.Marshal(needs)
	if err != nil {
		t.Fatal(err)
	}
	return opened(t, catalog.Options{
		Builtins: []string{"needy"}, BuiltinArgs: func(name string) []string { return []string{"__plugin", name} },
		Env: append(pluginhost.Environment(os.Environ()), requiresKey+"="+string(text)),
	})
}

// What a strategy needs is looked for where its plugin would find it, and what
// is not there is told with what to do.
func TestLacks(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	tests := map[string]struct {
		needs strategy.Requirement
		want  string
	}{
		"there":           {strategy.Requirement{Kind: "command", Name: "builder"}, ""},
		"new enough":      {strategy.Requirement{Kind: "command", Name: "builder", Constraint: ">=24"}, ""},
		"too old":         {strategy.Requirement{Kind: "command", Name: "builder", Constraint: ">=30"}, "error[strategy.requires]: strategy needy needs the command builder >=30: this one is 24.0.5 (install builder)"},
		"not there":       {strategy.Requirement{Kind: "command", Name: "nix", Hint: "install nix from nixos.org"}, "error[strategy.requires]: strategy needy needs the command nix: it is not installed (install nix from nixos.org)"},
		"nice to have":    {strategy.Requirement{Kind: "command", Name: "upx", Optional: true}, "warning[strategy.requires]: strategy needy would use the command upx: it is not installed (install upx)"},
		"no version":      {strategy.Requirement{Kind: "command", Name: "mute", Constraint: ">=1"}, "error[strategy.requires]: strategy needy needs the command mute >=1: its version is not known (install mute)"},
		"bad range":       {strategy.Requirement{Kind: "command", Name: "builder", Constraint: "new"}, "error[strategy.requires]: strategy needy needs the command builder new: its constraint is no range of versions; report this to the author of the strategy (install builder)"},
		"kernel":          {strategy.Requirement{Kind: "kernel", Constraint: ">=3"}, ""},
		"future kernel":   {strategy.Requirement{Kind: "kernel", Name: "proc", Constraint: ">=900"}, "error[strategy.requires]: strategy needy needs the kernel proc >=900: this one is RELEASE (use a machine with another kernel)"},
		"file system":     {strategy.Requirement{Kind: "kernel", Name: "hopfs"}, "error[strategy.requires]: strategy needy needs the kernel hopfs: this kernel does not know that file system (use a machine with another kernel)"},
		"server":          {strategy.Requirement{Kind: "network", Name: listener.Addr().String()}, ""},
		"server away":     {strategy.Requirement{Kind: "network", Name: "127.0.0.1:1"}, "error[strategy.requires]: strategy needy needs the network 127.0.0.1:1: it does not answer (see whether this machine reaches 127.0.0.1:1)"},
		"of a newer kind": {strategy.Requirement{Kind: "gpu", Name: "any"}, "error[strategy.requires]: strategy needy needs the gpu any: this slipway does not know how to look for that (use another slipway)"},
	}
	dir := t.TempDir()
	write(t, dir, "builder", "#!/bin/sh\necho 'Builder version 24.0.5, build ced0996'\n")
	write(t, dir, "mute", "#!/bin/sh\nexit 1\n")
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
			c := needy(t, test.needs)
			found, err := c.Lacks(t.Context(), "needy", true)
			if err != nil {
				t.Fatal(err)
			}
			got := release.ReplaceAllString(strings.TrimSpace(found.Error()), "this one is RELEASE (use a")
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Before a run no server is asked: that takes time, and what was built needs none.
func TestLacksHere(t *testing.T) {
	c := needy(t, strategy.Requirement{Kind: "network", Name: "127.0.0.1:1"})
	if found, err := c.Lacks(t.Context(), "needy", false); len(found) > 0 || err != nil {
		t.Errorf("got %v, %v", found, err)
	}
}

func TestLacksOfUnknown(t *testing.T) {
	c, _ := newCatalog(t, catalog.Options{})
	if _, err := c.Lacks(t.Context(), "dokerfile", false); err == nil {
		t.Error("nothing was wrong")
	}
}
