package source_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/source"
)

// tree is the file tree of an image. A link that leads out of it on this
// machine leads somewhere in the image.
func tree(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	write(t, root, "app/bin/tool", "program")
	write(t, root, "app/lib/a.so", "a")
	write(t, root, "app/lib/b.so", "b")
	write(t, root, "app/lib/c.txt", "c")
	write(t, root, "etc/passwd", "of the image")
	err := errors.Join(
		os.Chmod(filepath.Join(root, "app/bin/tool"), 0o755|fs.ModeSetuid),
		os.Symlink("tool", filepath.Join(root, "app/bin/link")),
		os.Symlink("/etc/passwd", filepath.Join(root, "app/outside")),
		os.Symlink("/app/lib", filepath.Join(root, "lib")),
		os.Symlink("../../../../../../etc", filepath.Join(root, "up")),
		os.Mkdir(filepath.Join(root, "app/empty"), 0o750),
		syscall.Mkfifo(filepath.Join(root, "app/pipe"), 0o644),
	)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// list shows a folder: modes, names, what is in them.
func list(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(at string, d fs.DirEntry, err error) error {
		if err != nil || at == dir {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		line := fmt.Sprintf("%v %s", info.Mode(), strings.TrimPrefix(at, dir+"/"))
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

func TestCopy(t *testing.T) {
	tests := []struct {
		name  string
		paths []string
		want  []string
	}{
		{"a file, with its mode and without another's rights", []string{"/app/bin/tool"}, []string{"-rwxr-xr-x tool program"}},
		{"without the slash", []string{"app/lib/a.so"}, []string{"-rw-r--r-- a.so a"}},
		{"a folder", []string{"/app/bin"}, []string{"drwxr-xr-x bin", "Lrwxrwxrwx bin/link -> tool", "-rwxr-xr-x bin/tool program"}},
		{"what is in a folder", []string{"/app/bin/"}, []string{"Lrwxrwxrwx link -> tool", "-rwxr-xr-x tool program"}},
		{"a pattern", []string{"/app/*/[ab].so"}, []string{"-rw-r--r-- a.so a", "-rw-r--r-- b.so b"}},
		{"a link that is named", []string{"/app/bin/link"}, []string{"-rwxr-xr-x link program"}},
		{"a link that leads out", []string{"/app/outside"}, []string{"-rw-r--r-- outside of the image"}},
		{"through a link", []string{"/lib/*.txt", "/up/passwd"}, []string{"-rw-r--r-- c.txt c", "-rw-r--r-- passwd of the image"}},
		{"no way up", []string{"/../../etc/passwd"}, []string{"-rw-r--r-- passwd of the image"}},
		{"everything", []string{"/app/"}, []string{
			"drwxr-xr-x bin", "Lrwxrwxrwx bin/link -> tool", "-rwxr-xr-x bin/tool program", "drwxr-x--- empty", "drwxr-xr-x lib",
			"-rw-r--r-- lib/a.so a", "-rw-r--r-- lib/b.so b", "-rw-r--r-- lib/c.txt c", "Lrwxrwxrwx outside -> /etc/passwd",
		}},
	}
	root := tree(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dest := filepath.Join(t.TempDir(), "out")
			c := source.Copy{Root: root, Paths: tt.paths, Dest: dest, Check: true}
			foreseen, err := c.Run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(dest); err == nil {
				t.Error("a check made the folder")
			}
			c.Check = false
			done, err := c.Run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, list(t, dest)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(foreseen, done); diff != "" {
				t.Errorf("a check foresaw something else (-check +done):\n%s", diff)
			}
			again, err := c.Run(t.Context())
			if err != nil || len(again.Changed) > 0 || len(again.Files) != len(done.Files) {
				t.Errorf("the second time %v, %v", again, err)
			}
		})
	}
}

func TestCopied(t *testing.T) {
	dest := t.TempDir()
	write(t, dest, "lib/a.so", "another")
	write(t, dest, "lib/b.so", "b")
	write(t, dest, "lib/kept", "kept")
	got, err := source.Copy{Root: tree(t), Paths: []string{"/app/"}, Dest: dest}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := source.Copied{
		Files:   []string{"bin/link", "bin/tool", "lib/a.so", "lib/b.so", "lib/c.txt", "outside"},
		Changed: []string{"bin/link", "bin/tool", "lib/a.so", "lib/c.txt", "outside"},
		LeftOut: []string{"pipe"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if text, err := os.ReadFile(filepath.Join(dest, "lib/kept")); err != nil || string(text) != "kept" {
		t.Errorf("what was there is %q, %v", text, err)
	}
}

// Links in the folder lead nothing out of it: neither those that were there nor
// those that came from the image.
func TestNothingIsWrittenOutside(t *testing.T) {
	outside := t.TempDir()
	write(t, outside, "passwd", "of the machine")
	root := t.TempDir()
	write(t, root, "one/d/passwd", "from the image")
	if err := errors.Join(os.Mkdir(filepath.Join(root, "two"), 0o755), os.Symlink(outside, filepath.Join(root, "two/d"))); err != nil {
		t.Fatal(err)
	}
	dest := t.TempDir()
	if err := os.Symlink(filepath.Join(outside, "passwd"), filepath.Join(dest, "passwd")); err != nil {
		t.Fatal(err)
	}
	if _, err := (source.Copy{Root: root, Paths: []string{"/one/d/"}, Dest: dest}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(filepath.Join(dest, "passwd")); err != nil || !info.Mode().IsRegular() {
		t.Errorf("the link was not replaced: %v, %v", info, err)
	}
	if _, err := (source.Copy{Root: root, Paths: []string{"/two/", "/one/"}, Dest: dest}).Run(t.Context()); err == nil {
		t.Error("a file was written through a link of the image")
	}
	if text, err := os.ReadFile(filepath.Join(outside, "passwd")); err != nil || string(text) != "of the machine" {
		t.Errorf("outside stands %q, %v", text, err)
	}
	if left := list(t, outside); len(left) != 1 {
		t.Errorf("outside is %v", left)
	}
}

func TestCopyMistakes(t *testing.T) {
	root := tree(t)
	tests := []struct {
		name   string
		paths  []string
		before string
		want   string
	}{
		{"missing", []string{"/app/none"}, "", "there is no /app/none in the image"},
		{"no match", []string{"/app/*.zip"}, "", "there is no /app/*.zip in the image"},
		{"below a file", []string{"/etc/passwd/x"}, "", "there is no /etc/passwd/x in the image"},
		{"bad pattern", []string{"/app/[a"}, "", "looking for /app/[a in the image: syntax error in pattern"},
		{"no folder", []string{"/etc/passwd/"}, "", "/etc/passwd/ is no folder in the image"},
		{"twice", []string{"/etc/passwd", "/up/passwd"}, "", "copying /etc/passwd out of the image: passwd is made of /etc/passwd already"},
		{"a folder in the way", []string{"/app/lib/a.so"}, "a.so/x", "copying /app/lib/a.so out of the image: a.so is a folder"},
		{"a file in the way", []string{"/app/lib"}, "lib", "copying /app/lib out of the image: lib is a file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dest := t.TempDir()
			if tt.before != "" {
				write(t, dest, tt.before, "")
			}
			_, err := source.Copy{Root: root, Paths: tt.paths, Dest: dest}.Run(t.Context())
			if err == nil || err.Error() != tt.want {
				t.Errorf("the error is %v, want %s", err, tt.want)
			}
		})
	}
}

func TestCopyIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("stop")
	cancel(stop)
	if _, err := (source.Copy{Root: tree(t), Paths: []string{"/app"}, Dest: t.TempDir()}).Run(ctx); !errors.Is(err, stop) {
		t.Errorf("the error is %v", err)
	}
}

// write writes a file below a folder.
func write(t *testing.T, dir, name, text string) {
	t.Helper()
	at := filepath.Join(dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o755), os.WriteFile(at, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}
