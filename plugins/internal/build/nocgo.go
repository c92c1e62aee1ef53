//go:build !cgo

package build

// cgo says whether C code is part of this binary.
const cgo = false
