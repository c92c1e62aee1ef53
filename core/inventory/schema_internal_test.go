package inventory

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/document"
)

func TestEveryKeyIsExplained(t *testing.T) {
	for _, tt := range []struct {
		keys []string
		docs map[string]string
	}{{document.Keys(new(imageFile)), imageDocs()}, {document.Keys(new(aGroup)), groupDocs()}} {
		if diff := cmp.Diff(slices.Sorted(slices.Values(tt.keys)), slices.Sorted(maps.Keys(tt.docs))); diff != "" {
			t.Errorf("(-keys +explained):\n%s", diff)
		}
	}
}
