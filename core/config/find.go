package config

import (
	"os"
	"path/filepath"

	"github.com/slipway-build/slipway/sdk/diag"
)

// FileName is the name of a project's file.
const FileName = "slipway.yml"

// system is where the machine's file is.
const system = "/etc/slipway/slipway.yml"

// Project returns the nearest slipway.yml in dir or a folder above it, or "".
// One in a folder to which everybody may write is passed over with a warning.
func Project(dir string) (file string, warnings diag.List) {
	for at := dir; ; at = filepath.Dir(at) {
		file := filepath.Join(at, FileName)
		if isFile(file) {
			if !writableByAll(at) {
				return file, warnings
			}
			warnings.Add(diag.Warningf("world-writable", diag.Pos{File: file}, "the file is not read, because everybody may write to its folder").
				WithFix("chmod o-w %s, or name the file with SLIPWAY_CONFIG", at))
		}
		if at == filepath.Dir(at) {
			return "", warnings
		}
	}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

func writableByAll(dir string) bool {
	info, err := os.Stat(dir)
	return err == nil && info.Mode().Perm()&0o002 != 0
}

// find returns the file to read, or "".
func (o Options) find() (string, diag.List) {
	if named, ok := o.getenv(prefix + "CONFIG"); ok && named != "" {
		if !filepath.IsAbs(named) {
			named = filepath.Join(o.Dir, named)
		}
		return named, nil
	}
	file, warnings := Project(o.Dir)
	if file != "" {
		return file, warnings
	}
	home, _ := o.getenv("HOME")
	for _, file := range []string{filepath.Join(home, "."+FileName), o.System} {
		if filepath.IsAbs(file) && isFile(file) {
			return file, warnings
		}
	}
	return "", warnings
}
