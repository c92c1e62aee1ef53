package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/sdk/diag"
)

// files are read by name.
type files map[string]string

func (fs files) read(named document.Node, _ string) (document.Node, error) {
	text, ok := fs[named.Text()]
	if !ok {
		return document.Node{}, diag.Errorf("no-file", named.Pos(), "there is no file %s", named.Text())
	}
	return document.Text("templates/"+named.Text(), text), nil
}

// Templates in a file are looked at where they stand, for every image, as long
// as it can be told which file it is.
func TestTextFiles(t *testing.T) {
	fs := files{
		"good.conf": "name {{ .image.name }}\n{{ .seen.path }}\n", "bad.conf": "# all\n  {{ .nope }}\n{{ .image.name | uper }}\n",
		"result.conf": "{{ .seen.pth }}", "web.conf": "{{ .nix }}", "java.conf": "fine", "item.conf": "{{ .item }}", "one.conf": "{{ .one }}", "open.conf": "{{ if }}",
	}
	known := actions()
	write := known["write"]
	write.Text = &playbook.Text{Argument: "src", Read: fs.read}
	known["write"] = write
	tests := []struct{ name, tasks, want string }{
		{"sound", "{write: , register: seen}, {write: {src: good.conf}}", ""},
		{"names and functions", "{write: {src: bad.conf}}", `templates/bad.conf:2:6: error[undefined-variable]: undefined variable .nope (define it, or give it a value where it is missing: .nope | default "…")
templates/bad.conf:3:18: error[unknown-function]: there is no function "uper" (did you mean "upper"?)`},
		{"what is known when the run gets there", "{write: , register: seen}, {write: {src: result.conf}}", `templates/result.conf:1:4: error[undefined-variable]: undefined variable .seen.pth: .seen has no "pth" (did you mean "path"?)`},
		{"and what is not", "{write: {src: good.conf}}, {write: , register: seen}", `templates/good.conf:2:4: error[undefined-variable]: undefined variable .seen.path (it is known after the task at p.yml:1:52)`},
		{"its own variables", "{write: {src: one.conf}, vars: {one: 1}}", ""},
		{"its item", "{write: {src: item.conf}, loop: [1]}", ""},
		{"a file for each image", "{write: {src: '{{ .image.name }}.conf'}}", `templates/web.conf:1:4: error[undefined-variable]: undefined variable .nix (define it, or give it a value where it is missing: .nix | default "…")`},
		{"a file that the run names", "{write: {src: '{{ .item }}'}, loop: [bad.conf]}", ""},
		{"a file that a result names", "{write: , register: seen}, {write: {src: '{{ .seen.path }}'}}", ""},
		{"a name that is unsound", "{write: {src: '{{ .nope }}'}}", `p.yml:1:43: error[undefined-variable]: undefined variable .nope (define it, or give it a value where it is missing: .nope | default "…")`},
		{"no such file yet", "{write: {src: gone.conf}}", `p.yml:1:39: warning[no-file]: there is no file gone.conf`},
		{"syntax", "{write: {src: open.conf}}", `templates/open.conf:1:1: error[template]: missing value for if`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			is := images{"java": nil, "web": {"base java"}}
			_, inv := is.load(t, acme)
			f, _, err := plan.Relate(t.Context(), inv.Images, is.ask)
			if err != nil {
				t.Fatal(err)
			}
			book, ds := playbook.Parse("p.yml", []byte("- {images: all, tasks: ["+tt.tasks+"]}"), playbook.Options{Actions: known})
			if ds != nil {
				t.Fatal(ds)
			}
			_, ds = plan.New(inv, f, []*playbook.Playbook{book}, plan.Options{})
			if diff := cmp.Diff(tt.want, ds.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
