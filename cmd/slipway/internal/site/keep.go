package site

import "errors"

// Where a run keeps its inputs: one JSON object each, path → text. The places in
// its journal are those of the playbooks, which therefore never change; the
// inventory may.
const (
	playbooksFile = "playbooks.json"
	inventoryFile = "inventory.json"
)

// Keep writes all that was read into the folder of a run.
func (r *Reader) Keep(run string) error {
	return errors.Join(r.books.save(run, playbooksFile), r.inventory.save(run, inventoryFile))
}

// Recall has the Reader read what a run kept in its folder, instead of the files
// as they are now. With replan that is the playbooks alone.
func (r *Reader) Recall(run string, replan bool) error {
	if err := r.books.load(run, playbooksFile); err != nil || replan {
		return err
	}
	return r.inventory.load(run, inventoryFile)
}

// Gone tells of files of the inventory that a run went by and that are not there
// any more.
func (r *Reader) Gone() error { return r.inventory.gone() }
