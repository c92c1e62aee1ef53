package embedded

import (
	"context"
	"io"
	"net/http"
	"reflect"
	"strings"

	"github.com/sirupsen/logrus"
)

// logging is a context that carries the registry's logger. The registry looks
// for one in its contexts under a key of an internal package, which cannot be
// named here, and else writes to the logger of the whole process, which is not
// ours to silence: builds log there as well.
type logging struct {
	context.Context //nolint:containedctx // it is a context itself
	entry           *logrus.Entry
}

// Value implements [context.Context].
func (l logging) Value(key any) any {
	if found := l.Context.Value(key); found != nil {
		return found
	}
	if t := reflect.TypeOf(key); t != nil && t.String() == "dcontext.loggerKey" {
		return l.entry
	}
	return nil
}

// logged gives every request a context that logs to entry.
func logged(h http.Handler, entry *logrus.Entry) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(logging{r.Context(), entry}))
	})
}

// newEntry returns a logger of warnings and errors.
func newEntry(out io.Writer) *logrus.Entry {
	l := logrus.New()
	l.SetOutput(out)
	l.SetLevel(logrus.WarnLevel)
	return logrus.NewEntry(l)
}

// lines is the logger as net/http wants one.
type lines struct{ entry *logrus.Entry }

// Write implements [io.Writer].
func (l lines) Write(b []byte) (int, error) {
	l.entry.Warn(strings.TrimSpace(string(b)))
	return len(b), nil
}
