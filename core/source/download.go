package source

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/slipway-build/slipway/core/internal/wholefile"
	"github.com/slipway-build/slipway/core/source/git"
)

// maxArchive bounds what is downloaded.
const maxArchive = 4 << 30

// errOffline says that a file would have to be fetched, and must not be.
var errOffline = errors.New("it is not in the cache, and offline nobody is asked")

// A download is a file that was fetched from a URL: what its server called its
// version, and what it was.
type download struct {
	ETag   string
	Digest string // "sha256:…"
}

// download returns the file behind the URL of a layer, and its digest. One that
// image.yml pins is asked for once in the life of the cache; of another the
// server is asked, once in a run, whether it has changed.
func (w *Workspaces) download(ctx context.Context, l Layer) (file, digest string, err error) {
	name := (git.Origin{URL: l.From}).Name()
	digest = "sha256:" + l.SHA256
	if l.SHA256 == "" || !w.kept(digest) {
		digest, err = w.ask("GET "+name+" "+l.SHA256, func() (string, error) { return w.get(ctx, l, name) })
	}
	if err != nil {
		if ctx.Err() != nil {
			return "", "", context.Cause(ctx)
		}
		return "", "", &UnreachableError{l.Name(), fmt.Errorf("fetching %s: %w", name, err)}
	}
	if !w.kept(digest) {
		return "", "", &UnreachableError{l.Name(), fmt.Errorf("fetching %s: the file that the run began with is not in the cache any more", name)}
	}
	now := time.Now()
	return w.blob(digest), digest, os.Chtimes(w.blob(digest), now, now) // who prunes goes by it
}

// blob is where a file of that digest is kept.
func (w *Workspaces) blob(digest string) string {
	return filepath.Join(w.Dir, "archives", digest[len("sha256:"):])
}

func (w *Workspaces) kept(digest string) bool {
	_, err := os.Stat(w.blob(digest))
	return err == nil
}

// get fetches a file unless the one in the cache is as new.
func (w *Workspaces) get(ctx context.Context, l Layer, name string) (string, error) {
	sum := sha256.Sum256([]byte(name))
	note := filepath.Join(w.Dir, "archives", hex.EncodeToString(sum[:])+".json")
	last := w.last(note)
	if w.Offline {
		if last.Digest == "" {
			return "", errOffline
		}
		return last.Digest, nil
	}
	resp, err := w.request(ctx, l, last.ETag)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusNotModified && last.Digest != "":
		return last.Digest, nil
	case resp.StatusCode != http.StatusOK:
		return "", fmt.Errorf("the server says %s", resp.Status)
	}
	digest, err := w.keep(resp.Body)
	if err != nil {
		return "", err
	}
	raw, err := json.Marshal(download{resp.Header.Get("ETag"), digest})
	if err != nil {
		return "", err
	}
	return digest, wholefile.Write(note, raw, 0o644)
}

// last is what was fetched last, as far as it is still there.
func (w *Workspaces) last(note string) download {
	var d download
	raw, err := os.ReadFile(note)
	if err != nil || json.Unmarshal(raw, &d) != nil || len(d.Digest) != len("sha256:")+64 || !w.kept(d.Digest) {
		return download{}
	}
	return d
}

// request asks the server, with what opens it.
func (w *Workspaces) request(ctx context.Context, l Layer, etag string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, l.From, nil)
	if err != nil {
		return nil, errors.New("it is no URL")
	}
	token, err := w.token(ctx, l)
	if err != nil {
		return nil, err
	}
	switch user := req.URL.User; {
	case token != "" && user != nil:
		req.SetBasicAuth(user.Username(), token)
	case token != "":
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if etag != "" {
		req.Header.Set("If-None-Match", etag)
	}
	resp, err := cmp.Or(w.Client, http.DefaultClient).Do(req)
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return nil, failed.Err // without the URL, and who may open it
	}
	return resp, err
}

// keep writes a file into the cache under its digest.
func (w *Workspaces) keep(content io.Reader) (digest string, err error) {
	dir := filepath.Join(w.Dir, "archives")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	tmp, err := os.CreateTemp(dir, ".new-")
	if err != nil {
		return "", err
	}
	defer os.Remove(tmp.Name())
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(tmp, h), io.LimitReader(content, maxArchive+1))
	if n > maxArchive {
		err = errors.Join(err, fmt.Errorf("it has more than %d bytes", int64(maxArchive)))
	}
	if err := errors.Join(err, tmp.Close()); err != nil {
		return "", err
	}
	digest = "sha256:" + hex.EncodeToString(h.Sum(nil))
	return digest, os.Rename(tmp.Name(), w.blob(digest))
}
