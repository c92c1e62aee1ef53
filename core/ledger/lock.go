package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/slipway-build/slipway/core/internal/filelock"
)

// Lock waits until nobody else holds name, in this process or another that
// has the same state directory open, and takes it. It gives up with ctx.
func (l *Ledger) Lock(ctx context.Context, name string) (*filelock.Lock, error) {
	sum := sha256.Sum256([]byte(name))
	if err := os.MkdirAll(l.locksDir(), 0o755); err != nil {
		return nil, fmt.Errorf("locking %s: %w", name, err)
	}
	lock, err := filelock.Wait(ctx, filepath.Join(l.locksDir(), hex.EncodeToString(sum[:16])))
	if err != nil {
		return nil, fmt.Errorf("locking %s: %w", name, err)
	}
	return lock, nil
}
