package action

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/slipway-build/slipway/core/internal/wholefile"
)

// A FactCache keeps facts of images by the digest of their manifest, one file
// for each. A digest names the same content for ever, so that nothing in it
// grows stale; what cannot be read is as if it were not there. The zero
// FactCache keeps nothing.
type FactCache struct{ Dir string }

func (c FactCache) path(digest string) string {
	return filepath.Join(c.Dir, strings.ReplaceAll(digest, ":", "-")+".json")
}

func (c FactCache) get(digest string) (imageFacts, bool) {
	var f imageFacts
	if c.Dir == "" {
		return f, false
	}
	data, err := os.ReadFile(c.path(digest))
	if err != nil || json.Unmarshal(data, &f) != nil {
		return imageFacts{}, false
	}
	return f, true
}

// put keeps facts: whole, or not at all.
func (c FactCache) put(digest string, f imageFacts) error {
	if c.Dir == "" {
		return nil
	}
	data, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("keeping facts: %w", err)
	}
	if err := wholefile.Write(c.path(digest), data, 0o600); err != nil {
		return fmt.Errorf("keeping facts: %w", err)
	}
	return nil
}
