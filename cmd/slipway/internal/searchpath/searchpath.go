// Package searchpath keeps PATH empty until main begins.
//
// godog runs `go env GOTOOLDIR` while its packages are initialised, for the sake of
// a command that slipway does not have. Where Go is installed that costs a process
// of 5 ms, 25 ms on a busy machine, in every process of ours, and a build starts
// sixteen: slipway is its own plugin, its own worker and its own copier. It would
// also run whatever PATH calls "go". With PATH empty nothing is found and run.
//
// This is the one package that does something when it is initialised, for there
// is no later moment that is early enough. Go initialises packages that are
// ready in the order of their import paths, and this one, which imports os
// alone, is ready before what godog needs of go/build. A test holds it to that.
package searchpath

import "os"

var original, known = hide()

func hide() (path string, ok bool) {
	path, ok = os.LookupEnv("PATH")
	_ = os.Unsetenv("PATH") // cannot fail for a name like this
	return path, ok
}

// Restore gives PATH the value that the process was started with. Call it first
// in main.
func Restore() {
	if known {
		_ = os.Setenv("PATH", original) // it was a good value before
	}
}
