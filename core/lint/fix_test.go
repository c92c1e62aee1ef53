package lint_test

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/lint"
)

func fix(src string, levels lint.Levels) string {
	return string(lint.Fix(lint.File{Name: "p.yml", Src: []byte(src), YAML: true}, actions(), levels))
}

func TestFix(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		{"nothing", "- name: B\n  build:\n", "- name: B\n  build:\n"},
		{"order", "- build: {} # now\n  # why\n  name: B # the name\n  when: .a\n", "- name: B # the name\n  build: {} # now\n  # why\n  when: .a\n"},
		{"order in a play", "- images: all\n  name: P\n  tasks:\n    - build:\n        timeout: 1m\n      name: B\n", "- name: P\n  images: all\n  tasks:\n    - name: B\n      build:\n        timeout: 1m\n"},
		{"order, at the end without a newline", "- build:\n  name: B", "- name: B\n  build:\n"},
		{"blanks", "- name: B  \n  build:\t\r\n", "- name: B\n  build:\r\n"},
		{"blanks that are text stay", "- name: B\n  command: |\n    a  \n    b\n", "- name: B\n  command: |\n    a  \n    b\n"},
		{"end", "- name: B\n  build:\n\n\n", "- name: B\n  build:\n"},
		{"newlines that are text stay", "- name: B\n  command: |+\n    a\n\n\n", "- name: B\n  command: |+\n    a\n\n\n"},
		{"flow style stays", "- {build: , name: B}\n", "- {build: , name: B}\n"},
		{"broken stays", "- [a  \n", "- [a  \n"},
		{"an alias stays behind its anchor", "- build: &b {}\n  register: *b\n  name: B\n", "- name: B\n  build: &b {}\n  register: *b\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, fix(tt.src, nil)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	off := lint.Levels{"trailing-space": lint.Off, "key-order": lint.Off, "final-newline": lint.Off}
	if src := "- build:  \n  name: B"; fix(src, off) != src {
		t.Errorf("a rule that is off is mended: %q", fix(src, off))
	}
}

// No fix changes what is read, and none is left to do after one.
func FuzzFix(f *testing.F) {
	f.Add("- build: {}\n  name: B \n\n")
	f.Add("- images: all\n  tasks:\n  - when: |\n      a  \n    name: x\n")
	f.Add("- &a name: B\n  *a : c\n")
	f.Fuzz(func(t *testing.T, src string) {
		fixed := fix(src, nil)
		before, ds := document.Parse("p", []byte(src))
		after, ds2 := document.Parse("p", []byte(fixed))
		if ds.Err() != nil {
			if fixed != src {
				t.Errorf("a file that cannot be read is changed")
			}
			return
		}
		if ds2.Err() != nil || !reflect.DeepEqual(before.Value(), after.Value()) {
			t.Errorf("%q means something else than %q", fixed, src)
		}
		if again := fix(fixed, nil); again != fixed {
			t.Errorf("%q is not the end: %q", fixed, again)
		}
	})
}
