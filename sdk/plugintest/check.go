package plugintest

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A check is one rule of the contract, and how to find out.
type check struct {
	id, title string
	run       func(context.Context, *trial) error
}

// GoodConfigCheck is the check on which most others depend: the strategy finds
// nothing wrong with [Options.GoodConfig]. Its error is a [diag.List] when the
// strategy does.
const GoodConfigCheck = "P06"

// checks returns all checks in their order. The identifiers are stable: a new
// check gets a new one.
func checks() []check {
	return []check{
		{"P01", "refuses to be started by hand, and says what it is", startsOnlyForHost},
		{"P02", "prints the handshake and nothing else on standard output", printsHandshakeOnly},
		{"P03", "starts with a long TMPDIR and a HOME that cannot be written", startsAnywhere},
		{"P04", "describes itself: name, semantic version, JSON schema, always the same, within a second", timed(describesItself)},
		{"P05", "serves a host of the first minor version", servesOlderHost},
		{GoodConfigCheck, "finds nothing wrong with a good config", acceptsGoodConfig},
		{"P07", "answers an unknown field with a diagnostic", refusesUnknownField},
		{"P08", "answers a config of another shape with a diagnostic", refusesWrongShape},
		{"P09", "survives a config of 8 MiB", survivesHugeConfig},
		{"P10", "ignores what only a newer host knows", ignoresUnknownFields},
		{"P11", "plans the same for the same workspace", plansTheSame},
		{"P12", "leaves the workspace as it was", leavesWorkspace},
		{"P13", "builds: steps open and close, Completed comes once and last", buildsWell},
		{"P14", "declares files inside of its output folder, with their digests", declaresArtifacts},
		{"P15", "returns the image that it says it returns", returnsItsImage},
		{"P16", "builds the same image again", buildsTheSame},
		{"P17", "keeps secrets out of events, logs and files", keepsSecrets},
		{"P18", "writes only where it may", writesInside},
		{"P19", "loses nothing to a slow reader", servesSlowReader},
		{"P20", "builds two images at once", buildsTwoAtOnce},
		{"P21", "completes as cancelled within 2 s of being asked to stop", timed(stops)},
		{"P22", "ends within 2 s of the end of its input, and so do its children", timed(endsWithInput)},
		{"P23", "completes within 2 s of the end of a build's time", timed(keepsDeadline)},
		{"P24", "bears files whose name and content are no UTF-8", bearsOddFiles},
		{"P25", "plans out of nothing but the files that it says it read", readsWhatItSays},
	}
}

// timedTries is how often a check that goes by the clock is made.
const timedTries = 3

// timed returns a check that fails only if it fails each time: a machine that is
// busy with other things may be too slow once, a plugin is so always.
func timed(run func(context.Context, *trial) error) func(context.Context, *trial) error {
	return func(ctx context.Context, t *trial) (err error) {
		for range timedTries {
			if err = run(ctx, t); err == nil || errors.Is(err, errSkip) || ctx.Err() != nil {
				break
			}
		}
		return err
	}
}

// errSkip marks a check that could not be made.
var errSkip = errors.New("skipped")

// skip says why a check is not made.
func skip(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errSkip, fmt.Sprintf(format, args...))
}

// result makes the check.
func (c check) result(ctx context.Context, o Options) Result {
	tooLong := fmt.Errorf("the check took longer than %s", o.Limit)
	ctx, cancel := context.WithTimeoutCause(ctx, o.Limit, tooLong)
	defer cancel()
	r, begun := Result{ID: c.id, Title: c.title}, time.Now()
	err := inTrial(o, func(t *trial) error { return c.run(ctx, t) })
	r.Took = time.Since(begun)
	if errors.Is(err, errSkip) {
		r.Skipped = err.Error()[len(errSkip.Error())+len(": "):]
		return r
	}
	r.Err = err
	return r
}
