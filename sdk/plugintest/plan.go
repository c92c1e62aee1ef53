package plugintest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"

	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// plan asks what the good config depends on, in a workspace of its own.
func (t *trial) plan(ctx context.Context, p *pluginhost.Process) (strategy.PlanResponse, error) {
	r, err := t.request(t.GoodConfig)
	if err != nil {
		return strategy.PlanResponse{}, err
	}
	answer, err := p.Plan(ctx, strategy.PlanRequest{
		Config: json.RawMessage(t.GoodConfig), Target: t.target(), Workspace: r.Dirs.Workspace, Args: t.Args,
	})
	if errors.Is(err, strategy.ErrUnimplemented) {
		return answer, skip("the strategy does not plan; its builds are never reused")
	}
	if err == nil {
		err = answer.Diagnostics.Err()
	}
	return answer, err
}

// plansTheSame plans equal workspaces that lie in different places, in
// different processes: neither may show.
func plansTheSame(ctx context.Context, t *trial) error {
	var answers []strategy.PlanResponse
	for range 2 {
		err := t.with(ctx, func(p *pluginhost.Process) error {
			answer, err := t.plan(ctx, p)
			answers = append(answers, answer)
			return err
		})
		if err != nil {
			return err
		}
	}
	if !reflect.DeepEqual(answers[0], answers[1]) {
		return fmt.Errorf("equal workspaces gave %+v, and then %+v", answers[0], answers[1])
	}
	return plannedInside(answers[0])
}

func plannedInside(answer strategy.PlanResponse) error {
	for _, in := range answer.Inputs {
		if in.URL == "" && !filepath.IsLocal(filepath.FromSlash(in.Path)) {
			return fmt.Errorf("input %q lies outside of the workspace", in.Path)
		}
	}
	return nil
}

func leavesWorkspace(ctx context.Context, t *trial) error {
	return t.with(ctx, func(p *pluginhost.Process) error {
		r, err := t.request(t.GoodConfig)
		if err != nil {
			return err
		}
		before, err := listing(r.Dirs.Workspace)
		if err != nil {
			return err
		}
		_, planErr := p.Plan(ctx, strategy.PlanRequest{Config: r.Config, Target: r.Target, Workspace: r.Dirs.Workspace, Args: r.Args})
		rec := &Recording{}
		if err := p.Build(ctx, r, rec); err != nil {
			return err
		}
		after, err := listing(r.Dirs.Workspace)
		switch {
		case planErr != nil && !errors.Is(planErr, strategy.ErrUnimplemented):
			return planErr
		case err != nil:
			return err
		}
		if changed := difference(before, after); len(changed) > 0 {
			return fmt.Errorf("the workspace was changed: %q", changed)
		}
		return rec.succeeded()
	})
}
