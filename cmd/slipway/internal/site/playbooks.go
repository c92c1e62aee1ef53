package site

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/slipway-build/slipway/core/lint"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Alone tells what is wrong with the templates of playbooks that cannot be
// bound to an inventory: it could not be loaded, or they have other mistakes.
func (r *Reader) Alone(books []*playbook.Playbook) diag.List {
	secrets, err := r.App.UnreadSecrets()
	if err != nil {
		return diag.Of(err)
	}
	return plan.CheckAlone(books, secrets)
}

// Books reads the playbooks. Warnings are shown; mistakes are the error, beside
// what could be read.
func (r *Reader) Books(asked Plays) ([]*playbook.Playbook, error) {
	options, err := r.BookOptions(r.books.Read)
	if err != nil {
		return nil, err
	}
	var books []*playbook.Playbook
	var found diag.List
	if len(asked.AdHoc) > 0 {
		b, ds := playbook.Of(adHocBook(asked.Pattern, asked.AdHoc), options)
		found.Add(ds...)
		books = append(books, b)
	}
	for _, file := range asked.Playbooks {
		b, ds := playbook.Load(file, options)
		found.Add(ds...)
		books = append(books, b)
	}
	return books, r.App.Heed(found)
}

// Playbooks finds the files with plays among paths: files as they are, and what
// is directly in folders. Without paths it is the project's root and its
// playbooks/.
func (r *Reader) Playbooks(paths ...string) ([]string, error) {
	given := len(paths) > 0
	if !given {
		root, err := r.App.Root()
		if err != nil {
			return nil, err
		}
		paths = []string{root, filepath.Join(root, "playbooks")}
	}
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist) && !given:
		case err != nil:
			return nil, diag.Errorf("unreadable", diag.Pos{File: path}, "this cannot be read: %s", cause(err)).WithFix("name a playbook or a folder")
		case info.IsDir():
			files = append(files, playbooksIn(path)...)
		default:
			files = append(files, path)
		}
	}
	return files, nil
}

func playbooksIn(dir string) []string {
	files, err := filepath.Glob(filepath.Join(dir, "*.y*ml"))
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(files, func(file string) bool {
		src, err := os.ReadFile(file)
		return err != nil || !lint.IsPlaybook(file, src)
	})
}

// BookOptions are what playbooks may use, and how their files are read.
func (r *Reader) BookOptions(read func(string) ([]byte, error)) (playbook.Options, error) {
	settings, err := r.App.Config()
	if err != nil {
		return playbook.Options{}, err
	}
	builders, err := r.App.Builders()
	if err != nil {
		return playbook.Options{}, err
	}
	root, err := r.App.Root()
	if err != nil {
		return playbook.Options{}, err
	}
	return playbook.Options{Actions: Actions(root), RolesPath: settings.List("roles_path"), Builders: builders.Names(), Read: read}, nil
}
