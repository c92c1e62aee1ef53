// Package deploy brings a deployment up, waits until it works, and takes it
// down whatever happens.
//
// A deployment is a compose file whose services run as containers of package
// container, without a daemon: on a private network where every service is
// found by its name, several may use one port, and low ports need no privilege.
// Ports that the file publishes are forwarded to 127.0.0.1, and only there.
//
// [Load] accepts the part of the compose language that it honours, which is
// what a smoke test needs, and refuses the rest with a place and a reason; it
// never ignores a key. In particular nothing is built or pulled: images are
// given to [Up] by reference. A restart policy is refused, because a container
// that dies is what a smoke test is there to find.
//
// A service is ready when its health check, the file's or the image's, has
// passed once; one without a health check, when every port it publishes
// accepts a connection; one without either, when it has run for a moment. A
// service that others wait for with service_completed_successfully is ready
// when it has ended with exit code 0. All others must go on running.
//
// For everything that is not a compose file there is [RunCommand]: a command
// that brings something up and one that takes it down.
//
// What was brought up is written down first, so that [Sweep] of a later run
// can end what kill -9 left.
package deploy

import (
	"slices"
	"time"

	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Project is a compose file, checked.
type Project struct {
	File     string
	Services []Service // each after those it depends on, else by name
}

// References returns the images the services need, each where it is first
// written.
func (p *Project) References() []Reference {
	var out []Reference
	for _, s := range p.Services {
		known := slices.ContainsFunc(out, func(r Reference) bool { return r.Image == s.Image })
		if !known {
			out = append(out, Reference{s.Image, s.ImagePos})
		}
	}
	return out
}

// A Reference is an image as a compose file names it.
type Reference struct {
	Image string
	Pos   diag.Pos
}

// A Service is one container of a project.
type Service struct {
	Name      string
	Pos       diag.Pos
	Image     string // reference, variables expanded
	ImagePos  diag.Pos
	Names     []string // by which others find it: its name, container name and aliases
	Spec      container.Spec
	Volumes   []Volume
	Ports     []Port
	Exposed   []int // further ports it says it listens on
	Health    *Health
	NoHealth  bool // the image's health check is switched off
	Needs     []Need
	StopGrace time.Duration
	runsToEnd bool // another service waits for its successful end
}

// A Volume is a named volume: a directory that lives as long as the
// deployment.
type Volume struct {
	Name  string
	Mount container.Mount // without a source
}

// A Port is published on 127.0.0.1.
type Port struct {
	Published int // 0: a free one
	Target    int
	Pos       diag.Pos
}

// Health says how to find out whether a service works.
type Health struct {
	Test        []string      // CMD and arguments, or CMD-SHELL and a line
	Interval    time.Duration // between checks
	Timeout     time.Duration // of one check
	StartPeriod time.Duration // failures within do not count
	Retries     int           // failures in a row that make it unhealthy
}

// A Condition is what a service waits for.
type Condition string

// The conditions.
const (
	Started   Condition = "service_started"
	Healthy   Condition = "service_healthy"
	Completed Condition = "service_completed_successfully"
)

// A Need is that another service has come to a condition.
type Need struct {
	Service   string
	Condition Condition
}
