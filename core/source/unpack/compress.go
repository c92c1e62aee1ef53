package unpack

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// maxWindow bounds the memory that a zstd archive may ask for.
const maxWindow = 128 << 20

// A compression is a way to write a tar smaller.
type compression struct {
	magic string
	open  func(io.Reader) (io.Reader, func(), error)
}

func compressions() []compression {
	return []compression{
		{"\x1f\x8b", func(r io.Reader) (io.Reader, func(), error) { z, err := gzip.NewReader(r); return z, func() {}, err }},
		{"BZh", func(r io.Reader) (io.Reader, func(), error) { return bzip2.NewReader(r), func() {}, nil }},
		{"\xfd7zXZ\x00", func(r io.Reader) (io.Reader, func(), error) { z, err := xz.NewReader(r); return z, func() {}, err }},
		{"\x28\xb5\x2f\xfd", openZstd},
	}
}

func openZstd(r io.Reader) (io.Reader, func(), error) {
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, nil, err
	}
	return z, z.Close, nil
}

// decompress returns the tar in a stream, whatever it is compressed with.
func decompress(r io.Reader) (plain io.Reader, closer func(), err error) {
	buffered := bufio.NewReader(r)
	for _, c := range compressions() {
		head, _ := buffered.Peek(len(c.magic)) // a shorter stream is none of them
		if string(head) != c.magic {
			continue
		}
		plain, closer, err = c.open(buffered)
		if err != nil {
			return nil, nil, fmt.Errorf("decompressing: %w", err)
		}
		return plain, closer, nil
	}
	return buffered, func() {}, nil
}

// isZip reports whether a file begins as a zip does, an empty one included.
func isZip(r io.ReaderAt) bool {
	head := make([]byte, 4)
	if _, err := r.ReadAt(head, 0); err != nil {
		return false
	}
	return bytes.Equal(head, []byte("PK\x03\x04")) || bytes.Equal(head, []byte("PK\x05\x06"))
}
