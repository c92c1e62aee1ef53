package registry_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/registry"
)

func TestParseReference(t *testing.T) {
	const dgst = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
	tests := []struct {
		in   string
		want registry.Reference
	}{
		{"debian", registry.Reference{Registry: "docker.io", Repository: "docker.io/library/debian"}},
		{"docker.io/debian:12", registry.Reference{Registry: "docker.io", Repository: "docker.io/library/debian", Tag: "12"}},
		{"acme/web", registry.Reference{Registry: "docker.io", Repository: "docker.io/acme/web"}},
		{"localhost/web", registry.Reference{Registry: "localhost", Repository: "localhost/web"}},
		{"localhost:5000/web", registry.Reference{Registry: "localhost:5000", Repository: "localhost:5000/web"}},
		{"quay.io/acme/web:1@" + dgst, registry.Reference{Registry: "quay.io", Repository: "quay.io/acme/web", Tag: "1", Digest: dgst}},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			got, err := registry.ParseReference(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	_, err := registry.ParseReference("Web")
	want := `parsing image reference "Web": invalid reference format: repository name must be lowercase`
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func FuzzParseReference(f *testing.F) {
	for _, s := range []string{"debian", "localhost/web:1", "[::1]:5000/a/b", "a@sha256:0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ref, err := registry.ParseReference(s)
		if err != nil {
			return
		}
		again, err := registry.ParseReference(ref.String())
		if err != nil || again != ref {
			t.Errorf("%q is %+v, which reads back as %+v, %v", s, ref, again, err)
		}
	})
}
