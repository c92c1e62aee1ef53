// Package unpack writes what an archive holds into a folder, and nothing
// anywhere else.
//
// An archive is a tar, plain or compressed with gzip, bzip2, xz or zstd, or a
// zip; it is known by its first bytes, not by its name. It may come from
// anybody, so what has no business in a source tree is refused by name: a path
// or a link that leads out of the archive, an absolute link, an entry that is
// written through a link of the same archive, devices, pipes and sockets.
// There is a bound on what all entries come to, four gigabytes and half a
// million entries unless [Limits] say otherwise: a few kilobytes can be
// written so as to fill any disk.
//
// Modes are kept but for the bits that lend an owner's rights, and whoever
// unpacks may read and write everything; owners and times are not kept. What
// an archive has twice is as its last entry says, as tar has it.
package unpack

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
)

// Limits bound what an archive may come to. Zero values are the defaults.
type Limits struct {
	Bytes   int64 // of all files; 4 GiB
	Entries int   // 500,000
}

// An EntryError says which entry of an archive was not written, and why.
type EntryError struct{ Entry, Why string }

// Error returns `the entry "a/b" leads out of the archive`.
func (r *EntryError) Error() string { return fmt.Sprintf("the entry %q %s", r.Entry, r.Why) }

// A File is an archive: an *os.File is one.
type File interface {
	io.Reader
	io.ReaderAt
	io.Seeker
}

// Archive unpacks a file. What stood in the folder before may be replaced. An
// entry that must not be is an [EntryError]; what was unpacked before it stays.
func Archive(ctx context.Context, file File, into *os.Root, limits Limits) error {
	size, err := file.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return err
	}
	limits.Bytes, limits.Entries = cmp.Or(limits.Bytes, 4<<30), cmp.Or(limits.Entries, 500_000)
	w := &writer{root: into, limit: limits, left: limits}
	if isZip(file) {
		return w.zip(ctx, file, size)
	}
	plain, closer, err := decompress(file)
	if err != nil {
		return err
	}
	defer closer()
	return w.tar(ctx, plain)
}
