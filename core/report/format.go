package report

import (
	"fmt"
	"strings"
	"time"
)

// ShortDigest is the first six digits of a digest: "sha256:9f3c21…".
func ShortDigest(digest string) string {
	algorithm, hex, ok := strings.Cut(digest, ":")
	if !ok || len(hex) <= 6 {
		return digest
	}
	return algorithm + ":" + hex[:6] + "…"
}

// Duration is a time as people say it: "80 ms", "3.2 s", "2 min 5 s".
func Duration(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	default:
		d = d.Round(time.Second)
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	}
}
