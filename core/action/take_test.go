package action

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/slipway-build/slipway/core/decide"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A holder has one image.
type holder string

func (h holder) Has(id string) bool { return id == string(h) }

func (holder) Storage() strategy.Storage {
	return strategy.Storage{Driver: "vfs", Root: "/root", RunRoot: "/run"}
}

// A mover notes what it was asked to copy.
type mover struct{ source, target, id string }

func (m *mover) Import(_ context.Context, source, target, id string) error {
	*m = mover{source, target, id}
	return nil
}

// A result that was left elsewhere is copied, and so looked at, under the ID
// that was told, even if local storage has an image of that ID; one that was
// said to be in local storage must be there.
func TestTake(t *testing.T) {
	for _, there := range []holder{"", "sha256:aa"} {
		var got mover
		b := &Build{Decider: &decide.Decider{Store: there}, Importer: &got}
		if err := b.take(t.Context(), strategy.Image{Reference: "oci:/out/image", ID: "sha256:aa"}); err != nil {
			t.Fatal(err)
		}
		want := mover{"oci:/out/image", "containers-storage:[vfs@/root+/run]@aa", "sha256:aa"}
		if got != want {
			t.Errorf("copied %+v, want %+v", got, want)
		}
	}
	b := &Build{Decider: &decide.Decider{Store: holder("sha256:aa")}, Importer: new(mover)}
	if err := b.take(t.Context(), strategy.Image{Reference: "containers-storage:[vfs@/root+/run]@aa", ID: "sha256:aa"}); err != nil {
		t.Error(err)
	}
	err := b.take(t.Context(), strategy.Image{Reference: "containers-storage:[vfs@/root+/run]@bb", ID: "sha256:bb"})
	if !errors.Is(err, errNoImage) || fmt.Sprint(err) != "local storage has no such image" {
		t.Errorf("got %v", err)
	}
}
