package world

import (
	"context"
	"net"
	"time"
)

// A Runtime makes containers. Its errors say that a container could not be
// made or followed; a command that ran and failed is a Result.
type Runtime interface {
	// Run runs one command in a container of its own, waits for its end and
	// removes the container. It ends the command when ctx ends.
	Run(ctx context.Context, spec RunSpec) (Result, error)
	// Start starts a container and returns without waiting for it to be ready.
	Start(ctx context.Context, spec RunSpec) (Container, error)
}

// A Container is a started container. It may have exited since.
type Container interface {
	// Dial connects to a TCP port inside the container.
	Dial(ctx context.Context, port int) (net.Conn, error)
	// Exec runs a command beside the container's first process, as its user
	// and in its environment.
	Exec(ctx context.Context, command []string) (Result, error)
	// Logs returns what the container has written so far, stdout and stderr
	// in the order of arrival.
	Logs() []byte
	// State returns what is known about the container now.
	State(ctx context.Context) (ContainerState, error)
	// Stop ends the container with the image's stop signal and, after grace,
	// by force. Stopping a container that has ended is no error.
	Stop(ctx context.Context, grace time.Duration) error
}

// A RunSpec says which container to make. A runtime that cannot do what it asks
// for answers an error; it never makes another container instead. Its zero value is a container of the
// image under test as that image wants to be run.
type RunSpec struct {
	Image    string   // an image reference; "": the image under test
	Command  []string // nil: the image's own; else it takes the place of the image's command
	Bare     bool     // Command is the whole command line: the image's entrypoint is left out
	Env      []string // "NAME=value", added to the image's environment
	User     string   // "user", "uid" or "uid:gid"; "": the image's own
	ReadOnly bool     // the root file system cannot be written to
	Isolated bool     // no network but the container's own loopback
	DropAll  bool     // without any capability
	Memory   int64    // bytes; 0: no limit
}

// A Result is what a command answered.
type Result struct {
	Command  []string      `json:"command"`
	Stdout   []byte        `json:"-"`
	Stderr   []byte        `json:"-"`
	ExitCode int           `json:"exitCode"`
	Duration time.Duration `json:"duration"`
	NotFound bool          `json:"notFound"` // the program does not exist in the image: nothing ran
}

// The states of a health check.
const (
	Healthy   = "healthy"
	Unhealthy = "unhealthy"
	Starting  = "starting"
)

// A ContainerState is what a runtime knows about a container.
type ContainerState struct {
	ImageID   string    `json:"imageID"` // the digest of the configuration it was made from
	Running   bool      `json:"running"`
	ExitCode  int       `json:"exitCode"`            // when it is not running
	Started   time.Time `json:"started"`             // when its first process was started
	Health    string    `json:"health,omitempty"`    // "": there is no health check, or the runtime does not run it
	Processes []Process `json:"processes,omitempty"` // first process first; nil when the runtime cannot tell
}

// A Process is one process of a container.
type Process struct {
	PID     int      `json:"pid"` // as seen in the container when it has its own numbers
	UID     int      `json:"uid"` // as seen in the container
	Command []string `json:"command"`
}
