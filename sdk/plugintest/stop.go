package plugintest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// stopWithin is how long a plugin may take to end what it does.
const stopWithin = 2 * time.Second

// readerPause is how long the slow reader reads nothing.
const readerPause = 2 * time.Second

// slow is a reader that stops reading for a while.
type slow struct {
	*Recording
	once sync.Once
}

func (s *slow) Send(e strategy.Event) error {
	s.once.Do(func() { time.Sleep(readerPause) })
	return s.Recording.Send(e)
}

// servesSlowReader accepts that output is shed, when it is counted, and nothing
// else.
func servesSlowReader(ctx context.Context, t *trial) error {
	config := t.LoudConfig
	if config == "" {
		config = t.GoodConfig
	}
	return t.with(ctx, func(p *pluginhost.Process) error {
		r, err := t.request(config)
		if err != nil {
			return err
		}
		reader := &slow{Recording: &Recording{}}
		if err := p.Build(ctx, r, reader); err != nil {
			return err
		}
		return reader.succeeded()
	})
}

// awaited calls begun when a build says its first word.
type awaited struct {
	*Recording
	once  sync.Once
	begun func()
}

func (a *awaited) Send(e strategy.Event) error {
	a.once.Do(a.begun)
	return a.Recording.Send(e)
}

func stops(ctx context.Context, t *trial) error {
	if t.SlowConfig == "" {
		return skip("no config of a slow build was given")
	}
	return t.with(ctx, func(p *pluginhost.Process) error {
		r, err := t.request(t.SlowConfig)
		if err != nil {
			return err
		}
		building, stop := context.WithCancelCause(ctx)
		defer stop(nil)
		rec := &awaited{Recording: &Recording{}, begun: func() { stop(strategy.ErrStopped) }}
		if err := p.Build(building, r, rec); err != nil {
			return err
		}
		if building.Err() == nil {
			return errors.New("the build had nothing to say; wanted at least a step")
		}
		switch outcome := rec.Completed().Outcome; outcome {
		case strategy.Cancelled:
			return rec.wellFormed()
		case strategy.OK, strategy.Cached:
			return fmt.Errorf("the build completed as %s although it was asked to stop; wanted cancelled, and a slow config whose build takes 5 s or more", outcome)
		default:
			return fmt.Errorf("the build completed as %s; wanted cancelled", outcome)
		}
	})
}

func endsWithInput(ctx context.Context, t *trial) error {
	b, err := t.startBare(ctx)
	if err != nil {
		return err
	}
	defer b.kill()
	if err := t.occupy(ctx, b); err != nil {
		return err
	}
	if err := b.hangUp(); err != nil {
		return err
	}
	deadline := time.Now().Add(stopWithin)
	if !b.exitsBefore(deadline) {
		return fmt.Errorf("it still runs %s after the end of its standard input", stopWithin)
	}
	if !b.groupEndsBefore(deadline) {
		return errors.New("processes that it started still run after its end")
	}
	return nil
}

// occupy begins a slow build, if there is a config of one, and returns when it
// is under way.
func (t *trial) occupy(ctx context.Context, b *bare) error {
	if t.SlowConfig == "" {
		_, err := b.client.Describe(ctx, host())
		return err
	}
	r, err := t.request(t.SlowConfig)
	if err != nil {
		return err
	}
	begun, ended := make(chan struct{}), make(chan error, 1)
	rec := &awaited{Recording: &Recording{}, begun: func() { close(begun) }}
	go func() { ended <- b.client.Build(ctx, r, rec) }()
	select {
	case <-begun:
		return nil
	case err := <-ended:
		return fmt.Errorf("the slow build ended at once: %w", errors.Join(err, rec.succeeded()))
	}
}
