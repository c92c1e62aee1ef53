package decide

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"

	"github.com/slipway-build/slipway/core/buildkey"
)

const (
	// maxFacts bounds the annotation: registries take manifests of 4 MiB.
	maxFacts = 1 << 20
	// maxFactsJSON bounds what a stranger's annotation may grow to.
	maxFactsJSON = 64 << 20
)

// packFacts returns facts as an annotation, or "" when they are too many.
func packFacts(f buildkey.Facts) (string, error) {
	raw, err := json.Marshal(f)
	if err != nil {
		return "", fmt.Errorf("recording what went into a build: %w", err)
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(raw) // a buffer never fails
	_ = z.Close()
	if base64.StdEncoding.EncodedLen(b.Len()) > maxFacts {
		return "", nil
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

// unpackFacts is the reverse of packFacts.
func unpackFacts(text string) (buildkey.Facts, error) {
	var f buildkey.Facts
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return f, fmt.Errorf("reading what went into a build: %w", err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return f, fmt.Errorf("reading what went into a build: %w", err)
	}
	if err := json.NewDecoder(io.LimitReader(z, maxFactsJSON)).Decode(&f); err != nil {
		return f, fmt.Errorf("reading what went into a build: %w", err)
	}
	return f, nil
}
