package builder

import (
	"cmp"
	"strings"

	"github.com/slipway-build/slipway/core/quantity"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// Resources bound what the commands of a build may use. They bound each step by
// itself, not slipway, which reads and packs files beside them. What has no
// bound may use what there is.
type Resources struct {
	Memory quantity.Bytes      `yaml:"memory" doc:"what a step may use, swap included; a step that wants more is killed" example:"2GiB"`
	CPUs   quantity.Processors `yaml:"cpus" doc:"how many processors' time a step may have" example:"1.5"`
}

// Or returns the bounds of r, and those of other where r has none.
func (r Resources) Or(other Resources) Resources {
	return Resources{Memory: cmp.Or(r.Memory, other.Memory), CPUs: cmp.Or(r.CPUs, other.CPUs)}
}

// Bounded reports whether there is any bound.
func (r Resources) Bounded() bool { return r != Resources{} }

// String is the bounds in a line: "2GiB of memory, 1.5 processors".
func (r Resources) String() string {
	var parts []string
	if r.Memory > 0 {
		parts = append(parts, r.Memory.String()+" of memory")
	}
	switch {
	case r.CPUs == 1000:
		parts = append(parts, "1 processor")
	case r.CPUs > 0:
		parts = append(parts, r.CPUs.String()+" processors")
	}
	return strings.Join(parts, ", ")
}

// Request returns the bounds as strategies are told them.
func (r Resources) Request() strategy.Resources {
	return strategy.Resources{Memory: int64(r.Memory), MilliCPUs: int64(r.CPUs)}
}
