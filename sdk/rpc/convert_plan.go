package rpc

import (
	strategyv1 "github.com/slipway-build/slipway/sdk/proto/slipway/strategy/v1"
	"github.com/slipway-build/slipway/sdk/strategy"
)

func planRequestToWire(r strategy.PlanRequest) *strategyv1.PlanRequest {
	return &strategyv1.PlanRequest{
		Config: r.Config, Target: targetToWire(r.Target), Workspace: r.Workspace, Args: r.Args, Later: r.Later,
	}
}

func planRequestFromWire(r *strategyv1.PlanRequest) strategy.PlanRequest {
	return strategy.PlanRequest{
		Config: r.GetConfig(), Target: targetFromWire(r.GetTarget()), Workspace: r.GetWorkspace(), Args: r.GetArgs(), Later: r.GetLater(),
	}
}

func planResponseToWire(r strategy.PlanResponse) *strategyv1.PlanResponse {
	return &strategyv1.PlanResponse{
		Diagnostics: diagnosticsToWire(r.Diagnostics),
		Images:      each(r.Images, imageInputToWire),
		Inputs:      each(r.Inputs, inputToWire),
		Fingerprint: r.Fingerprint,
		Volatile:    text(r.Volatile),
		Reads:       each(r.Reads, inputToWire),
	}
}

func planResponseFromWire(r *strategyv1.PlanResponse) strategy.PlanResponse {
	return strategy.PlanResponse{
		Diagnostics: diagnosticsFromWire(r.GetDiagnostics()),
		Images:      each(r.GetImages(), imageInputFromWire),
		Inputs:      each(r.GetInputs(), inputFromWire),
		Fingerprint: r.GetFingerprint(),
		Volatile:    r.GetVolatile(),
		Reads:       each(r.GetReads(), inputFromWire),
	}
}

func imageInputToWire(i strategy.ImageInput) *strategyv1.ImageInput {
	return &strategyv1.ImageInput{
		Reference: i.Reference, Kind: string(i.Kind), File: i.File, Line: int64(i.Line), Column: int64(i.Column),
		Platform: i.Platform,
	}
}

func imageInputFromWire(i *strategyv1.ImageInput) strategy.ImageInput {
	return strategy.ImageInput{
		Reference: i.GetReference(), Kind: strategy.Kind(i.GetKind()),
		File: i.GetFile(), Line: int(i.GetLine()), Column: int(i.GetColumn()),
		Platform: i.GetPlatform(),
	}
}

func inputToWire(i strategy.Input) *strategyv1.Input {
	return &strategyv1.Input{Path: i.Path, Exclude: i.Exclude, Url: i.URL}
}

func inputFromWire(i *strategyv1.Input) strategy.Input {
	return strategy.Input{Path: i.GetPath(), Exclude: i.GetExclude(), URL: i.GetUrl()}
}
