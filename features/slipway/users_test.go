package slipway_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/cucumber/godog"
)

// An account is a user made for one scenario, with ranges of subordinate ids.
type account struct {
	name     string
	uid, gid uint32
}

// newAccount makes a user; useradd gives him ranges in /etc/subuid and
// /etc/subgid of itself.
func newAccount(name string) (*account, error) {
	if said, err := exec.Command("useradd", "--no-create-home", "--user-group", name).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("making the user %s: %w\n%s", name, err, said)
	}
	a := &account{name: name}
	u, err := user.Lookup(name)
	if err != nil {
		return a, err
	}
	uid, _ := strconv.ParseUint(u.Uid, 10, 32)
	gid, _ := strconv.ParseUint(u.Gid, 10, 32)
	a.uid, a.gid = uint32(uid), uint32(gid)
	return a, nil
}

func (a *account) credential() *syscall.Credential {
	return &syscall.Credential{Uid: a.uid, Gid: a.gid}
}

// own gives the account all files below dir.
func (a *account) own(dir string) error {
	return filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(a.uid), int(a.gid))
	})
}

func (a *account) remove() error {
	if said, err := exec.Command("userdel", a.name).CombinedOutput(); err != nil {
		return fmt.Errorf("removing the user %s: %w\n%s", a.name, err, said)
	}
	return nil
}

// userSteps are what another user does, with what root did before him.
func userSteps(sc *godog.ScenarioContext, s *site) {
	sc.Step(`^I note which images "([^"]*)" are$`, s.noteImages)
	sc.Step(`^I become an ordinary user with a registry of my own$`, s.becomeUser)
	sc.Step(`^my storage is of the other kind$`, s.otherStorage)
	sc.Step(`^my containers are kept apart in the other way$`, s.otherIsolation)
	sc.Step(`^somebody gives every image in my storage a name of his own$`, s.renameImages)
	sc.Step(`^"([^"]*)" are the very same images$`, s.sameImages)
}

func (s *site) noteImages(ctx context.Context, names string) error {
	for image := range strings.SplitSeq(names, ",") {
		id, err := s.imageID(ctx, image)
		if err != nil {
			return err
		}
		s.noted[image] = id
	}
	return nil
}

func (s *site) sameImages(ctx context.Context, names string) error {
	for image := range strings.SplitSeq(names, ",") {
		id, err := s.imageID(ctx, image)
		if err != nil {
			return err
		}
		if id != s.noted[image] {
			return fmt.Errorf("%s is the image %s, and was %s", image, id, s.noted[image])
		}
	}
	return nil
}

// becomeUser makes a user, gives him the project and forgets all that was
// built: he begins with an empty registry and an empty storage.
func (s *site) becomeUser() (err error) {
	if s.account, err = newAccount(fmt.Sprintf("slipway-%d", os.Getpid())); err != nil {
		return err
	}
	s.overlay = exists(s.path("storage", "overlay-images"))
	forget := []string{s.path("storage"), s.path("state"), s.path("tmp"), s.path("home"), s.path("project", ".slipway")}
	for _, dir := range forget {
		if err := errors.Join(unlock(dir), os.RemoveAll(dir)); err != nil {
			return err
		}
	}
	s.proxy.close()
	if err := s.registry.stop(); err != nil {
		return err
	}
	if s.registry, err = serve(s.built.slipway, s.path("registry of the user")); err != nil {
		return err
	}
	if s.proxy, err = newProxy(s.registry.addr); err != nil {
		return err
	}
	if err := errors.Join(os.Mkdir(s.path("tmp"), 0o700), os.Mkdir(s.path("home"), 0o700)); err != nil {
		return err
	}
	return s.account.own(s.dir)
}

// otherStorage has the next commands keep images as those before did not.
func (s *site) otherStorage(ctx context.Context) {
	if !s.overlay {
		godog.Log(ctx, "no storage of kind overlay can be made here: both are vfs")
	}
	s.environ = append(s.environ, "STORAGE_DRIVER=vfs")
}

// otherIsolation has the next commands run containers with runc, where it is
// installed. Without a word they are run under chroot.
func (s *site) otherIsolation(ctx context.Context) {
	if missing := missingPrograms("runc"); missing != "" {
		godog.Log(ctx, missing+": both are built under chroot")
		return
	}
	s.environ = append(s.environ, "SLIPWAY_ISOLATION=oci")
}

// renameImages names the images in the user's storage, which is of kind vfs and
// has them without names, as if he had pulled them from somewhere else.
func (s *site) renameImages() error {
	file := s.path("storage", "vfs-images", "images.json")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var images []map[string]any
	if err := json.Unmarshal(text, &images); err != nil {
		return err
	}
	for i, image := range images {
		image["names"] = []string{fmt.Sprintf("quay.io/elsewhere/image%d:v9", i)}
	}
	if text, err = json.Marshal(images); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600) // and its owner stays
}
