package source

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
)

// folder makes a folder with a mode; one that is there keeps its own.
func (r *copying) folder(to string, mode fs.FileMode) error {
	if r.Check || to == "." {
		return nil
	}
	if err := r.dest.MkdirAll(path.Dir(to), 0o755); err != nil {
		return err
	}
	err := r.dest.Mkdir(to, 0o700)
	if err == nil {
		return r.dest.Chmod(to, mode|0o700) // whatever the umask; and whoever may not enter it could not fill it
	}
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := r.dest.Stat(to)
	if err == nil && !info.IsDir() {
		return fmt.Errorf("%s is a file", to)
	}
	return err
}

// file writes a file beside its place and has it take that, so that nobody sees
// half of it, and a link that stands there is replaced instead of followed.
func (r *copying) file(at, to string, mode fs.FileMode) error {
	in, err := os.Open(at)
	if err != nil {
		return cause(err)
	}
	defer in.Close()
	beside := aside(to)
	out, err := r.dest.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	err = errors.Join(err, out.Chmod(mode), out.Close())
	return r.settle(beside, to, err)
}

func (r *copying) link(target, to string) error {
	beside := aside(to)
	return r.settle(beside, to, r.dest.Symlink(target, beside))
}

// settle puts what was written beside into its place, or takes it away.
func (r *copying) settle(beside, to string, err error) error {
	if err == nil {
		err = r.dest.Rename(beside, to)
	}
	if err != nil {
		return errors.Join(err, r.dest.RemoveAll(beside))
	}
	return nil
}

// aside is a name in the same folder that nothing else has.
func aside(to string) string { return path.Join(path.Dir(to), ".slipway-"+rand.Text()) }
