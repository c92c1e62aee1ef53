package build

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"github.com/slipway-build/slipway/sdk/diag"
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
		return diag.Errorf("build-failed", pos, "%s", cause(err)).WithDetail("%s", s.tail)
	}
	d := diag.Errorf("run-failed", pos, "%s: %s", text, ending(exit)).WithDetail("%s", s.tail)
	if exit.ExitCode() == 127 {
		d.Fix = "look whether the command is in the image"
	}
	return d
}

// ending says how a command ended.
func ending(exit *exec.ExitError) string {
	if code := exit.ExitCode(); code >= 0 {
		return fmt.Sprintf("exit code %d", code)
	}
	return exit.Error()
}

// cause is the text of err without the step, which has a place of its own.
func cause(err error) string {
	text := err.Error()
	if _, after, ok := strings.Cut(text, "building at STEP \""); ok {
		if _, rest, ok := strings.Cut(after, "\": "); ok {
			return rest
		}
	}
	return text
}
