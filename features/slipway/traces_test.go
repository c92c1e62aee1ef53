package slipway_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/cucumber/godog"
)

// traces are what a run must not leave on the machine.
func traces(sc *godog.ScenarioContext, s *site) {
	sc.Step(`^nothing is left on the machine$`, s.clean)
	sc.Step(`^nothing was built$`, s.nothingBuilt)
}

// clean looks for processes, mounts, containers, temporary files and what
// builds had written down for themselves.
func (s *site) clean() error {
	errs := []error{s.noProcess(), s.noContainer(), empty(s.path("tmp"))}
	folders, err := filepath.Glob(s.path("project", ".slipway", "runs", "*", "work"))
	for _, dir := range folders {
		errs = append(errs, empty(dir))
	}
	return errors.Join(append(errs, err)...)
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
