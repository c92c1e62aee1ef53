package world

import (
	"context"
	"net"
)

// A Deployment is a set of services that was brought up before the scenarios
// and is shared by them.
type Deployment interface {
	// Dial connects to "service:port".
	Dial(ctx context.Context, address string) (net.Conn, error)
	// Services returns the state of every service now, in the order of their
	// names; a service with several replicas occurs once for each.
	Services(ctx context.Context) ([]ServiceState, error)
	// Logs returns what all replicas of a service have written so far.
	Logs(service string) ([]byte, error)
}

// A ServiceState is the state of one replica of a service.
type ServiceState struct {
	Name     string `json:"name"`
	Image    string `json:"image"`   // the inventory's name of the image it runs; "" for an image from outside
	ImageID  string `json:"imageID"` // what really runs; "" when nothing does
	Running  bool   `json:"running"`
	Healthy  bool   `json:"healthy"` // its health check passes; true when it has none and it is running
	Restarts int    `json:"restarts"`
}
