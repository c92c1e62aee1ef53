package rpc

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	strategyv1 "github.com/slipway-build/slipway/sdk/proto/slipway/strategy/v1"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// Options change how a [Client] behaves; the zero Options are the defaults.
type Options struct {
	// StopGrace is how long a build that was asked to stop may take to
	// complete; 0 means 10 s.
	StopGrace time.Duration
	// Silence is after what time without a message of a build, not even a sign
	// of life, Silent is called; 0 means 1 min.
	Silence time.Duration
	// Silent is called once for each silence, from any goroutine; may be nil.
	Silent func()
	// StallTimeout is after what silence a build is cut off; 0 means never.
	StallTimeout time.Duration
}

func (o Options) withDefaults() Options {
	if o.StopGrace == 0 {
		o.StopGrace = 10 * time.Second
	}
	if o.Silence == 0 {
		o.Silence = time.Minute
	}
	if o.Silent == nil {
		o.Silent = func() {}
	}
	return o
}

// A Client is a strategy at the other end of a connection. Make one with
// [NewClient]. Its errors are those that the strategy returned, with their
// diagnostics; or a status of gRPC when the connection broke ([Lost]); or
// [ErrProtocol].
type Client struct {
	strategy.Unimplemented
	wire    strategyv1.StrategyClient
	options Options
}

var _ strategy.Strategy = (*Client)(nil)

// NewClient returns a client that speaks over conn, which stays the caller's.
func NewClient(conn grpc.ClientConnInterface, o Options) *Client {
	return &Client{wire: strategyv1.NewStrategyClient(conn), options: o.withDefaults()}
}

// With returns a client over the same connection with other options.
func (c *Client) With(o Options) *Client { return &Client{wire: c.wire, options: o.withDefaults()} }

// Describe implements [strategy.Strategy].
func (c *Client) Describe(ctx context.Context, r strategy.DescribeRequest) (strategy.DescribeResponse, error) {
	w, err := c.wire.Describe(ctx, describeRequestToWire(r), callOptions()...)
	return describeResponseFromWire(w), answered(ctx, err)
}

// Validate implements [strategy.Strategy].
func (c *Client) Validate(ctx context.Context, r strategy.ValidateRequest) (strategy.ValidateResponse, error) {
	w, err := c.wire.Validate(ctx, validateRequestToWire(r), callOptions()...)
	return validateResponseFromWire(w), answered(ctx, err)
}

// Plan implements [strategy.Strategy].
func (c *Client) Plan(ctx context.Context, r strategy.PlanRequest) (strategy.PlanResponse, error) {
	w, err := c.wire.Plan(ctx, planRequestToWire(r), callOptions()...)
	return planResponseFromWire(w), answered(ctx, err)
}

// Stop asks every call, now and from now on, to clean up and complete. It
// returns when the strategy has heard, not when it is done.
func (c *Client) Stop(ctx context.Context) error { return c.stop(ctx, "") }

func (c *Client) stop(ctx context.Context, build string) error {
	_, err := c.wire.Stop(ctx, &strategyv1.StopRequest{BuildId: build}, callOptions()...)
	return fromStatus(err)
}

// answered is the error of a call: that of ctx when it is what ended the call.
// The deadline is known on both ends, and the strategy's may be the first to
// notice that it has passed.
func answered(ctx context.Context, err error) error {
	if _, bounded := ctx.Deadline(); bounded && status.Code(err) == codes.DeadlineExceeded {
		<-ctx.Done()
	}
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("waiting for the strategy's answer: %w", context.Cause(ctx))
	}
	return fromStatus(err)
}

func callOptions() []grpc.CallOption {
	return []grpc.CallOption{grpc.MaxCallRecvMsgSize(MaxMessage), grpc.MaxCallSendMsgSize(MaxMessage)}
}
