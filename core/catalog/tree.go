package catalog

import (
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// treeFiles returns the files of a plugin's folder, with slashes, sorted. What
// tools leave behind is no part of it: names with a leading dot, and
// __pycache__. A link or a device is an error, because it would lead outside.
func treeFiles(dir string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		if name := entry.Name(); strings.HasPrefix(name, ".") || name == "__pycache__" {
			if entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if entry.IsDir() {
			return nil
		}
		if !entry.Type().IsRegular() {
			return fmt.Errorf("%s is no regular file", path)
		}
		rel, err := filepath.Rel(dir, path)
		out = append(out, filepath.ToSlash(rel))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the plugin's folder: %w", err)
	}
	return out, nil
}

// hashTree returns the SHA-256, in hex, of the listing of a folder: for each
// file a line of its digest, "x" when it can be executed or "-", and its path.
func hashTree(dir string) (string, error) {
	files, err := treeFiles(dir)
	if err != nil {
		return "", err
	}
	listing := sha256.New()
	for _, name := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		digest, executable, err := hashFile(path)
		if err != nil {
			return "", err
		}
		mode := "-"
		if executable {
			mode = "x"
		}
		fmt.Fprintf(listing, "%s %s %q\n", digest, mode, name)
	}
	return fmt.Sprintf("%x", listing.Sum(nil)), nil
}

// hashFile returns the SHA-256 of a file, in hex.
func hashFile(path string) (digest string, executable bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", false, fmt.Errorf("hashing a plugin: %w", err)
	}
	defer f.Close()
	return hashOpen(f)
}

func hashOpen(f *os.File) (digest string, executable bool, err error) {
	info, err := f.Stat()
	if err != nil {
		return "", false, fmt.Errorf("hashing a plugin: %w", err)
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return "", false, fmt.Errorf("hashing a plugin: %w", err)
	}
	return fmt.Sprintf("%x", hash.Sum(nil)), info.Mode()&0o111 != 0, nil
}
