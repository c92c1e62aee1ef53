package slipway_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// namespace is where every site keeps its images in its registry.
const namespace = "fleet"

// A site is what one scenario works with: a project, a container storage and a
// registry, and what slipway answered last.
type site struct {
	built    *built
	dir      string // of everything; removed at the end
	proxy    *proxy
	registry *server
	packages *packageServer // nil: there is none
	account  *account       // who runs slipway; nil: whoever runs the tests
	vars     []string       // more -e
	environ  []string       // more variables of the environment
	overlay  bool           // root's storage was of kind overlay
	last     outcome
	running  *process          // started and not waited for
	noted    map[string]string // digests noted before, by reference
	victims  map[proc]bool     // processes of a run that was killed

	interfaces []string // network interfaces of the machine before
}

func newSite(b *built) *site { return &site{built: b, noted: map[string]string{}} }

// open makes the folders and starts the registry with its proxy.
func (s *site) open() (err error) {
	if s.dir, err = os.MkdirTemp("", "slipway-feature-"); err != nil {
		return err
	}
	if s.interfaces, err = interfaces(); err != nil {
		return err
	}
	for _, sub := range []string{"project", "tmp"} {
		if err := os.MkdirAll(s.path(sub), 0o755); err != nil {
			return err
		}
	}
	if s.registry, err = serve(s.built.slipway, s.path("registry")); err != nil {
		return err
	}
	s.proxy, err = newProxy(s.registry.addr)
	return err
}

// close ends what the scenario started and removes its files.
func (s *site) close() error {
	var errs []error
	if s.running != nil {
		errs = append(errs, s.running.kill())
	}
	if s.proxy != nil {
		s.proxy.close()
	}
	if s.packages != nil {
		s.packages.Close()
	}
	if s.registry != nil {
		errs = append(errs, s.registry.stop())
	}
	if s.account != nil {
		errs = append(errs, s.account.remove())
	}
	return errors.Join(append(errs, unlock(s.dir), os.RemoveAll(s.dir))...)
}

// unlock makes folders writable that an image's files made read-only.
func unlock(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			err = os.Chmod(path, 0o700)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// path is a place below the site's own folder.
func (s *site) path(elements ...string) string {
	return filepath.Join(append([]string{s.dir}, elements...)...)
}

// write puts a file into the project; its folders are made. "{registry}" in it
// becomes the registry's address, "{port}" its port, "{slipway}" the binary and
// "{site}" the site's folder.
func (s *site) write(name, text string) error {
	text = strings.NewReplacer("{registry}", s.proxy.addr, "{slipway}", s.built.slipway, "{site}", s.dir, "{port}", port(s.proxy.addr)).Replace(text)
	path := s.path("project", name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

func port(addr string) string { return addr[strings.LastIndex(addr, ":")+1:] }

// image writes an image that is built on another one of ours, or on nothing
// and then holds the program, and its feature.
func (s *site) image(name, parent string) error {
	dockerfile := "FROM localhost/" + parent + "\nLABEL part=" + name + "\n"
	if parent == "" {
		dockerfile = "FROM scratch\nCOPY program /program\nENTRYPOINT [\"/program\"]\nCMD [\"serve\"]\n"
		at := s.path("project", "inventory", "images", name)
		if err := os.MkdirAll(at, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(at, "program"), s.built.program, 0o755); err != nil {
			return err
		}
	}
	return errors.Join(
		s.write("inventory/images/"+name+"/Dockerfile", dockerfile),
		s.feature(name, `  Scenario: it greets
    When I run "/program greet"
    Then the stdout equals "good day"`),
	)
}

// feature replaces what proves an image.
func (s *site) feature(image, scenarios string) error {
	return s.write(featureOf(image), fmt.Sprintf("Feature: %s\n%s\n", image, scenarios))
}

func featureOf(image string) string {
	return "inventory/images/" + image + "/features/" + image + ".feature"
}

// arguments are those that every command on an inventory takes.
func (s *site) arguments() []string {
	args := []string{"-i", "inventory", "-e", "registry=" + s.proxy.addr, "-e", "namespace=" + namespace}
	for _, v := range s.vars {
		args = append(args, "-e", v)
	}
	return args
}

// storage is where containers are kept.
func (s *site) storage() []string {
	return []string{"--root", s.path("storage"), "--runroot", s.path("state")}
}

// slipway carries out one command in the project and waits for its end.
func (s *site) slipway(ctx context.Context, args ...string) error {
	p, err := s.start(args...)
	if err != nil {
		return err
	}
	s.running = p
	defer func() { s.running = nil }()
	s.last, err = p.wait(ctx)
	return err
}

// start begins a command.
func (s *site) start(args ...string) (*process, error) {
	return start(processSpec{
		program: s.built.slipway, args: args, dir: s.path("project"), tmp: s.path("tmp"), home: s.path("home"), account: s.account, environ: s.environ,
	})
}
