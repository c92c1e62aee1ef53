package smoke

import (
	"context"
	"fmt"

	"github.com/slipway-build/slipway/core/smoke/world"
)

// deploymentTrouble returns why the deployment under test cannot stand for the
// subject: a replica of the image runs another digest, or none runs it at all.
// It is asked before the scenarios and after them, so that a replica which was
// replaced meanwhile is noticed.
func deploymentTrouble(ctx context.Context, parts world.Parts) (refusal *Refusal) {
	if parts.Deployment == nil || parts.Subject == nil {
		return nil
	}
	defer func() {
		if p := recover(); p != nil {
			refusal = &Refusal{Reason: fmt.Sprintf("asking the deployment for its services: panic: %v", p)}
		}
	}()
	services, err := parts.Deployment.Services(ctx)
	if err != nil {
		return &Refusal{Reason: fmt.Sprintf("asking the deployment for its services: %v", err)}
	}
	found := false
	for _, s := range services {
		if s.Image != parts.Subject.Image {
			continue
		}
		found = true
		if s.ImageID != parts.Subject.ImageID {
			return otherDigest(s, parts.Subject)
		}
	}
	if !found {
		return &Refusal{Failed: true, Reason: fmt.Sprintf("the deployment runs no container of %s", parts.Subject.Image)}
	}
	return nil
}

func otherDigest(s world.ServiceState, subject *world.Subject) *Refusal {
	running := s.ImageID
	if running == "" {
		running = "nothing"
	}
	return &Refusal{Failed: true, Reason: fmt.Sprintf("the deployment runs another digest: the service %q runs %s, the image under test is %s",
		s.Name, running, subject.ImageID)}
}
