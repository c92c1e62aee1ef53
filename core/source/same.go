package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// sameFile reports whether a file is there with the same content and mode.
func (r *copying) sameFile(at, to string, info fs.FileInfo) (bool, error) {
	there, err := r.dest.Lstat(to)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if there.IsDir() {
		return false, fmt.Errorf("%s is a folder", to)
	}
	if !there.Mode().IsRegular() || there.Size() != info.Size() || there.Mode().Perm() != info.Mode().Perm() {
		return false, nil
	}
	a, err := os.Open(at)
	if err != nil {
		return false, cause(err)
	}
	defer a.Close()
	b, err := r.dest.Open(to)
	if err != nil {
		return false, err
	}
	defer b.Close()
	return sameContent(a, b)
}

func sameContent(a, b io.Reader) (bool, error) {
	p, q := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, err := io.ReadFull(a, p)
		m, other := io.ReadFull(b, q)
		if !bytes.Equal(p[:n], q[:m]) {
			return false, nil
		}
		if err != nil || other != nil {
			return ended(err) && ended(other), errors.Join(failure(err), failure(other))
		}
	}
}

func ended(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

func failure(err error) error {
	if ended(err) {
		return nil
	}
	return err
}

func (r *copying) sameLink(target, to string) (bool, error) {
	there, err := r.dest.Lstat(to)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case there.IsDir():
		return false, fmt.Errorf("%s is a folder", to)
	case there.Mode()&fs.ModeSymlink == 0:
		return false, nil
	}
	now, err := r.dest.Readlink(to)
	return now == target, err
}
