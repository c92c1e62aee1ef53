package plugintest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// hugeBytes is the size of the largest config that a host sends.
const hugeBytes = 8 << 20

// validate is a way to ask for a judgement.
type validate func(context.Context, strategy.ValidateRequest) (strategy.ValidateResponse, error)

// accepts expects the good config to be judged good.
func accepts(ctx context.Context, t *trial, ask validate) error {
	answer, err := ask(ctx, strategy.ValidateRequest{Config: json.RawMessage(t.GoodConfig), Target: t.target()})
	if err != nil {
		return err
	}
	if problems := answer.Diagnostics.Err(); problems != nil {
		return fmt.Errorf("the good config was refused: %w", problems)
	}
	return nil
}

// refuses expects a config to be judged bad, rather than to break the plugin.
func refuses(ctx context.Context, t *trial, config string) error {
	return t.with(ctx, func(p *pluginhost.Process) error {
		answer, err := p.Validate(ctx, strategy.ValidateRequest{Config: json.RawMessage(config), Target: t.target()})
		if err != nil {
			return fmt.Errorf("wanted a diagnostic: %w", err)
		}
		if len(answer.Diagnostics.Errors()) == 0 {
			return fmt.Errorf("%s was accepted; wanted a diagnostic", config)
		}
		for _, d := range answer.Diagnostics {
			if d.Summary == "" {
				return errors.New("a diagnostic says nothing: its summary is empty")
			}
		}
		return accepts(ctx, t, p.Validate)
	})
}

func acceptsGoodConfig(ctx context.Context, t *trial) error {
	return t.with(ctx, func(p *pluginhost.Process) error { return accepts(ctx, t, p.Validate) })
}

func refusesUnknownField(ctx context.Context, t *trial) error {
	return refuses(ctx, t, `{"no_such_field":1}`)
}

func refusesWrongShape(ctx context.Context, t *trial) error {
	return refuses(ctx, t, `["a list"]`)
}

// survivesHugeConfig does not care for the judgement, only for an answer.
func survivesHugeConfig(ctx context.Context, t *trial) error {
	config := append([]byte(`{"no_such_field":"`), bytes.Repeat([]byte("x"), hugeBytes)...)
	config = append(config, `"}`...)
	return t.with(ctx, func(p *pluginhost.Process) error {
		_, err := p.Validate(ctx, strategy.ValidateRequest{Config: config, Target: t.target()})
		if err != nil {
			return errors.New(strings.ToValidUTF8(err.Error()[:min(len(err.Error()), 500)], ""))
		}
		return accepts(ctx, t, p.Validate)
	})
}

func ignoresUnknownFields(ctx context.Context, t *trial) error {
	return t.with(ctx, func(p *pluginhost.Process) error { return accepts(ctx, t, p.ValidateNewer) })
}
