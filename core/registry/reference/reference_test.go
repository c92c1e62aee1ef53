package reference_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/registry/reference"
)

const digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

func TestParse(t *testing.T) {
	tests := []struct {
		text string
		want reference.Reference
		full string
	}{
		{"redis", reference.Reference{Registry: "docker.io", Repository: "docker.io/library/redis"}, "docker.io/library/redis"},
		{"acme/app:1", reference.Reference{Registry: "docker.io", Repository: "docker.io/acme/app", Tag: "1"}, "docker.io/acme/app:1"},
		{"localhost/base", reference.Reference{Registry: "localhost", Repository: "localhost/base"}, "localhost/base"},
		{"localhost:5000/a/b:t", reference.Reference{Registry: "localhost:5000", Repository: "localhost:5000/a/b", Tag: "t"}, "localhost:5000/a/b:t"},
		{"quay.io/acme/app@" + digest, reference.Reference{Registry: "quay.io", Repository: "quay.io/acme/app", Digest: digest}, "quay.io/acme/app@" + digest},
		{"quay.io/acme/app:t@" + digest, reference.Reference{Registry: "quay.io", Repository: "quay.io/acme/app", Tag: "t", Digest: digest}, "quay.io/acme/app:t@" + digest},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got, err := reference.Parse(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got.String() != tt.full {
				t.Errorf("String() = %s, want %s", got, tt.full)
			}
		})
	}
}

func TestTagged(t *testing.T) {
	r, err := reference.Parse("quay.io/acme/app")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := r.Tagged().String(), "quay.io/acme/app:latest"; got != want {
		t.Errorf("Tagged() = %s, want %s", got, want)
	}
	if got, want := r.Name(), "app"; got != want {
		t.Errorf("Name() = %s, want %s", got, want)
	}
}

func TestParseMistakes(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", `reading the image reference "": invalid reference format`},
		{"Base", `reading the image reference "Base": invalid reference format: repository name (library/Base) must be lowercase`},
		{"a b", `reading the image reference "a b": invalid reference format`},
	}
	for _, tt := range tests {
		if _, err := reference.Parse(tt.text); err == nil || err.Error() != tt.want {
			t.Errorf("Parse(%q): %v, want %s", tt.text, err, tt.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("quay.io/acme/app:t@" + digest)
	f.Add("localhost/base")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := reference.Parse(text)
		if err != nil {
			return
		}
		again, err := reference.Parse(r.String())
		if err != nil || again != r {
			t.Errorf("Parse(%q) = %v, reading it again: %v, %v", text, r, again, err)
		}
	})
}
