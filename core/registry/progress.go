package registry

import (
	"time"

	imagecopy "github.com/containers/image/v5/copy"
	"github.com/containers/image/v5/types"
)

// Progress is how far the copy of one blob is.
type Progress struct {
	Digest string
	Done   int64 // bytes
	Total  int64 // bytes; -1 when unknown
}

// reportEvery is often enough for a human and seldom enough for a log.
const reportEvery = 250 * time.Millisecond

// report has a copy tell f of its progress, and returns what ends that.
func report(o *imagecopy.Options, f func(Progress)) (end func()) {
	if f == nil {
		return func() {}
	}
	news, done := make(chan types.ProgressProperties), make(chan struct{})
	o.Progress, o.ProgressInterval = news, reportEvery
	go func() {
		defer close(done)
		for p := range news {
			f(newProgress(p))
		}
	}()
	return func() { close(news); <-done }
}

func newProgress(p types.ProgressProperties) Progress {
	return Progress{Digest: p.Artifact.Digest.String(), Done: int64(p.Offset), Total: p.Artifact.Size}
}
