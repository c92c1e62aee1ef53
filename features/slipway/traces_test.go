package slipway_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cucumber/godog"
)

// traces are what a run must not leave on the machine.
func traces(sc *godog.ScenarioContext, s *site) {
	sc.Step(`^nothing is left on the machine$`, s.clean)
	sc.Step(`^nothing was built$`, s.nothingBuilt)
	sc.Step(`^nothing that it started runs any more$`, s.overSoon)
}

// clean looks for processes, mounts, containers, sockets, network interfaces,
// temporary files and what builds and deployments had written down for
// themselves.
func (s *site) clean(ctx context.Context) error {
	errs := []error{s.overSoon(ctx), s.noContainer(), s.noSocket(), s.noInterface(), empty(s.path("tmp"))}
	for _, pattern := range []string{".slipway/runs/*/work", ".slipway/deployments/*/volumes"} {
		folders, err := filepath.Glob(s.path("project", pattern))
		errs = append(errs, err)
		for _, dir := range folders {
			errs = append(errs, empty(dir))
		}
	}
	hidden, err := filepath.Glob(s.path("project", ".[^s]*"))
	if len(hidden) > 0 {
		errs = append(errs, fmt.Errorf("%s is left", hidden[0]))
	}
	return errors.Join(append(errs, err)...)
}

// farewell is how long processes of a killed run may take to end by themselves:
// keepers and guards give others some time.
const farewell = 20 * time.Second

// overSoon waits until what a killed run had started has ended by itself.
func (s *site) overSoon(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, farewell)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		err := s.noProcess()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}

// noSocket looks for sockets that somebody listens at in the site.
func (s *site) noSocket() error {
	text, err := os.ReadFile("/proc/net/unix")
	if err == nil && strings.Contains(string(text), s.dir) {
		return errors.New("a socket of the site is open")
	}
	return err
}

// noInterface looks for network interfaces that were not there before.
func (s *site) noInterface() error {
	now, err := interfaces()
	if added := slices.DeleteFunc(now, func(name string) bool { return slices.Contains(s.interfaces, name) }); len(added) > 0 {
		return fmt.Errorf("network interfaces are left: %s", strings.Join(added, ", "))
	}
	return err
}

// interfaces are those of the machine itself.
func interfaces() ([]string, error) {
	entries, err := os.ReadDir("/sys/class/net")
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}

// noProcess looks for processes that work in the site, hold a mount of it, or
// were started by a run that was killed.
func (s *site) noProcess() error {
	var errs []error
	for _, p := range everyProcess() {
		if p.pid == os.Getpid() || p.pid == s.registry.cmd.Process.Pid {
			continue
		}
		if why := s.trace(p); why != "" {
			errs = append(errs, fmt.Errorf("process %d (%s) is left: %s", p.pid, p.commandLine(), why))
		}
	}
	return errors.Join(errs...)
}

func (s *site) trace(p proc) string {
	switch {
	case s.victims[p]:
		return "the killed run had started it"
	case strings.Contains(p.commandLine(), s.dir):
		return "it was started for this site"
	case strings.HasPrefix(p.link("cwd"), s.dir):
		return "it works in " + p.link("cwd")
	case strings.Contains(p.read("mountinfo"), s.dir):
		return "it holds a mount"
	default:
		return ""
	}
}

// noContainer looks into the storage: what is being built or run is a
// container there.
func (s *site) noContainer() error {
	lists, err := filepath.Glob(s.path("storage", "*-containers", "*containers.json"))
	if err != nil {
		return err
	}
	for _, list := range lists {
		text, err := os.ReadFile(list)
		if err != nil {
			return err
		}
		var containers []struct{ ID string }
		if err := json.Unmarshal(text, &containers); err != nil {
			return err
		}
		if len(containers) > 0 {
			return fmt.Errorf("%d containers are left in the storage", len(containers))
		}
	}
	return nil
}

func empty(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && len(entries) > 0 {
		return fmt.Errorf("%s is not empty: %s and %d more", dir, entries[0].Name(), len(entries)-1)
	}
	return err
}

// nothingBuilt holds when slipway did not even open a storage.
func (s *site) nothingBuilt() error {
	if _, err := os.Stat(s.path("storage")); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(errors.New("there is a container storage"), err)
	}
	return nil
}

// A proc is a process of this machine, told from a later one of the same
// number by when it began.
type proc struct {
	pid   int
	begun string
}

func everyProcess() []proc {
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	var all []proc
	for _, dir := range dirs {
		pid, _ := strconv.Atoi(filepath.Base(dir))
		p := proc{pid: pid}
		if fields := p.stat(); len(fields) > 19 && fields[0] != "Z" {
			p.begun = fields[19]
			all = append(all, p)
		}
	}
	return all
}

// stat returns the fields of /proc/PID/stat behind the name: state, parent, …
func (p proc) stat() []string {
	text := p.read("stat")
	return strings.Fields(text[strings.LastIndex(text, ")")+1:])
}

func (p proc) read(file string) string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.pid, file)) // "" when it is over, or not ours
	return string(text)
}

func (p proc) link(file string) string {
	to, _ := os.Readlink(fmt.Sprintf("/proc/%d/%s", p.pid, file))
	return to
}

func (p proc) commandLine() string {
	return strings.TrimSpace(strings.ReplaceAll(p.read("cmdline"), "\x00", " "))
}

// descendants returns the processes that pid has started, directly or not.
func descendants(pid int) map[proc]bool {
	children := map[int][]proc{}
	for _, p := range everyProcess() {
		if fields := p.stat(); len(fields) > 1 {
			parent, _ := strconv.Atoi(fields[1])
			children[parent] = append(children[parent], p)
		}
	}
	found := map[proc]bool{}
	for queue := []int{pid}; len(queue) > 0; queue = queue[1:] {
		for _, child := range children[queue[0]] {
			found[child] = true
			queue = append(queue, child.pid)
		}
	}
	return found
}
