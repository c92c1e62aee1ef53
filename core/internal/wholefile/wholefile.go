// Package wholefile writes files of which nobody ever sees a half: the bytes go
// into a file beside, which then takes the place of the old one.
//
// What is kept for others is on disk before that ([WriteDurably]). A cache need
// not be ([Write]): whoever reads one after a power failure looks at what it finds.
package wholefile

import (
	"errors"
	"os"
	"path/filepath"
)

// Write replaces a file. Its folder is made if need be.
func Write(path string, data []byte, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return write(path, data, mode, func(*os.File) error { return nil })
}

// WriteDurably replaces a file in a folder that is there, and returns when the
// bytes would survive a crash of the machine.
func WriteDurably(path string, data []byte, mode os.FileMode) error {
	return write(path, data, mode, (*os.File).Sync)
}

func write(path string, data []byte, mode os.FileMode, keep func(*os.File) error) error {
	beside, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(beside.Name())
	_, err = beside.Write(data)
	if err == nil {
		err = errors.Join(beside.Chmod(mode), keep(beside))
	}
	if err := errors.Join(err, beside.Close()); err != nil {
		return err
	}
	return os.Rename(beside.Name(), path)
}
