package main_test

import (
	"fmt"
	"os/exec"
	"slices"
	"syscall"
	"testing"

	"github.com/slipway-build/slipway/core/registry/registrytest"
)

// BenchmarkFamily builds and pushes thirty small images on three levels: with
// slipway from nothing, with slipway when nothing has changed, and, in turn
// with those, by a loop of Debian's buildah command over the same Dockerfiles.
func BenchmarkFamily(b *testing.B) {
	if _, err := exec.LookPath("buildah"); err != nil {
		b.Skip("needs the command buildah, to compare with")
	}
	s := newSite(b, levels(30))
	var cold, warm, loop float64
	for b.Loop() {
		b.StopTimer()
		s.forget(b)
		registry := registrytest.New(b)
		b.StartTimer()
		cold += s.build(b, registry.Addr).time.Seconds()
		warm += s.build(b, registry.Addr).time.Seconds()
		loop += s.buildahLoop(b, 30, registry.Addr)
	}
	b.ReportMetric(cold/float64(b.N), "cold-s")
	b.ReportMetric(warm/float64(b.N), "warm-s")
	b.ReportMetric(loop/float64(b.N), "loop-s")
	b.ReportMetric(loop/cold, "loop/cold")
}

// buildahLoop builds and pushes n images one after another, in order, and
// returns the seconds that took.
func (s site) buildahLoop(b *testing.B, n int, registry string) float64 {
	b.Helper()
	global := []string{"--root", s.path("buildah/root"), "--runroot", s.path("buildah/run")}
	seconds := 0.0
	for i := range n {
		name := "localhost/" + imageName(i)
		build := []string{"build", "--quiet", "--layers", "--isolation", "chroot", "--ulimit", openFiles(b), "-t", name, "inventory/images/" + imageName(i)}
		push := []string{"push", "--quiet", "--tls-verify=false", name, "docker://" + registry + "/loop/" + imageName(i) + ":test"}
		for _, args := range [][]string{build, push} {
			seconds += s.run(b, "buildah", append(slices.Clip(global), args...)...).time.Seconds()
		}
	}
	return seconds
}

// openFiles passes the limit of open files on as it is: to raise it takes a
// capability that CI seldom has.
func openFiles(b *testing.B) string {
	b.Helper()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		b.Fatal(err)
	}
	return fmt.Sprintf("nofile=%d:%d", limit.Cur, limit.Max)
}
