// Package quantity reads amounts as people write them: bytes of memory or of a
// file, and processors.
//
// What tools understand differently is refused rather than guessed at: "512m"
// is 512 MiB to docker and half a byte to Kubernetes, and "1G" differs between
// them by seven per cent.
package quantity

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/schema"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Bytes are a number of bytes that reads itself from YAML.
type Bytes int64

// units are how bytes are counted: decimal, binary, and binary as Kubernetes
// writes it.
var units = map[string]float64{
	"": 1, "B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12,
	"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40,
	"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40,
}

// ParseBytes reads a number of bytes: "512", "60kB", "1.5GB" with decimal units,
// "256MiB" and "256Mi" with binary ones.
func ParseBytes(s string) (Bytes, error) {
	digits := strings.TrimRight(s, "BKkMGTi ")
	unit, ok := units[strings.TrimSpace(s[len(digits):])]
	n, err := strconv.ParseFloat(digits, 64)
	if !ok || err != nil || !(n >= 0) || n*unit > math.MaxInt64/2 {
		return 0, fmt.Errorf(`%q is not a size like "60MB" or "256MiB"`, s)
	}
	return Bytes(n * unit), nil
}

// String is the number in the largest binary unit that needs no fraction.
func (b Bytes) String() string {
	for _, unit := range []string{"TiB", "GiB", "MiB", "KiB"} {
		if size := Bytes(units[unit]); b >= size && b%size == 0 {
			return strconv.FormatInt(int64(b/size), 10) + unit
		}
	}
	return strconv.FormatInt(int64(b), 10) + "B"
}

// DecodeNode implements [document.Decoder]. None at all is a mistake.
func (b *Bytes) DecodeNode(n document.Node) diag.List {
	read, err := ParseBytes(n.Text())
	if n.Kind() != document.Scalar || err != nil || read == 0 {
		return diag.List{diag.Errorf("wrong-type", n.Pos(), "want a size such as 512MiB or 2GB, found %s", n.Describe())}
	}
	*b = read
	return nil
}

// JSONSchema implements [schema.Describer].
func (*Bytes) JSONSchema() map[string]any {
	return schema.Titled("size", schema.Any(
		map[string]any{"type": "integer", "minimum": 1},
		map[string]any{"type": "string", "pattern": `^[0-9]+(\.[0-9]+)? ?([kK]B|[MGT]B|[KMGT]iB?|B)?$|\{\{`},
	))
}
