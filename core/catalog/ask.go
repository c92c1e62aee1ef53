package catalog

import (
	"context"
	"errors"
	"slices"

	"github.com/slipway-build/slipway/sdk/strategy"
)

// Plan asks the strategy of that name, over a session with it, what a build
// depends on, once nothing is wrong with the config: first its schema is held
// to that, then the strategy's own judgement. The answer's diagnostics hold
// everything that was found. A strategy that does not plan is one whose builds
// are never reused, and one that does not judge finds nothing wrong. What it
// answered before, and promised to answer again, it is not asked.
func (c *Catalog) Plan(ctx context.Context, name string, session strategy.Strategy, r strategy.PlanRequest) (strategy.PlanResponse, error) {
	return c.options.Answers.plan(ctx, c.question(name, r), r.Workspace, func() (strategy.PlanResponse, error) {
		answer, err := c.ask(ctx, name, session, r)
		if len(answer.Reads) > 0 {
			c.promised(name)
		}
		return answer, err
	})
}

// promised keeps what a strategy says of itself when it promises its answers: it
// need not be started for that alone.
func (c *Catalog) promised(name string) {
	q := c.question(name, strategy.DescribeRequest{Host: c.options.Host})
	if c.options.Answers == nil || q == "" {
		return
	}
	d := c.description(name)
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, kept := c.options.Answers.recall(q); d.known && !kept {
		c.options.Answers.remember(q, remembered{}, d.answer)
	}
}

func (c *Catalog) ask(ctx context.Context, name string, session strategy.Strategy, r strategy.PlanRequest) (strategy.PlanResponse, error) {
	found, err := c.Check(ctx, name, r.Config)
	if err != nil || len(found.Errors()) > 0 {
		return strategy.PlanResponse{Diagnostics: found}, err
	}
	judgement, err := session.Validate(ctx, strategy.ValidateRequest{Config: r.Config, Target: r.Target})
	if err != nil && !errors.Is(err, strategy.ErrUnimplemented) {
		return strategy.PlanResponse{}, err
	}
	found.Add(judgement.Diagnostics...)
	if len(found.Errors()) > 0 {
		return strategy.PlanResponse{Diagnostics: found}, nil
	}
	answer, err := session.Plan(ctx, r)
	if errors.Is(err, strategy.ErrUnimplemented) {
		answer, err = strategy.PlanResponse{Volatile: "the strategy " + name + " does not say what it depends on"}, nil
	}
	answer.Diagnostics = slices.Concat(found, answer.Diagnostics)
	return answer, err
}
