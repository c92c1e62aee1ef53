package unpack_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"github.com/slipway-build/slipway/core/source/unpack"
)

// tarOf packs headers; the content of a file is its Linkname.
func tarOf(t testing.TB, headers ...tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range headers {
		content := ""
		if h.Typeflag == tar.TypeReg {
			content, h.Linkname = h.Linkname, ""
			h.Size = int64(len(content))
		}
		if err := errors.Join(w.WriteHeader(&h), second(io.WriteString(w, content))); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func second(_ int, err error) error { return err }

func file(name, content string) tar.Header {
	return tar.Header{Name: name, Linkname: content, Typeflag: tar.TypeReg, Mode: 0o644}
}

func link(name, target string) tar.Header {
	return tar.Header{Name: name, Linkname: target, Typeflag: tar.TypeSymlink}
}

func hardLink(name, target string) tar.Header {
	return tar.Header{Name: name, Linkname: target, Typeflag: tar.TypeLink}
}

func folder(name string, mode int64) tar.Header {
	return tar.Header{Name: name, Typeflag: tar.TypeDir, Mode: mode}
}

// zipOf packs names and contents; "-> target" makes a link.
func zipOf(t testing.TB, pairs ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		h := &zip.FileHeader{Name: pairs[i]}
		target, isLink := strings.CutPrefix(pairs[i+1], "-> ")
		mode := fs.FileMode(0o755)
		if isLink {
			mode |= fs.ModeSymlink
		}
		h.SetMode(mode)
		part, err := w.CreateHeader(h)
		if err == nil {
			_, err = io.WriteString(part, target)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// unpacked unpacks into a folder that stands in another, and lists that.
func unpacked(t testing.TB, data []byte, limits unpack.Limits) ([]string, error) {
	t.Helper()
	outer := t.TempDir()
	if err := os.Mkdir(filepath.Join(outer, "in"), 0o755); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(filepath.Join(outer, "in"))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	err = unpack.Archive(t.Context(), bytes.NewReader(data), root, limits)
	return list(t, outer), err
}

func list(t testing.TB, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(at string, d fs.DirEntry, err error) error {
		if err != nil || at == dir || d.Name() == "in" {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		line := fmt.Sprintf("%v %s", info.Mode(), strings.TrimPrefix(at, filepath.Join(dir, "in")+"/"))
		if info.Mode().IsRegular() {
			text, _ := os.ReadFile(at)
			line += " " + string(text)
		}
		if to, err := os.Readlink(at); err == nil {
			line += " -> " + to
		}
		out = append(out, line)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTar(t *testing.T) {
	data := tarOf(
		t, tar.Header{Typeflag: tar.TypeXGlobalHeader, Name: "pax_global_header", PAXRecords: map[string]string{"comment": "c"}},
		folder("./", 0o755), folder("app/", 0o500), file("app/tool", "one"), link("app/link", "../etc/conf"), file("etc/conf", "c"),
		hardLink("app/again", "app/tool"), file("app/tool", "two"), tar.Header{Name: "app/run", Typeflag: tar.TypeReg, Mode: 0o4711},
		link("app/link", "tool"),
	)
	want := []string{
		"drwx------ app", "-rw-r--r-- app/again one", "Lrwxrwxrwx app/link -> tool", "-rwx--x--x app/run ", "-rw-r--r-- app/tool two",
		"drwxr-xr-x etc", "-rw-r--r-- etc/conf c",
	}
	for name, packed := range map[string][]byte{"plain": data, "gzip": gzipped(t, data), "xz": xzed(t, data), "zstd": zstded(t, data)} {
		t.Run(name, func(t *testing.T) {
			got, err := unpacked(t, packed, unpack.Limits{})
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func gzipped(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	return pack(t, &b, w, data)
}

func xzed(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := xz.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	return pack(t, &b, w, data)
}

func zstded(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	return pack(t, &b, w, data)
}

func pack(t testing.TB, b *bytes.Buffer, w io.WriteCloser, data []byte) []byte {
	t.Helper()
	if err := errors.Join(second(w.Write(data)), w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bzipped is a tar with the file "a", which holds "hello\n".
const bzipped = "\x42\x5a\x68\x39\x31\x41\x59\x26\x53\x59\x29\x49\x61\xd2\x00\x00\x2a\xdb\x80\xc9\x90\x40\x00\x65\x00\x00\x00\xe2\x44\x9e\x00\x08\x08\x20\x00\x54\x56\x80\x03\x40\xc9\xea\x09\x41\x46\xd4\x69\xea\x7a\x86\x81\x30\x5b\xe4\x32\x10\x2f\x85\x82\x6f\xa5\x90\x14\x30\xd2\xe2\x32\x88\x53\x21\x4f\x0b\xab\x53\xc4\xb0\xbd\x08\xac\x40\x05\x88\xbe\x2e\xe4\x8a\x70\xa1\x20\x52\x92\xc3\xa4"

func TestBzip2(t *testing.T) {
	got, err := unpacked(t, []byte(bzipped), unpack.Limits{})
	if diff := cmp.Diff([]string{"-rw-r--r-- a hello\n"}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestZip(t *testing.T) {
	got, err := unpacked(t, zipOf(t, "app/", "", "app/tool", "one", "app/link", "-> tool"), unpack.Limits{})
	want := []string{"drwxr-xr-x app", "Lrwxrwxrwx app/link -> tool", "-rwxr-xr-x app/tool one"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if got, err := unpacked(t, zipOf(t), unpack.Limits{}); err != nil || got != nil {
		t.Errorf("an empty zip: %v, %v", got, err)
	}
}

func TestRefused(t *testing.T) {
	tests := map[string]struct {
		data   []byte
		limits unpack.Limits
		want   string
	}{
		"up":                    {data: tarOf(t, file("../evil", "x")), want: `the entry "../evil" leads out of the archive`},
		"down and up":           {data: tarOf(t, file("a/../../evil", "x")), want: `the entry "a/../../evil" leads out of the archive`},
		"absolute":              {data: tarOf(t, file("/etc/passwd", "x")), want: `the entry "/etc/passwd" leads out of the archive`},
		"zip up":                {data: zipOf(t, "../evil", "x"), want: `the entry "../evil" leads out of the archive`},
		"absolute link":         {data: tarOf(t, link("a", "/etc/passwd")), want: `the entry "a" is an absolute link, to /etc/passwd`},
		"absolute link in zip":  {data: zipOf(t, "a", "-> /etc/passwd"), want: `the entry "a" is an absolute link, to /etc/passwd`},
		"link out":              {data: tarOf(t, link("a/b", "../../c")), want: `the entry "a/b" is a link that leads out of the archive, to ../../c`},
		"link to nothing":       {data: zipOf(t, "a", "-> "), want: `the entry "a" is a link that leads out of the archive, to `},
		"link over another":     {data: tarOf(t, link("p/q/a", "../.."), link("p/q/b", "a/..")), want: `the entry "p/q/b" is a link that goes down and up again, to a/..`},
		"through a link":        {data: tarOf(t, link("a", "b"), file("a/c", "x")), want: `the entry "a/c" would be written through the link a`},
		"through a link higher": {data: tarOf(t, link("a", "."), file("a/b/c", "x")), want: `the entry "a/b/c" would be written through the link a`},
		"a link that was one":   {data: tarOf(t, link("a", "b"), folder("a", 0o755)), want: `the entry "a" is a folder here and something else before`},
		"a folder that was one": {data: tarOf(t, folder("a", 0o755), link("a", "b")), want: `the entry "a" was a folder before`},
		"below a file":          {data: tarOf(t, file("a", ""), file("a/b", "")), want: `the entry "a/b" lies below a, which is a file`},
		"hard link out":         {data: tarOf(t, hardLink("a", "../../etc/passwd")), want: `the entry "a" is a link that leads out of the archive, to ../../etc/passwd`},
		"hard link to a link":   {data: tarOf(t, link("a", "b"), hardLink("c", "a")), want: `the entry "c" is another name of a, which is no file before it`},
		"hard link past a link": {data: tarOf(t, link("a", "."), hardLink("c", "a/x")), want: `the entry "c" would be written through the link a`},
		"device":                {data: tarOf(t, tar.Header{Name: "null", Typeflag: tar.TypeChar, Devmajor: 1, Devminor: 3}), want: `the entry "null" is neither a file nor a folder nor a link`},
		"pipe":                  {data: tarOf(t, tar.Header{Name: "pipe", Typeflag: tar.TypeFifo}), want: `the entry "pipe" is neither a file nor a folder nor a link`},
		"too much":              {data: gzipped(t, tarOf(t, file("a", "12345"), file("b", "123456"))), limits: unpack.Limits{Bytes: 10}, want: `the entry "b" goes beyond the 10 bytes that an archive may come to`},
		"too many":              {data: tarOf(t, file("a", ""), file("b", "")), limits: unpack.Limits{Entries: 1}, want: `the entry "b" is one more than the 1 that an archive may have`},
		"no archive":            {data: []byte("hello"), want: "it is neither a zip nor a tar, plain or compressed with gzip, bzip2, xz or zstd: unexpected EOF"},
		"no gzip":               {data: []byte("\x1f\x8b123"), want: "decompressing: unexpected EOF"},
		"half an archive":       {data: tarOf(t, file("a", "x"), file("b", "y"))[:1400], want: "reading the archive: unexpected EOF"},
		"half a zip":            {data: zipOf(t, "a", "x")[:20], want: "reading the archive: zip: not a valid zip file"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := unpacked(t, tt.data, tt.limits)
			if err == nil || err.Error() != tt.want {
				t.Errorf("the error is %v, want %s", err, tt.want)
			}
			for _, line := range got {
				if strings.Contains(line, "evil") || strings.Contains(line, "passwd") {
					t.Errorf("it was written: %s", line)
				}
			}
		})
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("stop")
	cancel(stop)
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for _, data := range [][]byte{tarOf(t, file("a", "x")), zipOf(t, "a", "x")} {
		if err := unpack.Archive(ctx, bytes.NewReader(data), root, unpack.Limits{}); !errors.Is(err, stop) {
			t.Errorf("the error is %v", err)
		}
	}
}

// Whatever an archive holds, nothing is written beside the folder, no link
// leads out of it, and the bound holds.
func FuzzArchive(f *testing.F) {
	f.Add(tarOf(f, folder("a", 0o755), file("a/b", "x"), link("a/c", "../a/b"), hardLink("d", "a/b")))
	f.Add(tarOf(f, link("p/q/a", "../.."), link("p/q/b", "a/..")))
	f.Add(gzipped(f, tarOf(f, file("../a", "x"))))
	f.Add(zipOf(f, "a/", "", "a/b", "x", "c", "-> a/b"))
	f.Add(zstded(f, tarOf(f, file("a", "x"))))
	f.Fuzz(func(t *testing.T, data []byte) {
		outer := t.TempDir()
		in := filepath.Join(outer, "in")
		if err := os.Mkdir(in, 0o755); err != nil {
			t.Fatal(err)
		}
		root, err := os.OpenRoot(in)
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		_ = unpack.Archive(t.Context(), bytes.NewReader(data), root, unpack.Limits{Bytes: 1 << 16, Entries: 100})
		if beside, _ := os.ReadDir(outer); len(beside) != 1 {
			t.Fatalf("beside the folder stands %v", beside)
		}
		var size int64
		err = filepath.WalkDir(in, func(at string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			switch {
			case info.Mode().IsRegular():
				size += info.Size()
			case info.Mode()&fs.ModeSymlink != 0:
				if end, err := filepath.EvalSymlinks(at); err == nil && end != in && !strings.HasPrefix(end, in+"/") {
					t.Fatalf("%s leads to %s", at, end)
				}
			case !info.IsDir():
				t.Fatalf("%s is a %v", at, info.Mode())
			}
			return nil
		})
		if err != nil || size > 100<<16 {
			t.Fatal(err, size)
		}
	})
}
