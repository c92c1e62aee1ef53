package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/containers/image/v5/types"
	"github.com/google/go-cmp/cmp"
)

// Who has less time than a registry wants to be left alone need not wait.
func TestRetryAfterBeyondThePatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &answers{give: func(int) (*http.Response, error) { return status(http.StatusTooManyRequests, "Retry-After", "50"), nil }}
		tr := &transport{base: a, limiter: newLimiter(4), retries: 3}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		start := time.Now()
		_, err := tr.RoundTrip(request(t, http.MethodGet, nil).WithContext(ctx))
		if want := "429 Too Many Requests, and not to be asked again within 50s"; err == nil || err.Error() != want || !errors.Is(err, ErrUnreachable) {
			t.Errorf("error %v, want %s", err, want)
		}
		if waited := time.Since(start); waited > time.Second {
			t.Errorf("waited %v for nothing", waited)
		}
	})
}

// The copies of containers/image wait as everybody does.
func TestCopiesWaitTheirTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := &transport{limiter: newLimiter(4)}
		tr.hold(17 * time.Second)
		source := &limitedReference{asks: tr, ImageReference: nowhere{}}
		dest := &heldDestination{ref: &heldReference{asks: tr}, ImageDestination: nowhereToPut{}}
		start := time.Now()
		var waited []string
		_, _ = source.NewImageSource(t.Context(), nil)
		waited = append(waited, fmt.Sprint(time.Since(start)))
		tr.hold(17 * time.Second)
		_, _, _ = dest.TryReusingBlob(t.Context(), types.BlobInfo{}, nil, false)
		waited = append(waited, fmt.Sprint(time.Since(start)))
		tr.hold(17 * time.Second)
		_, _ = dest.PutBlob(t.Context(), nil, types.BlobInfo{}, nil, false)
		waited = append(waited, fmt.Sprint(time.Since(start)))
		if diff := cmp.Diff([]string{"17s", "34s", "51s"}, waited); diff != "" {
			t.Errorf("waited (-want +got):\n%s", diff)
		}
	})
}

var errNowhere = errors.New("there is nothing here")

// nowhere is a source of images that has none.
type nowhere struct{ types.ImageReference }

func (nowhere) NewImageSource(context.Context, *types.SystemContext) (types.ImageSource, error) {
	return nil, errNowhere
}

// nowhereToPut is a destination that takes nothing.
type nowhereToPut struct{ types.ImageDestination }

func (nowhereToPut) PutBlob(context.Context, io.Reader, types.BlobInfo, types.BlobInfoCache, bool) (types.BlobInfo, error) {
	return types.BlobInfo{}, errNowhere
}

func (nowhereToPut) TryReusingBlob(context.Context, types.BlobInfo, types.BlobInfoCache, bool) (bool, types.BlobInfo, error) {
	return false, types.BlobInfo{}, errNowhere
}
