package sdk

import (
	"context"

	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A Plan collects what a build depends on.
type Plan[C any] struct {
	Config    C
	Target    strategy.Target
	Workspace string            // absolute path of the source tree; read-only
	Args      map[string]string // build arguments
	Later     []string          // paths that are filled before the build; see [strategy.PlanRequest]

	response strategy.PlanResponse
}

// Image adds an image that the build needs.
func (p *Plan[C]) Image(i strategy.ImageInput) { p.response.Images = append(p.response.Images, i) }

// Input adds a file, folder or pattern below the workspace, less what the
// patterns of exclude match; see [strategy.Input].
func (p *Plan[C]) Input(path string, exclude ...string) {
	p.response.Inputs = append(p.response.Inputs, strategy.Input{Path: path, Exclude: exclude})
}

// URL adds a remote file.
func (p *Plan[C]) URL(url string) {
	p.response.Inputs = append(p.response.Inputs, strategy.Input{URL: url})
}

// MayCome reports whether what a path below the workspace names, and is not
// there, may come before the build.
func (p *Plan[C]) MayCome(path string) bool { return strategy.MayCome(p.Later, path) }

// Fingerprint sets what else goes into the build, and only the strategy knows.
func (p *Plan[C]) Fingerprint(s string) { p.response.Fingerprint = s }

// Volatile says why the build may never be reused.
func (p *Plan[C]) Volatile(why string) { p.response.Volatile = why }

// Read adds a file that the plan was read out of, and says that it was read out
// of nothing else; see [strategy.PlanResponse.Reads].
func (p *Plan[C]) Read(path string) {
	p.response.Reads = append(p.response.Reads, strategy.Input{Path: path})
}

// Report adds diagnostics, such as warnings with a place in a file.
func (p *Plan[C]) Report(ds ...diag.Diagnostic) { p.response.Diagnostics.Add(ds...) }

// Plan implements [strategy.Strategy].
func (s *defined[C]) Plan(ctx context.Context, r strategy.PlanRequest) (strategy.PlanResponse, error) {
	config, err := s.decode(ctx, r.Config)
	if err != nil {
		return strategy.PlanResponse{Diagnostics: diagnostics(err)}, nil
	}
	p := &Plan[C]{Config: config, Target: r.Target, Workspace: r.Workspace, Args: r.Args, Later: r.Later}
	if s.definition.Plan == nil {
		p.Volatile("the strategy " + s.definition.Name + " does not say what it depends on")
		return p.response, nil
	}
	p.Report(diagnostics(s.definition.Plan(ctx, p))...)
	return p.response, nil
}
