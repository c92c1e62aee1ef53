package rpc

import (
	"fmt"

	strategyv1 "github.com/slipway-build/slipway/sdk/proto/slipway/strategy/v1"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// eventToWire converts any event, and nil, which is a sign of life. The set of
// events is closed, so an unknown one is a bug here.
func eventToWire(e strategy.Event) *strategyv1.BuildEvent {
	switch e := e.(type) {
	case nil:
		return &strategyv1.BuildEvent{}
	case strategy.StepStarted:
		return &strategyv1.BuildEvent{Event: &strategyv1.BuildEvent_StepStarted{StepStarted: &strategyv1.StepStarted{
			Id: text(e.ID), Parent: text(e.Parent), Title: text(e.Title),
		}}}
	case strategy.StepProgress:
		return &strategyv1.BuildEvent{Event: &strategyv1.BuildEvent_StepProgress{StepProgress: &strategyv1.StepProgress{
			Id: text(e.ID), Current: e.Current, Total: e.Total, Unit: text(e.Unit),
		}}}
	case strategy.StepFinished:
		return &strategyv1.BuildEvent{Event: &strategyv1.BuildEvent_StepFinished{StepFinished: &strategyv1.StepFinished{
			Id: text(e.ID), Outcome: strategyv1.Outcome(e.Outcome), Detail: text(e.Detail),
		}}}
	case strategy.Log:
		return &strategyv1.BuildEvent{Event: &strategyv1.BuildEvent_Log{Log: &strategyv1.Log{
			Step: text(e.Step), Stderr: e.Stderr, Data: e.Data, Dropped: e.Dropped,
		}}}
	case strategy.Diagnostic:
		return &strategyv1.BuildEvent{Event: &strategyv1.BuildEvent_Diagnostic{Diagnostic: diagnosticToWire(e.Diagnostic)}}
	case strategy.Artifact:
		return &strategyv1.BuildEvent{Event: &strategyv1.BuildEvent_Artifact{Artifact: &strategyv1.Artifact{
			Kind: text(e.Kind), Path: text(e.Path), Digest: e.Digest, Size: e.Size, Platform: e.Platform,
		}}}
	case strategy.Completed:
		return &strategyv1.BuildEvent{Event: &strategyv1.BuildEvent_Completed{Completed: completedToWire(e)}}
	}
	panic(fmt.Sprintf("bug: unknown event %T", e))
}

// eventFromWire converts an event; ok is false for a sign of life, and for an
// event that a newer plugin knows and we do not.
func eventFromWire(e *strategyv1.BuildEvent) (event strategy.Event, ok bool) {
	switch e := e.GetEvent().(type) {
	case *strategyv1.BuildEvent_StepStarted:
		s := e.StepStarted
		return strategy.StepStarted{ID: s.GetId(), Parent: s.GetParent(), Title: s.GetTitle()}, true
	case *strategyv1.BuildEvent_StepProgress:
		s := e.StepProgress
		return strategy.StepProgress{ID: s.GetId(), Current: s.GetCurrent(), Total: s.GetTotal(), Unit: s.GetUnit()}, true
	case *strategyv1.BuildEvent_StepFinished:
		s := e.StepFinished
		return strategy.StepFinished{ID: s.GetId(), Outcome: strategy.Outcome(s.GetOutcome()), Detail: s.GetDetail()}, true
	case *strategyv1.BuildEvent_Log:
		l := e.Log
		return strategy.Log{Step: l.GetStep(), Stderr: l.GetStderr(), Data: l.GetData(), Dropped: l.GetDropped()}, true
	case *strategyv1.BuildEvent_Diagnostic:
		return strategy.Diagnostic{Diagnostic: diagnosticFromWire(e.Diagnostic)}, true
	case *strategyv1.BuildEvent_Artifact:
		return artifactFromWire(e.Artifact), true
	case *strategyv1.BuildEvent_Completed:
		return completedFromWire(e.Completed), true
	}
	return nil, false
}

func artifactFromWire(a *strategyv1.Artifact) strategy.Artifact {
	return strategy.Artifact{
		Kind: a.GetKind(), Path: a.GetPath(), Digest: a.GetDigest(), Size: a.GetSize(), Platform: a.GetPlatform(),
	}
}

func completedToWire(c strategy.Completed) *strategyv1.Completed {
	w := &strategyv1.Completed{Outcome: strategyv1.Outcome(c.Outcome), Diagnostics: diagnosticsToWire(c.Diagnostics)}
	if c.Image != nil {
		w.Image = &strategyv1.Image{Reference: c.Image.Reference, Digest: c.Image.Digest, Id: c.Image.ID}
	}
	return w
}

func completedFromWire(w *strategyv1.Completed) strategy.Completed {
	c := strategy.Completed{Outcome: strategy.Outcome(w.GetOutcome()), Diagnostics: diagnosticsFromWire(w.GetDiagnostics())}
	if i := w.GetImage(); i != nil {
		c.Image = &strategy.Image{Reference: i.GetReference(), Digest: i.GetDigest(), ID: i.GetId()}
	}
	return c
}
