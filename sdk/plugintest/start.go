package plugintest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

func startsOnlyForHost(ctx context.Context, t *trial) error {
	cmd := exec.CommandContext(ctx, t.Command[0], t.Command[1:]...)
	cmd.Env, cmd.Dir = t.env(), t.path("cwd")
	out, err := cmd.CombinedOutput()
	_, exited := errors.AsType[*exec.ExitError](err)
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("it ran without %s in its environment: %w", "SLIPWAY_PLUGIN", context.Cause(ctx))
	case err == nil:
		return errors.New("it ended with status 0; wanted another status")
	case !exited:
		return fmt.Errorf("starting it: %w", err)
	case len(bytes.TrimSpace(out)) == 0:
		return errors.New("it printed nothing; wanted a sentence that says what it is")
	}
	return nil
}

func printsHandshakeOnly(ctx context.Context, t *trial) error {
	return t.with(ctx, func(p *pluginhost.Process) error {
		if _, _, err := t.build(ctx, p, t.GoodConfig); err != nil {
			return err
		}
		if stray := p.Stray(); len(stray) > 0 {
			return fmt.Errorf("it printed %q", stray)
		}
		return nil
	})
}

func startsAnywhere(ctx context.Context, t *trial) error {
	long, home := t.path("tmp", strings.Repeat("x", 100)), t.path("home")
	for dir, mode := range map[string]os.FileMode{long: 0o755, home: 0o555} {
		if err := os.Mkdir(dir, mode); err != nil {
			return err
		}
	}
	p, err := t.start(ctx, "TMPDIR="+long, "HOME="+home)
	if err != nil {
		return err
	}
	_, err = p.Describe(ctx, strategy.DescribeRequest{})
	return errors.Join(err, p.Close(context.WithoutCancel(ctx)))
}
