package unpack

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
)

// tar writes the entries of a tar.
func (w *writer) tar(ctx context.Context, stream io.Reader) error {
	in := tar.NewReader(stream)
	for first := true; ; first = false {
		h, err := in.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && first:
			return fmt.Errorf("it is neither a zip nor a tar, plain or compressed with gzip, bzip2, xz or zstd: %w", err)
		case err != nil:
			return fmt.Errorf("reading the archive: %w", err)
		case ctx.Err() != nil:
			return context.Cause(ctx)
		}
		if err := w.tarEntry(h, in); err != nil {
			return err
		}
	}
}

func (w *writer) tarEntry(h *tar.Header, content io.Reader) error {
	e := entry{name: h.Name, mode: h.FileInfo().Mode().Perm(), target: h.Linkname, content: content}
	switch h.Typeflag {
	case tar.TypeXGlobalHeader:
		return nil // says something about the entries after it
	case tar.TypeReg, tar.TypeGNUSparse:
		return w.take(e, w.file)
	case tar.TypeDir:
		return w.take(e, w.folder)
	case tar.TypeSymlink:
		return w.take(e, w.link)
	case tar.TypeLink:
		return w.take(e, w.hardLink)
	default:
		return &EntryError{h.Name, "is neither a file nor a folder nor a link"}
	}
}
