//go:build cgo

package namespace

const cgo = true
