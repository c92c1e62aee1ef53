package rpc

import (
	"context"

	"google.golang.org/grpc"

	strategyv1 "github.com/slipway-build/slipway/sdk/proto/slipway/strategy/v1"
)

// service speaks the generated types, so that a Server need not show them.
type service struct {
	strategyv1.UnimplementedStrategyServer
	*Server
}

var _ strategyv1.StrategyServer = (*service)(nil)

func (s *service) Describe(ctx context.Context, r *strategyv1.DescribeRequest) (*strategyv1.DescribeResponse, error) {
	resp, err := unary(ctx, s.Server, "Describe", describeRequestFromWire(r), s.strategy.Describe)
	return describeResponseToWire(resp), err
}

func (s *service) Validate(ctx context.Context, r *strategyv1.ValidateRequest) (*strategyv1.ValidateResponse, error) {
	resp, err := unary(ctx, s.Server, "Validate", validateRequestFromWire(r), s.strategy.Validate)
	return validateResponseToWire(resp), err
}

func (s *service) Plan(ctx context.Context, r *strategyv1.PlanRequest) (*strategyv1.PlanResponse, error) {
	resp, err := unary(ctx, s.Server, "Plan", planRequestFromWire(r), s.strategy.Plan)
	return planResponseToWire(resp), err
}

func (s *service) Build(r *strategyv1.BuildRequest, stream grpc.ServerStreamingServer[strategyv1.BuildEvent]) error {
	return s.build(stream.Context(), buildRequestFromWire(r), stream.Send)
}

func (s *service) Stop(_ context.Context, r *strategyv1.StopRequest) (*strategyv1.StopResponse, error) {
	s.stop(r.GetBuildId())
	return &strategyv1.StopResponse{}, nil
}
