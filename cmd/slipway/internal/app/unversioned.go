package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// unversioned keeps the project's state out of version control, whatever the
// project's own ignore file says: what it holds is this machine's alone. A
// project without state is left alone, and so is one that cannot be written to.
func (a *App) unversioned() error {
	dir, err := a.State()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, ".gitignore"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	switch {
	case errors.Is(err, fs.ErrExist), errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.ENOTDIR):
		return nil
	case err != nil:
		return err
	}
	_, err = f.WriteString("# Made by slipway.\n*\n")
	return errors.Join(err, f.Close())
}
