package buildkey

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"
)

// lstat looks at a path and notes how long ago anything was done to it.
func (r *reader) lstat(p string) (fs.FileInfo, error) {
	info, err := r.root.Lstat(p)
	if err != nil {
		return nil, err
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && time.Unix(st.Ctim.Unix()).After(r.newest) {
		r.newest = time.Unix(st.Ctim.Unix())
	}
	return info, nil
}

// record keeps a file under the path it is found at.
func (r *reader) record(f File) {
	at := f.Path
	f.Path = printable(f.Path)
	f.Link = printable(f.Link)
	r.found[at] = f
}

// link records a link and returns its target.
func (r *reader) link(at string) (string, error) {
	target, err := r.root.Readlink(at)
	if err != nil {
		return "", err
	}
	r.record(File{Path: at, Mode: "link", Link: target})
	return target, nil
}

// add records what is at p; the content of a regular file is hashed later.
func (r *reader) add(p string, info fs.FileInfo) error {
	if info.Mode()&fs.ModeSymlink != 0 {
		_, err := r.link(p)
		return err
	}
	if _, known := r.found[p]; known && r.found[p].Mode != Absent {
		return nil
	}
	r.record(File{Path: p, Mode: mode(info.Mode())})
	if info.Mode().IsRegular() {
		r.hashes = append(r.hashes, p)
	}
	return nil
}

// mode writes what counts of a mode: the kind and the permissions without the
// write bits of group and others, which differ with the umask of whoever
// checked the files out.
func mode(m fs.FileMode) string {
	bits := uint32(m.Perm() &^ 0o022)
	for flag, bit := range map[fs.FileMode]uint32{fs.ModeSetuid: 0o4000, fs.ModeSetgid: 0o2000, fs.ModeSticky: 0o1000} {
		if m&flag != 0 {
			bits |= bit
		}
	}
	return fmt.Sprintf("%s %04o", kind(m), bits)
}

func kind(m fs.FileMode) string {
	switch {
	case m.IsRegular():
		return "file"
	case m.IsDir():
		return "dir"
	case m&fs.ModeNamedPipe != 0:
		return "pipe"
	case m&fs.ModeSocket != 0:
		return "socket"
	default:
		return "device"
	}
}

// printable quotes a name that is not UTF-8, which JSON could not keep, and
// one that looks as if it were quoted, so that no two names become one.
func printable(name string) string {
	if utf8.ValidString(name) && !strings.HasPrefix(name, `"`) {
		return name
	}
	return strconv.Quote(name)
}
