package slipway_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/cucumber/godog"
)

// kills end slipway in the middle of things.
func kills(sc *godog.ScenarioContext, s *site) {
	sc.Step(`^slipway is launching the fleet$`, s.launching)
	sc.Step(`^slipway is resuming it$`, s.resuming)
	sc.Step(`^it is killed while "([^"]*)" runs$`, s.killWhile)
	sc.Step(`^it is killed when there is a file "([^"]*)"$`, s.killWithFile)
	sc.Step(`^its plugin is killed while "([^"]*)" runs$`, s.killPluginWhile)
	sc.Step(`^it is interrupted while "([^"]*)" runs$`, s.interruptWhile)
	sc.Step(`^it is killed when the second tag is on its way$`, s.killBetweenTags)
}

func (s *site) launching() (err error) {
	s.running, err = s.start(s.runArguments("launch.yml")...)
	return err
}

func (s *site) resuming() (err error) {
	s.running, err = s.start(append([]string{"resume"}, s.storage()...)...)
	return err
}

// killWhile waits for a process that slipway has started, however indirectly,
// and kills slipway with SIGKILL.
func (s *site) killWhile(ctx context.Context, words string) error {
	if err := s.await(ctx, words); err != nil {
		return err
	}
	return s.killNow()
}

func (s *site) killWithFile(ctx context.Context, name string) error {
	err := s.awaitThat(ctx, name, func() bool {
		_, err := os.Stat(s.path("project", name))
		return err == nil
	})
	return errors.Join(err, s.killNow())
}

func (s *site) killNow() error {
	s.victims = descendants(s.running.cmd.Process.Pid)
	err := s.running.kill()
	s.awaitInner()
	s.last = s.running.outcome()
	s.running = nil
	return err
}

// awaitInner waits for the process of an ordinary user's slipway that does the
// work, in his namespace: the kernel kills it after the one that was killed, and
// until then it holds the run.
func (s *site) awaitInner() {
	for p := range s.victims {
		for end := time.Now().Add(farewell); strings.HasPrefix(p.commandLine(), s.built.slipway+" ") && time.Now().Before(end); {
			time.Sleep(5 * time.Millisecond)
		}
	}
}

func (s *site) killPluginWhile(ctx context.Context, words string) error {
	if err := s.await(ctx, words); err != nil {
		return err
	}
	s.victims = descendants(s.running.cmd.Process.Pid)
	for p := range s.victims {
		if strings.Contains(p.commandLine(), "__plugin") {
			if err := syscall.Kill(p.pid, syscall.SIGKILL); err != nil && err != syscall.ESRCH { // it may have ended by itself
				return err
			}
		}
	}
	return s.finish(ctx)
}

func (s *site) interruptWhile(ctx context.Context, words string) error {
	if err := s.await(ctx, words); err != nil {
		return err
	}
	if err := s.running.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return s.finish(ctx)
}

// finish waits for the end of the run under way.
func (s *site) finish(ctx context.Context) (err error) {
	s.last, err = s.running.wait(ctx)
	s.running = nil
	return err
}

func (s *site) killBetweenTags(ctx context.Context) error {
	select {
	case <-s.proxy.hung:
		return s.killNow()
	case err := <-s.running.done:
		s.running.done <- err
		return errors.New("slipway ended before: " + s.running.outcome().describe())
	case <-ctx.Done():
		return ctx.Err()
	}
}

// await waits for a process below slipway with this command line.
func (s *site) await(ctx context.Context, words string) error {
	return s.awaitThat(ctx, words, func() bool {
		for p := range descendants(s.running.cmd.Process.Pid) {
			if p.commandLine() == words {
				return true
			}
		}
		return false
	})
}

// awaitThat waits until something is so, as long as slipway runs.
func (s *site) awaitThat(ctx context.Context, what string, so func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case err := <-s.running.done:
			s.running.done <- err
			return errors.New("slipway ended before: " + s.running.outcome().describe())
		case <-ctx.Done():
			return fmt.Errorf("waiting for %q: %w", what, ctx.Err())
		case <-tick.C:
		}
	}
	return nil
}
