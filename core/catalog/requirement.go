package catalog

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"
	"golang.org/x/sys/unix"

	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// probeTime is how long a program may take to tell its version, and a server to
// answer.
const probeTime = 5 * time.Second

// Bounds reports whether the strategy of that name holds its builds to bounds. An
// error means that it could not be asked.
func (c *Catalog) Bounds(ctx context.Context, name string) (bool, error) {
	about, err := c.Describe(ctx, name)
	return slices.Contains(about.Capabilities, strategy.CapabilityResources), err
}

// Lacks returns what the strategy of that name needs and this machine does not
// have: errors for what it cannot do without, warnings for the rest. Whether
// servers answer is asked only when remote is set. An error means that the
// strategy could not be asked.
func (c *Catalog) Lacks(ctx context.Context, name string, remote bool) (diag.List, error) {
	about, err := c.Describe(ctx, name)
	if err != nil {
		return nil, err
	}
	var found diag.List
	for _, r := range about.Requires {
		if r.Kind == "network" && !remote {
			continue
		}
		if lack := c.lack(ctx, r); lack != "" {
			found.Add(told(name, r, lack))
		}
	}
	return found, nil
}

// told is how a lack is shown: what is needed, what there is, and what to do.
func told(name string, r strategy.Requirement, lack string) diag.Diagnostic {
	needed := strings.Join(strings.Fields(strings.Join([]string{r.Kind, r.Name, r.Constraint}, " ")), " ")
	d := diag.Errorf("strategy.requires", diag.Pos{}, "strategy %s needs the %s: %s", name, needed, lack)
	if r.Optional {
		d = diag.Warningf("strategy.requires", diag.Pos{}, "strategy %s would use the %s: %s", name, needed, lack)
	}
	fallback := map[string]string{
		"command": "install " + r.Name, "kernel": "use a machine with another kernel", "network": "see whether this machine reaches " + r.Name,
	}
	return d.WithFix("%s", cmp.Or(r.Hint, fallback[r.Kind], "use another slipway"))
}

// lack says how a requirement is not met; empty: it is.
func (c *Catalog) lack(ctx context.Context, r strategy.Requirement) string {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	switch r.Kind {
	case "command":
		return c.lackOfCommand(ctx, r)
	case "kernel":
		return lackOfKernel(r)
	case "network":
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", r.Name)
		if err != nil {
			return "it does not answer"
		}
		_ = conn.Close()
		return ""
	default:
		return "this slipway does not know how to look for that"
	}
}

func (c *Catalog) lackOfCommand(ctx context.Context, r strategy.Requirement) string {
	program := lookUp(r.Name, c.options.Env)
	if program == "" {
		return "it is not installed"
	}
	if r.Constraint == "" {
		return ""
	}
	cmd := exec.CommandContext(ctx, program, "--version")
	cmd.Env, cmd.WaitDelay = c.options.Env, time.Second
	said, _ := cmd.CombinedOutput() // programs tell their version with any status
	return outside(string(said), r.Constraint)
}

// lookUp finds a program as a plugin would, on the PATH that it is given.
func lookUp(name string, environ []string) string {
	for _, entry := range environ {
		path, ok := strings.CutPrefix(entry, "PATH=")
		if !ok {
			continue
		}
		for _, dir := range filepath.SplitList(path) {
			if file, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
				return file
			}
		}
	}
	return ""
}

// lackOfKernel compares the kernel's release with a constraint. A name is that
// of a file system which the kernel must know.
func lackOfKernel(r strategy.Requirement) string {
	if r.Name != "" {
		known, err := os.ReadFile("/proc/filesystems")
		if err != nil || !bytes.Contains(known, []byte("\t"+r.Name+"\n")) {
			return "this kernel does not know that file system"
		}
	}
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return fmt.Sprintf("its release is not known: %v", err)
	}
	return outside(unix.ByteSliceToString(u.Release[:]), r.Constraint)
}

// versionText matches the first version in what a program says of itself.
var versionText = regexp.MustCompile(`\d+(\.\d+){1,2}`)

// outside says how the version in a text does not meet a constraint, a range of
// semantic versions such as ">=24" or "^1.2 || ^2"; empty: it does.
func outside(text, constraint string) string {
	if constraint == "" {
		return ""
	}
	wanted, err := semver.NewConstraint(constraint)
	if err != nil {
		return "its constraint is no range of versions; report this to the author of the strategy"
	}
	found := versionText.FindString(text)
	version, err := semver.NewVersion(found)
	switch {
	case err != nil:
		return "its version is not known"
	case !wanted.Check(version):
		return "this one is " + found
	default:
		return ""
	}
}
