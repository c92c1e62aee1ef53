package inventory_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slipway-build/slipway/core/inventory"
)

// BenchmarkLoad reads inventories of several sizes, without anything but
// Dockerfiles and with one group for every ten images.
func BenchmarkLoad(b *testing.B) {
	for _, groups := range []bool{false, true} {
		for _, n := range []int{1000, 10_000} {
			dir := b.TempDir()
			writeImages(b, dir, n)
			if groups {
				writeGroups(b, dir, n)
			}
			b.Run(fmt.Sprintf("images=%d/groups=%v", n, groups), func(b *testing.B) { benchmarkLoad(b, dir, n) })
		}
	}
}

func benchmarkLoad(b *testing.B, dir string, n int) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		inv, found := inventory.Load(dir, inventory.Options{})
		if err := found.Err(); err != nil {
			b.Fatal(err)
		}
		if len(inv.Images) != n {
			b.Fatalf("%d images, want %d", len(inv.Images), n)
		}
	}
}

func writeImages(b *testing.B, dir string, n int) {
	b.Helper()
	for i := range n {
		writeOne(b, filepath.Join(dir, "images", fmt.Sprintf("i%05d", i), "Dockerfile"), "FROM scratch\n")
	}
}

func writeGroups(b *testing.B, dir string, n int) {
	b.Helper()
	var text strings.Builder
	for i := range n / 10 {
		fmt.Fprintf(&text, "g%04d:\n  images: { \"i[%05d:%05d]\": }\n  vars: { team: t%d }\n", i, i*10, i*10+9, i)
	}
	writeOne(b, filepath.Join(dir, "images.yml"), text.String())
}

func writeOne(b *testing.B, path, content string) {
	b.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		b.Fatal(err)
	}
}
