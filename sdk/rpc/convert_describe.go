package rpc

import (
	strategyv1 "github.com/slipway-build/slipway/sdk/proto/slipway/strategy/v1"
	"github.com/slipway-build/slipway/sdk/strategy"
)

func describeRequestToWire(r strategy.DescribeRequest) *strategyv1.DescribeRequest {
	h := r.Host
	return &strategyv1.DescribeRequest{Host: &strategyv1.Host{
		Version: h.Version, ProtocolMinor: h.ProtocolMinor, Capabilities: h.Capabilities,
	}}
}

func describeRequestFromWire(r *strategyv1.DescribeRequest) strategy.DescribeRequest {
	h := r.GetHost()
	return strategy.DescribeRequest{Host: strategy.Host{
		Version: h.GetVersion(), ProtocolMinor: h.GetProtocolMinor(), Capabilities: h.GetCapabilities(),
	}}
}

func describeResponseToWire(r strategy.DescribeResponse) *strategyv1.DescribeResponse {
	return &strategyv1.DescribeResponse{
		Name:          r.Name,
		Version:       r.Version,
		Summary:       text(r.Summary),
		ProtocolMinor: r.ProtocolMinor,
		Capabilities:  r.Capabilities,
		ConfigSchema:  r.ConfigSchema,
		Requires:      each(r.Requires, requirementToWire),
		Transports:    r.Transports,
		SdkVersion:    r.SDKVersion,
	}
}

func describeResponseFromWire(r *strategyv1.DescribeResponse) strategy.DescribeResponse {
	return strategy.DescribeResponse{
		Name:          r.GetName(),
		Version:       r.GetVersion(),
		Summary:       r.GetSummary(),
		ProtocolMinor: r.GetProtocolMinor(),
		Capabilities:  r.GetCapabilities(),
		ConfigSchema:  r.GetConfigSchema(),
		Requires:      each(r.GetRequires(), requirementFromWire),
		Transports:    r.GetTransports(),
		SDKVersion:    r.GetSdkVersion(),
	}
}

func requirementToWire(r strategy.Requirement) *strategyv1.Requirement {
	return &strategyv1.Requirement{
		Kind: r.Kind, Name: r.Name, Constraint: r.Constraint, Optional: r.Optional, Hint: text(r.Hint),
	}
}

func requirementFromWire(r *strategyv1.Requirement) strategy.Requirement {
	return strategy.Requirement{
		Kind: r.GetKind(), Name: r.GetName(), Constraint: r.GetConstraint(), Optional: r.GetOptional(), Hint: r.GetHint(),
	}
}

func validateRequestToWire(r strategy.ValidateRequest) *strategyv1.ValidateRequest {
	return &strategyv1.ValidateRequest{Config: r.Config, Target: targetToWire(r.Target)}
}

func validateRequestFromWire(r *strategyv1.ValidateRequest) strategy.ValidateRequest {
	return strategy.ValidateRequest{Config: r.GetConfig(), Target: targetFromWire(r.GetTarget())}
}

func validateResponseToWire(r strategy.ValidateResponse) *strategyv1.ValidateResponse {
	return &strategyv1.ValidateResponse{Diagnostics: diagnosticsToWire(r.Diagnostics)}
}

func validateResponseFromWire(r *strategyv1.ValidateResponse) strategy.ValidateResponse {
	return strategy.ValidateResponse{Diagnostics: diagnosticsFromWire(r.GetDiagnostics())}
}
