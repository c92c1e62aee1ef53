package slipway_test

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"time"

	"github.com/cucumber/godog"
)

// A packageServer has the index of a package repository, and calls its versions
// by their content.
type packageServer struct {
	*httptest.Server
	index atomic.Pointer[string] // nil: it is down
}

func newPackageServer() *packageServer {
	p := new(packageServer)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		index := p.index.Load()
		if index == nil {
			http.Error(w, "out for lunch", http.StatusServiceUnavailable)
			return
		}
		hash := fnv.New64()
		_, _ = hash.Write([]byte(*index))
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, hash.Sum64()))
		http.ServeContent(w, r, "index", time.Time{}, bytes.NewReader([]byte(*index)))
	}))
	return p
}

// packageSteps are about a server with packages.
func packageSteps(sc *godog.ScenarioContext, s *site) {
	set := func(text *godog.DocString) { s.packages.index.Store(new(text.Content + "\n")) }
	sc.Step(`^a package repository with the index:$`, func(text *godog.DocString) {
		s.packages = newPackageServer()
		s.vars = append(s.vars, "packages="+s.packages.URL)
		set(text)
	})
	sc.Step(`^the package repository has the index:$`, set)
	sc.Step(`^the package repository is down$`, func() error {
		if s.packages == nil {
			return errors.New("the scenario has no package repository")
		}
		s.packages.index.Store(nil)
		return nil
	})
}
