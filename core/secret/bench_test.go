package secret_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"io"
	"strings"
	"testing"

	"github.com/slipway-build/slipway/core/secret"
)

// BenchmarkWriter is what hiding costs a build that prints a lot, with a token
// and with a key of fifty lines.
func BenchmarkWriter(b *testing.B) {
	key := make([]byte, 2400)
	_, _ = rand.Read(key)
	text := base64.StdEncoding.EncodeToString(key)
	var lines []string
	for len(text) > 0 {
		lines = append(lines, text[:min(64, len(text))])
		text = text[min(64, len(text)):]
	}
	log := bytes.Repeat([]byte("#12 0.345 copying /usr/lib/python3.11/site-packages/setuptools to the image\n"), 1000)
	for name, value := range map[string]string{"token": "ghp_0123456789abcdefghij", "key": strings.Join(lines, "\n")} {
		b.Run(name, func(b *testing.B) {
			m := new(secret.Mask)
			m.Hide(value)
			w := m.Writer(io.Discard)
			b.SetBytes(int64(len(log)))
			for b.Loop() {
				_, _ = w.Write(log)
			}
		})
	}
}
