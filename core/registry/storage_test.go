package registry_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
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

// What a strategy left in an archive becomes an image of local storage, unless
// it is another image than was said.
func TestImport(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("writing to containers-storage takes root or a user namespace")
	}
	server := registrytest.New(t)
	c := client(t, server.Addr)
	m := push(t, c, "imported", "localhost/acme/web:test")
	dir := t.TempDir()
	local := fmt.Sprintf("containers-storage:[vfs@%s+%s]@%s", filepath.Join(dir, "root"), filepath.Join(dir, "run"), m.ImageID[len("sha256:"):])
	for _, transport := range []string{"oci-archive:", "oci:"} {
		source := transport + filepath.Join(dir, transport[:len(transport)-1])
		if _, err := c.Pull(t.Context(), m.Reference(), source, registry.PullOptions{}); err != nil {
			t.Fatal(err)
		}
		other := "sha256:" + strings.Repeat("0", 64)
		err := c.Import(t.Context(), source, local, other)
		if want := fmt.Sprintf("%s: its image ID is %s, not %s", registry.ErrMismatch, m.ImageID, other); fmt.Sprint(err) != want || !errors.Is(err, registry.ErrMismatch) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
		if err := c.Import(t.Context(), source, local, m.ImageID); err != nil {
			t.Error(err)
		}
	}
	if err := c.Import(t.Context(), local, "dir:"+filepath.Join(dir, "out"), m.ImageID); err != nil {
		t.Errorf("it is not in local storage: %v", err)
	}
}
