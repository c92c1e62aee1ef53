package registry_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/containers/storage/pkg/reexec"

	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/registry/registrytest"
)

// Local storage unpacks layers in a process of its own: this one again.
func TestMain(m *testing.M) {
	if reexec.Init() {
		return
	}
	os.Exit(m.Run())
}

func TestLocalStorageThereAndBack(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("writing to containers-storage takes root or a user namespace")
	}
	server := registrytest.New(t)
	c := client(t, server.Addr)
	m := push(t, c, "stored", "localhost/acme/web:test")
	dir := t.TempDir()
	local := fmt.Sprintf("containers-storage:[vfs@%s+%s]@%s", filepath.Join(dir, "root"), filepath.Join(dir, "run"), m.ImageID[len("sha256:"):])
	id, err := c.Pull(t.Context(), m.Reference(), local, registry.PullOptions{})
	if err != nil || id != m.ImageID {
		t.Fatalf("Pull = %s, %v, want %s", id, err, m.ImageID)
	}
	back, err := c.Push(t.Context(), local, "localhost/acme/copy:test", registry.PushOptions{})
	if err != nil || back.ImageID != m.ImageID {
		t.Errorf("Push = %s, %v, want %s", back.ImageID, err, m.ImageID)
	}
}
