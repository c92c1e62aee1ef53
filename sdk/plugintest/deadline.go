package plugintest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// errTimeout is why the suite stops a build that has had its time.
var errTimeout = errors.New("the build has had its time")

// keepsDeadline gives a slow build a second. A strategy may watch the time
// itself; if it does not, it is asked to stop.
func keepsDeadline(ctx context.Context, t *trial) error {
	if t.SlowConfig == "" {
		return skip("no config of a slow build was given")
	}
	return t.with(ctx, func(p *pluginhost.Process) error {
		r, err := t.request(t.SlowConfig)
		if err != nil {
			return err
		}
		r.Timeout = 1
		ctx, cancel := context.WithTimeoutCause(ctx, time.Second, errTimeout)
		defer cancel()
		rec := &Recording{}
		if err := p.Build(ctx, r, rec); err != nil {
			return err
		}
		switch outcome := rec.Completed().Outcome; outcome {
		case strategy.Cancelled, strategy.Failed:
			return rec.wellFormed()
		default:
			return fmt.Errorf("the build completed as %s after its time; wanted cancelled or failed", outcome)
		}
	})
}

// oddFile is a file such as any source tree may hold: neither its name nor its
// content is UTF-8, as every text on the wire must be.
const (
	oddFile    = "caf\xe9.txt"
	oddContent = "\xff\xfe\x00not text\n"
)

// bearsOddFiles plans and builds with such a file beside the others.
func bearsOddFiles(ctx context.Context, t *trial) error {
	return t.with(ctx, func(p *pluginhost.Process) error {
		r, err := t.request(t.GoodConfig)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(r.Dirs.Workspace, oddFile), []byte(oddContent), 0o644); err != nil {
			return skip("this file system takes no such name: %v", err)
		}
		_, err = p.Plan(ctx, strategy.PlanRequest{Config: r.Config, Target: r.Target, Workspace: r.Dirs.Workspace, Args: r.Args})
		if err != nil && !errors.Is(err, strategy.ErrUnimplemented) {
			return err
		}
		rec := &Recording{}
		if err := p.Build(ctx, r, rec); err != nil {
			return err
		}
		return rec.succeeded()
	})
}
