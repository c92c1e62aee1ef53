package build

import (
	"strings"
	"testing"

	"github.com/containers/storage"
	"github.com/opencontainers/go-digest"
)

// TestWithoutAccidents expects that an image which borrowed a passing name is
// replaced by the one that it would have been, and that others stay.
func TestWithoutAccidents(t *testing.T) {
	store := newStore(t)
	layer, err := store.CreateLayer("", "", nil, "", false, nil)
	if err != nil {
		t.Fatal(err)
	}
	clean := `{"history":[{"created_by":"COPY . ."},{"created_by":"FROM me","comment":"FROM scratch"}]}`
	spoilt := strings.Replace(clean, `"COPY . ."`, `"COPY . .","comment":"FROM docker.io/library/`+strings.Repeat("0a", 32)+`-tmp:latest"`, 1)
	want := digest.FromString(clean).Encoded()
	id, err := createLike(store, &storage.Image{TopLayer: layer.ID}, []byte(spoilt), []byte(`{"schemaVersion":2,"config":{"digest":"sha256:0","size":1}}`))
	if err != nil || id == want {
		t.Fatalf("making the image: %s, %v", id, err)
	}
	for _, from := range []string{id, id, want} {
		got, err := withoutAccidents(store, from)
		if err != nil || got != want {
			t.Errorf("withoutAccidents(%s) = %s, %v, want %s", from, got, err, want)
		}
	}
	config, err := store.ImageBigData(want, "sha256:"+want)
	if err != nil || string(config) != clean {
		t.Errorf("the config is %s, %v", config, err)
	}
	m, err := store.ImageBigData(want, storage.ImageDigestBigDataKey)
	if err != nil || !strings.Contains(string(m), want) {
		t.Errorf("the manifest is %s, %v; want the config %s in it", m, err, want)
	}
}
