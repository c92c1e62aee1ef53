package world

import (
	"net/http"
	"time"
)

// An Attachment is evidence kept beside a scenario's outcome.
type Attachment struct {
	Name      string `json:"name"`      // "container web: log"
	MediaType string `json:"mediaType"` // "text/plain", "application/json"
	Body      []byte `json:"body"`
}

// An Exchange is an HTTP request and the response to it.
type Exchange struct {
	Method, URL string
	Request     http.Header
	Sent        []byte
	Status      int
	Response    http.Header
	Body        []byte
	Truncated   bool // Body is the beginning only
	Duration    time.Duration
}
