package inventory

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/slipway-build/slipway/sdk/diag"
)

// leftovers warns of what Ansible would read and nobody reads here: whoever
// brings it along would look for its variables and groups in vain.
func (l *loader) leftovers() {
	for _, dir := range slices.Concat(l.folders, l.options.PlaybookDirs) {
		l.leftover(filepath.Join(dir, "host_vars"), "call it image_vars: its files are named after images")
	}
	for _, dir := range l.folders {
		for _, name := range []string{"hosts", "hosts.ini", "hosts.yml", "hosts.yaml", "inventory.ini"} {
			l.leftover(filepath.Join(dir, name), "write the groups to images.yml, as YAML, with images: for hosts:")
		}
	}
}

func (l *loader) leftover(path, instead string) {
	if _, err := os.Stat(path); err == nil {
		l.found.Add(diag.Warningf("not-read", diag.Pos{File: path}, "%s is Ansible's, and is not read", filepath.Base(path)).WithFix("%s", instead))
	}
}
