package report_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/report"
)

func TestPaths(t *testing.T) {
	for _, tt := range []struct{ name, dir, text, want string }{
		{"no folder", "", "/home/me/a", "/home/me/a"},
		{"everything is below the root", "/", "/home/me/a", "/home/me/a"},
		{"below", "/home/me", "/home/me/images/web/Dockerfile:3", "images/web/Dockerfile:3"},
		{"elsewhere", "/home/me", "/home/you/a", "/home/you/a"},
		{"a name that begins alike", "/home/me", "/home/meadow/a", "/home/meadow/a"},
		{"the end of another path", "/home/me", "/srv/home/me/a", "/srv/home/me/a"},
		{"in a sentence, twice", "/home/me", "The other one is /home/me/a, beside (/home/me/b).", "The other one is a, beside (b)."},
		{"as a value", "/home/me", "--dir=/home/me/a", "--dir=a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, report.Style{Dir: tt.dir}.Paths(tt.text)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPathOfTheFolderItself(t *testing.T) {
	if got := (report.Style{Dir: "/home/me"}).Path("/home/me"); got != "." {
		t.Errorf("got %q, want .", got)
	}
}
