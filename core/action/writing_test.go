package action_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/sdk/diag"
)

func (s *stand) template() *action.Template {
	return &action.Template{Dir: s.root, Env: []string{"PATH=" + os.Getenv("PATH")}}
}

func (s *stand) copy() *action.Copy { return &action.Copy{Dir: s.root} }

// tree is every file below the root but those of src, with its mode.
func (s *stand) tree(src string) []string {
	s.t.Helper()
	var out []string
	err := filepath.Walk(s.root, func(path string, info os.FileInfo, err error) error {
		rel, _ := filepath.Rel(s.root, path)
		if err == nil && !info.IsDir() && !strings.HasPrefix(rel, src) {
			out = append(out, fmt.Sprintf("%s %04o", rel, info.Mode().Perm()))
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

func TestTemplate(t *testing.T) {
	s := newStand(t)
	s.vars["ports"] = []any{80, 443}
	s.write("playbooks/web.conf", "name {{ .image.name }}\n{{ range .ports }}listen {{ . }};\n{{ end }}end\n")
	const want = "name web\nlisten 80;\nlisten 443;\nend\n"
	args := "src: web.conf\ndest: 'out/{{ .image.name }}.conf'\nmode: 0640"
	here := in(filepath.Join(s.root, "playbooks"))

	got, err := s.run(s.template(), args, here, checking, diffing)
	diff := cmp.Diff([]event.Diff{{Path: "out/web.conf", After: want}}, got.Diff)
	if err != nil || !got.Changed || diff != "" || len(s.tree("playbooks")) > 0 {
		t.Errorf("in check mode: %+v, %v, %v\n%s", got, err, s.tree("playbooks"), diff)
	}
	got, err = s.run(s.template(), args, here)
	if err != nil || !got.Changed || got.Diff != nil || s.read("out/web.conf") != want || got.Values["mode"] != "0640" || got.Values["size"] != len(want) {
		t.Errorf("first: %+v, %v, %q", got, err, s.read("out/web.conf"))
	}
	if diff := cmp.Diff([]string{"out/web.conf 0640"}, s.tree("playbooks")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got, err = s.run(s.template(), args, here, diffing)
	if err != nil || got.Changed || got.Diff != nil || got.Verb != "there" {
		t.Errorf("again: %+v, %v", got, err)
	}
	got, err = s.run(s.template(), strings.Replace(args, "0640", "0600", 1), here, diffing)
	if err != nil || !got.Changed || s.tree("playbooks")[0] != "out/web.conf 0600" || got.Diff[0].Before != want {
		t.Errorf("another mode: %+v, %v", got, err)
	}
	if diff := cmp.Diff(any([]any{s.root + "/out/web.conf"}), got.Values["files"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A file that is one template alone stays text, with its last line end.
func TestTemplateOfOneAction(t *testing.T) {
	s := newStand(t)
	s.vars["ports"] = []any{80}
	s.write("one", "{{ .ports }}\n")
	if _, err := s.run(s.template(), "src: one\ndest: out"); err != nil || s.read("out") != "[80]\n" {
		t.Errorf("%q, %v", s.read("out"), err)
	}
}

func TestTemplateFails(t *testing.T) {
	s := newStand(t)
	s.write("broken", "{{ if }}")
	s.write("good", "good")
	s.write("out/keep", "as before")
	s.write("folder/x/y", "")
	tests := []struct{ name, args, want string }{
		{"broken", "src: broken\ndest: x", s.root + "/broken:1:1: error[template]: missing value for if"},
		{"not there", "src: nope\ndest: x", "p.yml:1:6: error[no-file]: there is no file nope (write one of " + s.root + "/templates/nope, " + s.root + "/nope)"},
		{"a folder in its place", "src: good\ndest: folder/x/", ""},
		{"a file in the way", "src: good\ndest: good/x", "looking at good/x: lstat " + s.root + "/good/x: not a directory"},
		{"an empty name", "src: good\ndest: ''", "writing a file: dest is empty"},
		{"not in order", "src: good\ndest: out/keep\nvalidate: [grep, -q, bad, '%s']", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.run(s.template(), tt.args)
			if tt.name == "not in order" {
				if err == nil || !strings.HasPrefix(err.Error(), "the file is not in order and was not written: running grep -q bad "+s.root+"/out/.keep.slipway: ") {
					t.Errorf("%v", err)
				}
				return
			}
			fails(t, tt.want, err)
		})
	}
	want := []string{"broken 0644", "folder/x/good 0644", "folder/x/y 0644", "good 0644", "out/keep 0644"}
	if diff := cmp.Diff(want, s.tree("-")); diff != "" || s.read("out/keep") != "as before" {
		t.Errorf("something was left (-want +got):\n%s", diff)
	}
}

func TestTemplateOfWhatIsNotDefined(t *testing.T) {
	s := newStand(t)
	s.write("undefined", "a\n{{ .nmae }}\n")
	_, err := s.run(s.template(), "src: undefined\ndest: x")
	if len(diag.Of(err)) != 1 {
		t.Fatalf("%v", err)
	}
	if got := diag.Of(err)[0]; got.Code != "undefined-variable" || got.Summary != "undefined variable .nmae" || got.Pos.String() != s.root+"/undefined:2:4" {
		t.Errorf("%v", got)
	}
}

// What a killed run left beside a file is written over, and what lies there of
// somebody else is not followed.
func TestWritingOverWhatWasLeft(t *testing.T) {
	for name, leave := range map[string]func(s *stand, at string) error{
		"half a file": func(_ *stand, at string) error {
			return os.WriteFile(at, []byte("much longer than it is to be"), 0o400)
		},
		"a link": func(s *stand, at string) error { return os.Symlink(filepath.Join(s.root, "other"), at) },
		"somebody's": func(s *stand, at string) error {
			if os.Geteuid() != 0 {
				s.t.Skip("only root can give a file away")
			}
			return errors.Join(os.WriteFile(at, nil, 0o666), os.Chown(at, 1, 1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t)
			s.write("good", "good")
			s.write("other", "as before")
			if err := leave(s, filepath.Join(s.root, ".out.slipway")); err != nil {
				t.Fatal(err)
			}
			if _, err := s.run(s.template(), "src: good\ndest: out"); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"good 0644", "other 0644", "out 0644"}, s.tree("-")); diff != "" || s.read("out") != "good" || s.read("other") != "as before" {
				t.Errorf("%q, %q (-want +got):\n%s", s.read("out"), s.read("other"), diff)
			}
		})
	}
}

// Many who write one file write it one after the other.
func TestWritingAtOnce(t *testing.T) {
	s := newStand(t)
	var all sync.WaitGroup
	for i := range 8 {
		text := strings.Repeat(fmt.Sprint(i), 1<<16)
		s.write(fmt.Sprint("src", i), text)
		all.Go(func() {
			if _, err := s.run(s.copy(), fmt.Sprintf("src: src%d\ndest: out", i)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	got := s.read("out")
	if len(got) != 1<<16 || strings.Trim(got, got[:1]) != "" || len(s.tree("src")) != 1 {
		t.Errorf("%d bytes of %q…, %v", len(got), got[:1], s.tree("src"))
	}
}

func TestTemplateValidates(t *testing.T) {
	s := newStand(t)
	s.write("good", "good")
	got, err := s.run(s.template(), "src: good\ndest: out\nvalidate: [grep, -q, good, '%s']")
	if err != nil || !got.Changed || s.read("out") != "good" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestCopy(t *testing.T) {
	s := newStand(t)
	s.write("files/tool.sh", "#!/bin/sh\n")
	if err := os.Chmod(filepath.Join(s.root, "files/tool.sh"), 0o755); err != nil {
		t.Fatal(err)
	}
	s.write("assets/a", "a")
	s.write("assets/deep/b", "b")
	if err := os.Symlink("a", filepath.Join(s.root, "assets/link")); err != nil {
		t.Fatal(err)
	}
	s.vars["build"] = map[string]any{"id": 7}
	tests := []struct {
		name, args string
		want       []string
	}{
		{"a file, its mode kept", "src: tool.sh\ndest: out/", []string{"out/tool.sh 0755"}},
		{"a file, under another name and mode", "src: tool.sh\ndest: out/run\nmode: 0500", []string{"out/run 0500"}},
		{"a text", "content: 'for {{ .image.name }}'\ndest: out/note", []string{"out/note 0644"}},
		{"a value", "content: '{{ .build }}'\ndest: out/build.json\nmode: 0600", []string{"out/build.json 0600"}},
		{"a folder", "src: assets\ndest: out", []string{"out/assets/a 0644", "out/assets/deep/b 0644", "out/assets/link 0644"}},
		{"what is in a folder", "src: assets/\ndest: out", []string{"out/a 0644", "out/deep/b 0644", "out/link 0644"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_ = os.RemoveAll(filepath.Join(s.root, "out"))
			got, err := s.run(s.copy(), tt.args, checking)
			if _, missing := os.Stat(filepath.Join(s.root, "out")); err != nil || !got.Changed || missing == nil {
				t.Errorf("in check mode: %+v, %v, %v", got, err, missing)
			}
			if got, err = s.run(s.copy(), tt.args); err != nil || !got.Changed || len(got.Values["files"].([]any)) != len(tt.want) {
				t.Errorf("first: %+v, %v", got, err)
			}
			var out []string
			for _, file := range s.tree("-") {
				if strings.HasPrefix(file, "out/") {
					out = append(out, file)
				}
			}
			if diff := cmp.Diff(tt.want, out); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got, err = s.run(s.copy(), tt.args, diffing); err != nil || got.Changed || got.Diff != nil || got.Verb != "there" {
				t.Errorf("again: %+v, %v", got, err)
			}
		})
	}
	if _, err := s.run(s.copy(), "content: '{{ .build }}'\ndest: out/build.json"); err != nil || s.read("out/build.json") != `{"id":7}` {
		t.Errorf("%q, %v", s.read("out/build.json"), err)
	}
}

func TestCopyShowsWhatItChanges(t *testing.T) {
	s := newStand(t)
	s.write("out", "old\n")
	got, err := s.run(s.copy(), "content: \"new\\n\"\ndest: out", diffing, checking)
	if diff := cmp.Diff([]event.Diff{{Path: "out", Before: "old\n", After: "new\n"}}, got.Diff); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	got, err = s.run(s.copy(), "content: \"\\0\"\ndest: out", diffing)
	if diff := cmp.Diff([]event.Diff{{Path: "out", Before: "old\n", After: "(1 bytes that are not shown)\n"}}, got.Diff); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestCopyReplacesALink(t *testing.T) {
	s := newStand(t)
	s.write("target", "precious")
	if err := os.Symlink("target", filepath.Join(s.root, "out")); err != nil {
		t.Fatal(err)
	}
	got, err := s.run(s.copy(), "content: precious\ndest: out")
	info, statErr := os.Lstat(filepath.Join(s.root, "out"))
	if err != nil || statErr != nil || !got.Changed || !info.Mode().IsRegular() || s.read("target") != "precious" {
		t.Errorf("%+v, %v, %v", got, err, info)
	}
}

func TestCopyFails(t *testing.T) {
	s := newStand(t)
	s.write("folder/a", "")
	s.write("linked/x", "")
	if err := os.Symlink("../folder", filepath.Join(s.root, "linked/to")); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, args, want string }{
		{"into itself", "src: folder/\ndest: folder/copy", "copying folder/: folder/copy lies in it"},
		{"over a folder", "content: x\ndest: folder", "writing folder: it is a folder"},
		{"a link to a folder", "src: linked/\ndest: out", "reading " + s.root + "/linked/to: it is neither a file nor a folder"},
		{"a device", "src: /dev/null\ndest: out", "reading /dev/null: it is neither a file nor a folder"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.run(s.copy(), tt.args)
			fails(t, tt.want, err)
		})
	}
}

func TestWritingWhereItIsNotAllowed(t *testing.T) {
	s := newStand(t)
	const locked = "/proc/sys/kernel"
	_, err := s.run(s.copy(), "content: x\ndest: "+locked+"/slipway")
	if err == nil || !strings.HasPrefix(err.Error(), "writing "+locked+"/slipway: open "+locked+"/.slipway.") {
		t.Errorf("%v", err)
	}
}
