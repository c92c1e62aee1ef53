package filelock_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/slipway-build/slipway/core/internal/filelock"
)

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	held, err := filelock.Wait(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if other, err := filelock.Try(path); other != nil || err != nil {
		t.Errorf("two hold it: %v, %v", other, err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("stop")
	cancel(stop)
	if _, err := filelock.Wait(ctx, path); !errors.Is(err, stop) {
		t.Errorf("the error is %v", err)
	}
	got := make(chan error)
	go func() {
		next, err := filelock.Wait(t.Context(), path)
		if err == nil {
			err = next.Release()
		}
		got <- err
	}()
	if err := held.Release(); err != nil {
		t.Fatal(err)
	}
	if err := <-got; err != nil {
		t.Error(err)
	}
	if _, err := filelock.Try(filepath.Join(path, "below")); err == nil {
		t.Error("a lock was taken below a file")
	}
}
