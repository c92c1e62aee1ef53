package pluginhost

import (
	"testing"
	"time"
)

// A group is over when its processes have ended, collected or not.
func TestGroupIsOver(t *testing.T) {
	s := sleeper(t)
	group := s.Process.Pid
	if GroupIsOver(group) {
		t.Error("it is over while its only process runs")
	}
	if err := s.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); !GroupIsOver(group); {
		if time.Now().After(end) {
			t.Fatal("it is not over although its only process has ended")
		}
		time.Sleep(5 * time.Millisecond)
	}
	_ = s.Wait()
	if !GroupIsOver(group) {
		t.Error("it is not over although its only process was collected")
	}
}
