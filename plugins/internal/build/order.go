package build

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/containers/storage"
)

// An orderedStore is a storage that gives new layers in one order. A driver that
// copies whole layers, or looks for what differs, sorts by path; overlay walks
// down its folder: "web.txt" stands before "web/index.html" here and behind it
// there, and which of two hard links is the file depends on that. So the same
// files were other layers on another machine.
type orderedStore struct {
	storage.Store
	scratch string // a folder for files that are gone with the build
}

// Diff implements [storage.Store]. A layer that has a digest was written before
// and is given as it was. (The storage is locked until a diff is closed, so that
// it is asked for the layer first.)
func (s orderedStore) Diff(from, to string, o *storage.DiffOptions) (io.ReadCloser, error) {
	layer, err := s.Layer(to)
	if err != nil {
		return nil, err
	}
	diff, err := s.Store.Diff(from, to, o)
	if err != nil || layer.UncompressedDigest != "" {
		return diff, err
	}
	ordered, err := order(diff, s.scratch)
	return ordered, errors.Join(err, diff.Close())
}

// order returns the archive in the order of a walk: a folder before what is in
// it, and names in one folder by their bytes.
func order(archive io.Reader, scratch string) (io.ReadCloser, error) {
	contents, err := os.CreateTemp(scratch, "layer-")
	if err != nil {
		return nil, fmt.Errorf("ordering a layer: %w", err)
	}
	entries, err := unpack(archive, contents)
	if err = errors.Join(err, os.Remove(contents.Name())); err != nil {
		return nil, fmt.Errorf("ordering a layer: %w", errors.Join(err, contents.Close()))
	}
	slices.SortStableFunc(entries, func(a, b *entry) int { return slices.Compare(a.path, b.path) })
	relink(entries)
	reader, writer := io.Pipe()
	go func() { writer.CloseWithError(errors.Join(pack(writer, entries), contents.Close())) }()
	return reader, nil
}

// An entry is one file of an archive.
type entry struct {
	*tar.Header
	path    []string          // where it stands in the order
	content *io.SectionReader // nil: it has none
}

// unpack reads an archive; what is in its files goes into contents, one behind
// the other.
func unpack(archive io.Reader, contents *os.File) ([]*entry, error) {
	var entries []*entry
	at := int64(0)
	for r := tar.NewReader(archive); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return entries, nil
		}
		if err != nil {
			return nil, err
		}
		e := &entry{Header: plain(h), path: place(h.Name)}
		if h.Size > 0 {
			if _, err := io.CopyN(contents, r, h.Size); err != nil {
				return nil, err
			}
			e.content, at = io.NewSectionReader(contents, at, h.Size), at+h.Size
		}
		entries = append(entries, e)
	}
}

// Files that say of a layer below what is gone from it:
// https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#whiteouts
const (
	whiteout = ".wh."
	opaque   = whiteout + whiteout + ".opq"
)

// place is where a file stands: what says that a file is gone stands where that
// would, and what says so of a whole folder before all that is in it.
func place(name string) []string {
	elements := strings.Split(path.Clean(name), "/")
	last := &elements[len(elements)-1]
	switch *last {
	case ".":
		return nil // the root
	case opaque:
		*last = ""
	default:
		*last = strings.TrimPrefix(*last, whiteout)
	}
	return elements
}

// plain leaves of a header that says that something is gone no more than that:
// what else is in it depends on who says so.
func plain(h *tar.Header) *tar.Header {
	if !strings.HasPrefix(path.Base(h.Name), whiteout) {
		return h
	}
	return &tar.Header{Typeflag: tar.TypeReg, Name: h.Name, ModTime: h.ModTime}
}

// relink makes the first of several names of a file the file, and the others
// links to it.
func relink(entries []*entry) {
	files := map[string]*entry{} // by the name that links give
	for _, e := range entries {
		if e.Typeflag != tar.TypeLink {
			files[path.Clean(e.Name)] = e
		}
	}
	first := map[*entry]*entry{}
	for _, e := range entries {
		file := e
		if e.Typeflag == tar.TypeLink {
			file = files[path.Clean(e.Linkname)]
		}
		if file != nil && first[file] == nil {
			first[file] = e
		}
	}
	for file, e := range first {
		if file != e {
			swap(file, e)
		}
	}
	for _, e := range entries {
		if file := files[path.Clean(e.Linkname)]; e.Typeflag == tar.TypeLink && file != nil {
			e.Linkname = first[file].Name
		}
	}
}

// swap has two entries keep their names and take each other's place otherwise.
func swap(a, b *entry) {
	a.Name, b.Name = b.Name, a.Name
	a.Header, b.Header = b.Header, a.Header
	a.content, b.content = b.content, a.content
}

func pack(w io.Writer, entries []*entry) error {
	out := tar.NewWriter(w)
	for _, e := range entries {
		if err := out.WriteHeader(e.Header); err != nil {
			return err
		}
		if e.content == nil {
			continue
		}
		if _, err := io.Copy(out, e.content); err != nil {
			return err
		}
	}
	return out.Close()
}
