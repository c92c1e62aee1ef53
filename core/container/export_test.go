package container

// Remove removes an image with the layers that no other image needs.
func (s *Store) Remove(imageID string) error {
	_, err := s.store.DeleteImage(bareID(imageID), true)
	return err
}
