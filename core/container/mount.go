package container

import (
	"context"
	"errors"
	"fmt"

	"github.com/containers/storage"
)

// Mount shows the files of an image, of any platform, in a directory, which
// must not be written to. The view is this process's until unmount is called,
// and [Store.Sweep] ends those of processes that died without calling it.
func (s *Store) Mount(ctx context.Context, imageID string) (root string, unmount func() error, err error) {
	box, err := s.create(ctx, imageID)
	if err != nil {
		return "", nil, err
	}
	return box.root, box.remove, nil
}

// A box is the writable file system of one container, mounted.
type box struct {
	store *Store
	id    string
	root  string
}

// create makes a file system on top of an image. Its name tells whose it is,
// from the first moment on.
func (s *Store) create(ctx context.Context, imageID string) (*box, error) {
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	image, err := s.find(imageID)
	if err != nil {
		return nil, err
	}
	name, err := newName()
	if err != nil {
		return nil, err
	}
	made, err := s.store.CreateContainer("", []string{name}, image.ID, "", "", nil)
	if err != nil {
		return nil, fmt.Errorf("making a container from %s: %w", imageID, err)
	}
	b := &box{store: s, id: made.ID}
	if b.root, err = s.store.Mount(made.ID, ""); err != nil {
		_ = b.remove() // the first error tells more
		return nil, fmt.Errorf("mounting a container from %s: %w", imageID, err)
	}
	return b, nil
}

// remove removes a container. A process that was killed while it removed one
// may have taken its layer away already.
func (b *box) remove() error {
	if _, err := b.store.store.Unmount(b.id, true); err != nil && !errors.Is(err, storage.ErrLayerUnknown) {
		return fmt.Errorf("unmounting container %s: %w", b.id, err)
	}
	if err := b.store.store.DeleteContainer(b.id); err != nil {
		return fmt.Errorf("removing container %s: %w", b.id, err)
	}
	return nil
}
