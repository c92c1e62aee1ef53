package registry_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/registry/registrytest"
)

func verdict(n int) registry.Artifact {
	return registry.Artifact{
		Type: "application/vnd.example.verdict", Annotations: map[string]string{"n": fmt.Sprint(n)},
		Blob: fmt.Appendf(nil, "verdict %d", n), BlobType: "text/plain",
	}
}

func TestAttach(t *testing.T) {
	server := registrytest.New(t)
	c := client(t, server.Addr)
	subject := push(t, c, "subject", "localhost/acme/web:test")
	none, err := c.Referrers(t.Context(), subject, "")
	if err != nil || none != nil {
		t.Errorf("Referrers = %v, %v, want none", none, err)
	}
	var want []string
	for _, n := range []int{1, 2, 1} {
		m, err := c.Attach(t.Context(), subject, verdict(n))
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, m.Digest)
	}
	got, err := c.Referrers(t.Context(), subject, "application/vnd.example.verdict")
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Digest != want[0] || got[1].Digest != want[1] || got[1].Annotations["n"] != "2" {
		t.Errorf("Referrers = %+v, want %v once each", got, want[:2])
	}
	other, err := c.Referrers(t.Context(), subject, "application/other")
	if err != nil || len(other) != 0 {
		t.Errorf("Referrers of another type = %v, %v, want none", other, err)
	}
	artifact, err := c.Resolve(t.Context(), got[0].Reference())
	if err != nil || artifact.Annotations["n"] != "1" {
		t.Errorf("Resolve = %+v, %v", artifact, err)
	}
}

func TestAttachFromManyMachines(t *testing.T) {
	server := registrytest.New(t)
	subject := push(t, client(t, server.Addr), "raced", "localhost/acme/web:test")
	const machines = 5
	digests, errs := make([]string, machines), make([]error, machines)
	var wg sync.WaitGroup
	for n := range machines {
		c := client(t, server.Addr)
		wg.Go(func() {
			var m registry.Manifest
			m, errs[n] = c.Attach(t.Context(), subject, verdict(n))
			digests[n] = m.Digest
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	listed, err := client(t, server.Addr).Referrers(t.Context(), subject, "")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range listed {
		got = append(got, m.Digest)
	}
	slices.Sort(got)
	slices.Sort(digests)
	if diff := cmp.Diff(digests, got); diff != "" {
		t.Errorf("referrers (-want +got):\n%s", diff)
	}
}
