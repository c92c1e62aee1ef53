package deploy

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/slipway-build/slipway/core/container"
)

// Defaults of a health check, as in a Dockerfile's HEALTHCHECK.
const (
	defaultInterval = 30 * time.Second
	defaultTimeout  = 30 * time.Second
	defaultRetries  = 3
)

// eager is the longest pause between checks until the first one passes: a
// service that is up is used at once, not at the next half minute. So checks
// come as often as any start_interval asks, which is why it is not kept.
const eager = 250 * time.Millisecond

// health reads a health check of a compose file; off says that it switches the
// image's off.
func health(c *types.HealthCheckConfig) (h *Health, off bool) {
	if c == nil {
		return nil, false
	}
	if c.Disable || len(c.Test) > 0 && c.Test[0] == "NONE" {
		return nil, true
	}
	h = &Health{Test: c.Test}
	for to, from := range map[*time.Duration]*types.Duration{
		&h.Interval: c.Interval, &h.Timeout: c.Timeout, &h.StartPeriod: c.StartPeriod,
	} {
		if from != nil {
			*to = time.Duration(*from)
		}
	}
	if c.Retries != nil {
		h.Retries = int(*c.Retries)
	}
	return h, false
}

// effective returns the health check that applies: the service's over the
// image's, part by part, over the defaults; nil when there is none.
func (s Service) effective(image *container.Healthcheck) *Health {
	if s.NoHealth {
		return nil
	}
	h := Health{Interval: defaultInterval, Timeout: defaultTimeout, Retries: defaultRetries}
	if image != nil {
		h.override(Health{image.Test, image.Interval, image.Timeout, image.StartPeriod, image.Retries})
	}
	if s.Health != nil {
		h.override(*s.Health)
	}
	if len(h.Test) < 2 { // NONE, or nothing
		return nil
	}
	return &h
}

func (h *Health) override(by Health) {
	if len(by.Test) > 0 {
		h.Test = by.Test
	}
	if by.Interval > 0 {
		h.Interval = by.Interval
	}
	if by.Timeout > 0 {
		h.Timeout = by.Timeout
	}
	if by.StartPeriod > 0 {
		h.StartPeriod = by.StartPeriod
	}
	if by.Retries > 0 {
		h.Retries = by.Retries
	}
}

// command returns what to run.
func (h *Health) command() []string {
	if h.Test[0] == "CMD-SHELL" {
		return []string{"/bin/sh", "-c", h.Test[1]}
	}
	return h.Test[1:]
}

// budget is how long a service may take to pass its first check: the start
// period, and then as many intervals as there are retries.
func (h *Health) budget() time.Duration {
	return h.StartPeriod + time.Duration(h.Retries)*h.Interval
}

// An executor runs commands in a container.
type executor interface {
	Exec(context.Context, container.ExecSpec) (container.Result, error)
}

// await checks until a check passes, and gives up after the budget.
func (h *Health) await(ctx context.Context, in executor) error {
	deadline := time.Now().Add(h.budget())
	for {
		said, err := h.once(ctx, in)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("it was not healthy yet: %w%s", context.Cause(ctx), said)
		}
		if !time.Now().Before(deadline) {
			return fmt.Errorf("it is unhealthy after %d checks over %s: %w%s", h.Retries, h.budget(), err, said)
		}
		if pause(ctx, min(h.Interval, eager)) != nil {
			return fmt.Errorf("it was not healthy yet: %w%s", context.Cause(ctx), said)
		}
	}
}

// once checks once, and returns what the check said, ready to be put behind an
// error.
func (h *Health) once(ctx context.Context, in executor) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, h.Timeout, fmt.Errorf("the check took longer than %s", h.Timeout))
	defer cancel()
	var out bytes.Buffer
	result, err := in.Exec(ctx, container.ExecSpec{Command: h.command(), Stdout: &out, Stderr: &out})
	if err == nil && result.ExitCode != 0 {
		err = fmt.Errorf("the check ended with exit code %d", result.ExitCode)
	}
	if said := strings.TrimSpace(out.String()); said != "" {
		return "; it said: " + said, err
	}
	return "", err
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
