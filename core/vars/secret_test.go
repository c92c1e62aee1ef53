package vars_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/vars"
)

// A safe holds secrets by name.
type safe map[string]string

func (s safe) Secret(name string) (string, error) {
	if s[name] == "" {
		return "", errors.New("it is locked")
	}
	return s[name], nil
}

func (s safe) Names() (names []string) {
	for name := range s {
		names = append(names, name)
	}
	return names
}

func TestSecret(t *testing.T) {
	d := data(t)
	d.Secrets = safe{"registry/token": "s3cret", "locked": ""}
	tests := []struct{ src, want string }{
		{`'{{ secret "registry/token" }}'`, "s3cret"},
		{`'Bearer {{ secret "registry/token" | upper }}'`, "Bearer S3CRET"},
		{`'{{ secret (printf "%s/token" "registry") }}'`, "s3cret"},
	}
	for _, tt := range tests {
		n, ds := d.Expand(parse(t, tt.src))
		if ds != nil || n.Text() != tt.want {
			t.Errorf("%s is %q, %v, want %q", tt.src, n.Text(), ds, tt.want)
		}
	}
}

func TestSecretMistakes(t *testing.T) {
	open := safe{"registry/token": "s3cret", "locked": ""}
	tests := []struct {
		name, src string
		secrets   vars.Secrets
		want      string
	}{
		{"near", `'{{ secret "registry/tokn" }}'`, open, `p.yml:1:12: error[no-secret]: there is no secret "registry/tokn" (did you mean "registry/token"?)`},
		{"unknown", `'{{ secret "zzz" }}'`, open, `p.yml:1:12: error[no-secret]: there is no secret "zzz" (declare it in slipway.yml: secrets: { zzz: { env: NAME } })`},
		{"locked", `'{{ secret "locked" }}'`, open, `p.yml:1:5: error[template]: expanding "{{ secret \"locked\" }}": it is locked`},
		{"in a build", `'{{ secret "registry/token" }}'`, nil, `p.yml:1:12: error[build-secret]: a secret may not become part of an image (name it under secrets: in image.yml; RUN --mount=type=secret reads it and leaves nothing)`},
		{"in a build, by a made-up name", `'{{ secret (print "a") }}'`, nil, `p.yml:1:5: error[build-secret]: a secret may not become part of an image (name it under secrets: in image.yml; RUN --mount=type=secret reads it and leaves nothing)`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := data(t)
			d.Secrets = tt.secrets
			_, ds := d.Expand(parse(t, tt.src))
			if diff := cmp.Diff(tt.want, ds.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A name that is written out is checked before the run; nothing is read then.
func TestCheckSecret(t *testing.T) {
	d := data(t)
	d.Secrets = safe{"registry/token": "", "locked": ""}
	if ds := d.Check(parse(t, `['{{ secret "locked" }}', '{{ secret "registry/token" }}']`), nil); ds != nil {
		t.Error(ds)
	}
	want := `p.yml:1:13: error[no-secret]: there is no secret "lockd" (did you mean "locked"?)`
	if diff := cmp.Diff(want, d.Check(parse(t, `['{{ secret "lockd" }}']`), nil).Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
