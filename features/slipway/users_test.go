package slipway_test

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// An account is a user made for one scenario, with ranges of subordinate ids.
type account struct {
	name     string
	uid, gid uint32
}

// newAccount makes a user; useradd gives him ranges in /etc/subuid and
// /etc/subgid of itself.
func newAccount(name string) (*account, error) {
	if said, err := exec.Command("useradd", "--no-create-home", "--user-group", name).CombinedOutput(); err != nil { //nolint:noctx // over at once
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
	if said, err := exec.Command("userdel", a.name).CombinedOutput(); err != nil { //nolint:noctx // over at once
		return fmt.Errorf("removing the user %s: %w\n%s", a.name, err, said)
	}
	return nil
}
