package action

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/slipway-build/slipway/sdk/strategy"
)

// An emptyStore has no image.
type emptyStore struct{}

func (emptyStore) Has(string) bool { return false }

func (emptyStore) Storage() strategy.Storage {
	return strategy.Storage{Driver: "vfs", Root: "/root", RunRoot: "/run"}
}

// A mover notes what it was asked to copy.
type mover struct{ source, target, id string }

func (m *mover) Import(_ context.Context, source, target, id string) error {
	*m = mover{source, target, id}
	return nil
}

// A result that was left elsewhere is copied under the ID that was told; one
// that was said to be in local storage must be there.
func TestTake(t *testing.T) {
	var got mover
	b := &Build{Decider: &Decider{Store: emptyStore{}}, Importer: &got}
	if err := b.take(t.Context(), strategy.Image{Reference: "oci:/out/image", ID: "sha256:aa"}); err != nil {
		t.Fatal(err)
	}
	want := mover{"oci:/out/image", "containers-storage:[vfs@/root+/run]@aa", "sha256:aa"}
	if got != want {
		t.Errorf("copied %+v, want %+v", got, want)
	}
	err := b.take(t.Context(), strategy.Image{Reference: "containers-storage:[vfs@/root+/run]@bb", ID: "sha256:bb"})
	if !errors.Is(err, errNoImage) || fmt.Sprint(err) != "local storage has no such image" {
		t.Errorf("got %v", err)
	}
}
