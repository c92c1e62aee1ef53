package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// assemble is a builder's script: it writes down, into /app, what it was given.
func assemble() error {
	var b strings.Builder
	for _, dir := range []string{"/tmp/src", "/tmp/scripts", "/run/secrets"} {
		if err := list(&b, dir); err != nil {
			return err
		}
	}
	for _, name := range []string{"GREETING", "PRICE", "STAGE"} {
		fmt.Fprintf(&b, "%s=%s\n", name, os.Getenv(name))
	}
	fmt.Fprintf(&b, "uid %d\n", os.Getuid())
	fmt.Print(b.String())
	if _, err := os.Stat("/tmp/src/slow"); err == nil {
		time.Sleep(time.Hour)
	}
	if _, err := os.Stat("/tmp/src/broken"); err == nil {
		return fmt.Errorf("main.go:1: this does not compile")
	}
	return os.WriteFile("/app/made", []byte(b.String()), 0o644)
}

// list writes down the files below a folder, which need not be there.
func list(b *strings.Builder, dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		content, err := os.ReadFile(path)
		if len(content) < 100 {
			fmt.Fprintf(b, "%s: %s\n", path, strings.TrimSpace(string(content)))
		} else {
			fmt.Fprintf(b, "%s\n", path)
		}
		return err
	})
}
