package build

import (
	"cmp"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/platform"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// fail ends the build with what went wrong in the open step.
func (s *steps) fail(err error) strategy.Completed {
	s.mu.Lock()
	d := s.diagnose(err)
	s.finish(strategy.Failed, d.Summary)
	s.mu.Unlock()
	s.close(strategy.Failed)
	return failed(d)
}

// diagnose says what went wrong, where, and what was last printed.
func (s *steps) diagnose(err error) diag.Diagnostic {
	var pos diag.Pos
	text := ""
	if s.current >= 0 && s.current < len(s.known) {
		pos, text = s.known[s.current].Pos, s.known[s.current].Text
	}
	exit, ran := errors.AsType[*exec.ExitError](err)
	if !ran || word(text) != "RUN" {
		return diag.Errorf("build-failed", pos, "%s", cause(text, err)).WithDetail("%s", s.printed())
	}
	d := diag.Errorf("run-failed", pos, "%s: %s", flat(text), s.ending(exit)).WithDetail("%s", s.printed())
	foreign := s.foreign(d.Detail)
	switch {
	case foreign != nil:
		d.Summary = flat(text) + ": " + foreign.Error()
		d.Fix = "do it in a stage that stands FROM --platform=$BUILDPLATFORM, " + foreign.Fix()
	case s.memory > 0 && (s.killed() || exit.ExitCode() == 137):
		d.Fix = fmt.Sprintf("a step may use %d MiB of memory: see whether it needs more, and raise memory in resources", s.memory>>20)
	case exit.ExitCode() == 127:
		d.Fix = "look whether the command is in the image"
	case strings.Contains(d.Detail, "error setting supplemental groups list"):
		d.Fix = "an ordinary user needs more than one ID to run steps: install newuidmap (package uidmap) and add the user to /etc/subuid and /etc/subgid"
	}
	return d
}

// foreign returns why a step could not be executed here, when that is for the
// platform of its stage.
func (s *steps) foreign(printed string) *platform.ForeignError {
	wanted := cmp.Or(s.known[s.current].Platform, s.target)
	if wanted == "" || !strings.Contains(printed, "exec format error") {
		return nil
	}
	foreign, _ := errors.AsType[*platform.ForeignError](platform.Runs(wanted))
	return foreign
}

// killed reports whether the command was, as the runtime's keeper tells.
func (s *steps) killed() bool { return strings.Contains(s.tail.String(), "container exited on killed") }

// ending says how a command ended.
func (s *steps) ending(exit *exec.ExitError) string {
	if s.killed() {
		return "killed"
	}
	if code := exit.ExitCode(); code >= 0 {
		return fmt.Sprintf("exit code %d", code)
	}
	return exit.Error()
}

// printed is what the step printed last, without what buildah's own processes
// say about the end of its command, which the summary says already.
func (s *steps) printed() string {
	lines := slices.DeleteFunc(strings.Split(s.tail.String(), "\n"), remark.MatchString)
	return strings.Join(lines, "\n")
}

var remark = regexp.MustCompile(`^(subprocess exited (with status|on) .*|container exited on killed|process exited with error: exec: not started)$`)

// cause is the text of err after the step's own, without the folders of the
// storage, which tell the user nothing.
func cause(step string, err error) string {
	text := err.Error()
	if _, after, ok := strings.Cut(text, "building at STEP \""); ok {
		if _, rest, ok := strings.Cut(after, "\": "); ok {
			text = rest
		}
	}
	if _, after, ok := strings.Cut(text, "\": copier: "); ok {
		text = after
	}
	if step == "" {
		return text
	}
	return flat(step) + ": " + text
}
