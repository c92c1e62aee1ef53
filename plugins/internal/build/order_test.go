package build

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// archived writes entries as they come.
func archived(t *testing.T, headers ...tar.Header) *bytes.Buffer {
	t.Helper()
	out := new(bytes.Buffer)
	w := tar.NewWriter(out)
	for _, h := range headers {
		text := ""
		if h.Typeflag == tar.TypeReg && h.Linkname != "" {
			text, h.Linkname = h.Linkname, ""
		}
		h.Size = int64(len(text))
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out
}

// listed reads an archive: "NAME", "NAME: CONTENT" or "NAME -> LINK".
func listed(t *testing.T, r io.Reader) []string {
	t.Helper()
	var out []string
	for tr := tar.NewReader(r); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		line := h.Name
		if text, err := io.ReadAll(tr); err != nil {
			t.Fatal(err)
		} else if len(text) > 0 {
			line += ": " + string(text)
		}
		if h.Linkname != "" {
			line += " -> " + h.Linkname
		}
		out = append(out, line)
	}
}

func file(name, text string) tar.Header {
	return tar.Header{Typeflag: tar.TypeReg, Name: name, Linkname: text, Mode: 0o644}
}

func folder(name string) tar.Header {
	return tar.Header{Typeflag: tar.TypeDir, Name: name, Mode: 0o755}
}

func hardLink(name, to string) tar.Header {
	return tar.Header{Typeflag: tar.TypeLink, Name: name, Linkname: to, Mode: 0o644}
}

func TestOrder(t *testing.T) {
	tests := map[string]struct{ given, want []tar.Header }{
		"a folder and files of its name": {
			[]tar.Header{folder("web/"), file("web-2", "z"), file("web.txt", "y"), file("web/index", "x")},
			[]tar.Header{folder("web/"), file("web/index", "x"), file("web-2", "z"), file("web.txt", "y")},
		},
		"what is gone stands where it was": {
			[]tar.Header{file(".wh.b", ""), folder("a/"), file("a/x", "1"), file("a/.wh..wh..opq", ""), file("c", "2")},
			[]tar.Header{folder("a/"), file("a/.wh..wh..opq", ""), file("a/x", "1"), file(".wh.b", ""), file("c", "2")},
		},
		"names of one file": {
			[]tar.Header{file("d.txt", "one"), hardLink("d/x", "d.txt"), folder("d/"), hardLink("e", "d.txt")},
			[]tar.Header{folder("d/"), file("d/x", "one"), hardLink("d.txt", "d/x"), hardLink("e", "d/x")},
		},
		"a link to a file of another layer": {
			[]tar.Header{hardLink("b", "below"), file("a", "1")},
			[]tar.Header{file("a", "1"), hardLink("b", "below")},
		},
		"the root": {[]tar.Header{file("!", "1"), folder("./")}, []tar.Header{folder("./"), file("!", "1")}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			got, err := order(archived(t, tt.given...), dir)
			if err != nil {
				t.Fatal(err)
			}
			defer got.Close()
			if diff := cmp.Diff(listed(t, archived(t, tt.want...)), listed(t, got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// Whatever order the files come in, the bytes are the same.
func TestOrderIsOne(t *testing.T) {
	headers := []tar.Header{folder("d/"), file("d/x", "one"), hardLink("d.txt", "d/x"), hardLink("e", "d/x"), file(".wh.gone", "")}
	other := []tar.Header{file("e", "one"), {Typeflag: tar.TypeReg, Name: ".wh.gone", Mode: 0o600, Uid: 7, Uname: "ann"}, hardLink("d.txt", "e"), folder("d/"), hardLink("d/x", "e")}
	var bytes [2][]byte
	for i, given := range [][]tar.Header{headers, other} {
		r, err := order(archived(t, given...), t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if bytes[i], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(bytes[0], bytes[1]); diff != "" {
		t.Errorf("two orders give other bytes (-one +other):\n%s", diff)
	}
}

func TestOrderOfNoArchive(t *testing.T) {
	_, err := order(bytes.NewReader(bytes.Repeat([]byte("x"), 1024)), t.TempDir())
	if want := "ordering a layer: archive/tar: invalid tar header"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}
