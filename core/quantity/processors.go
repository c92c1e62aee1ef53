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

// Processors are thousandths of a processor, which read themselves from YAML.
type Processors int64

// ParseProcessors reads a number of processors: "2", "0.5", or "500m" as
// Kubernetes writes thousandths.
func ParseProcessors(s string) (Processors, error) {
	digits, thousandths := strings.CutSuffix(s, "m")
	n, err := strconv.ParseFloat(digits, 64)
	if !thousandths {
		n *= 1000
	}
	if err != nil || !(n >= 0) || n > 1e9 {
		return 0, fmt.Errorf(`%q is not a number of processors like "1.5" or "500m"`, s)
	}
	return Processors(math.Round(n)), nil
}

// String is the number of processors: "1.5".
func (p Processors) String() string { return strconv.FormatFloat(float64(p)/1000, 'f', -1, 64) }

// DecodeNode implements [document.Decoder]. None at all is a mistake, and so is
// less than a kernel counts: a hundredth.
func (p *Processors) DecodeNode(n document.Node) diag.List {
	read, err := ParseProcessors(n.Text())
	if n.Kind() != document.Scalar || err != nil || read < 10 {
		return diag.List{diag.Errorf("wrong-type", n.Pos(), "want a number of processors such as 1.5 or 500m, from 0.01, found %s", n.Describe())}
	}
	*p = read
	return nil
}

// JSONSchema implements [schema.Describer].
func (*Processors) JSONSchema() map[string]any {
	return schema.Titled("number of processors", schema.Any(
		map[string]any{"type": "number", "minimum": 0.01},
		map[string]any{"type": "string", "pattern": `^[0-9]+(\.[0-9]+)?$|^[0-9]+m$|\{\{`},
	))
}
