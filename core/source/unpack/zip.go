package unpack

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// maxTarget is the longest target of a link that Linux knows.
const maxTarget = 4096

// zip writes the entries of a zip.
func (w *writer) zip(ctx context.Context, file io.ReaderAt, size int64) error {
	in, err := zip.NewReader(file, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // refused below, by name
		return fmt.Errorf("reading the archive: %w", err)
	}
	for _, f := range in.File {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := w.zipEntry(f); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) zipEntry(f *zip.File) error {
	e := entry{name: f.Name, mode: f.Mode().Perm()}
	switch f.Mode().Type() {
	case fs.ModeDir:
		return w.take(e, w.folder)
	case 0, fs.ModeSymlink:
	default:
		return &EntryError{f.Name, "is neither a file nor a folder nor a link"}
	}
	content, err := f.Open()
	if err != nil {
		return fmt.Errorf("reading the entry %q: %w", f.Name, err)
	}
	defer content.Close()
	if e.content = content; f.Mode().IsRegular() {
		return w.take(e, w.file)
	}
	target, err := io.ReadAll(io.LimitReader(content, maxTarget))
	if err != nil {
		return fmt.Errorf("reading the entry %q: %w", f.Name, err)
	}
	e.target = string(target)
	return w.take(e, w.link)
}
