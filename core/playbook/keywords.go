package playbook

import (
	"slices"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/vars"
)

// Keywords are what any task may say beside its action. Those marked
// "inherited" hold what the play, the roles, the imports and the blocks around
// the task say as well, the outermost first; tasks in a block need no look at
// the block for them.
type Keywords struct {
	Tags         []string        // inherited
	When         []document.Node // inherited; expressions that must all hold
	Vars         []VarsLayer     // inherited
	Environment  []document.Node // inherited; mappings, the later wins
	IgnoreErrors document.Node   // inherited: the innermost; true, false or a template; absent: false
	NoLog        bool            // inherited: the innermost
	RunOnce      bool            // inherited: the innermost; for the first image of the play, its result for all
	CheckMode    *bool           // inherited: the innermost; nil: as the run
	Diff         *bool           // inherited: the innermost; nil: as the run
	AnyErrors    *bool           // any_errors_fatal, inherited: the innermost; nil: as the play
	Throttle     int             // inherited: the innermost; steps of this task under way at once; 0: no bound
	On           document.Node   // inherited: the innermost; the name of a builder; of an action that does no work on one: absent
	Timeout      document.Node   // inherited: the innermost; see [Duration], may hold templates; of one attempt
	Notify       []string        // inherited; names of handlers of the play, or topics that handlers listen to
	Register     string          // the name its result is kept under; "" when it is not
	Loop         *Loop           // also on a block
	Retry        *Retry
	ChangedWhen  []document.Node // expressions, all must hold; empty: as the action says
	FailedWhen   []document.Node // expressions, all must hold; empty: as the action says
	Listen       []string        // of a handler: topics it answers to beside its name

	Role string // the role it comes from, "" for none
	Dir  string // where its own files are looked for: the folder of its role, else of the file it stands in
}

// A VarsLayer is variables that tasks see beside those of their image.
type VarsLayer struct {
	Level  vars.Level    // RoleVars, Block or Task; of a play: Play or File
	Values document.Node // a mapping
	Source string        // the name of the role, block, task or play
}

// anyKeywords are what a play, a role, an import, a block and a task may say.
type anyKeywords struct {
	Tags           words       `yaml:"tags"`
	Vars           variables   `yaml:"vars"`
	Environment    environment `yaml:"environment"`
	IgnoreErrors   truth       `yaml:"ignore_errors"`
	NoLog          *bool       `yaml:"no_log"`
	RunOnce        *bool       `yaml:"run_once"`
	CheckMode      *bool       `yaml:"check_mode"`
	Diff           *bool       `yaml:"diff"`
	AnyErrorsFatal *bool       `yaml:"any_errors_fatal"`
	Timeout        duration    `yaml:"timeout"`

	On document.Node `yaml:"on"`
}

// taskKeywords are what all of those but a play may say.
type taskKeywords struct {
	When     conditions `yaml:"when"`
	Notify   names      `yaml:"notify"`
	Throttle *positive  `yaml:"throttle"`
}

// with returns what stands inside of something with keywords of its own
// inherits. Variables are the caller's to add: their level differs.
func (k Keywords) with(a anyKeywords) Keywords {
	k.Tags = slices.Concat(k.Tags, a.Tags)
	k.Environment = slices.Concat(k.Environment, a.Environment)
	innermost(&k.NoLog, a.NoLog)
	innermost(&k.RunOnce, a.RunOnce)
	k.CheckMode, k.Diff, k.AnyErrors = either(a.CheckMode, k.CheckMode), either(a.Diff, k.Diff), either(a.AnyErrorsFatal, k.AnyErrors)
	if !a.IgnoreErrors.IsZero() {
		k.IgnoreErrors = a.IgnoreErrors.Node
	}
	if !a.On.IsZero() {
		k.On = a.On
	}
	if !a.Timeout.IsZero() {
		k.Timeout = a.Timeout.Node
	}
	return k
}

// withTask adds what a play cannot say.
func (k Keywords) withTask(t taskKeywords) Keywords {
	k.When = slices.Concat(k.When, t.When)
	k.Notify = slices.Concat(k.Notify, t.Notify.texts())
	if t.Throttle != nil {
		k.Throttle = int(*t.Throttle)
	}
	return k
}

// withVars adds a layer of variables.
func (k Keywords) withVars(level vars.Level, values document.Node, source string) Keywords {
	if !values.IsZero() {
		k.Vars = append(slices.Clip(k.Vars), VarsLayer{Level: level, Values: values, Source: source})
	}
	return k
}

func innermost(outer, inner *bool) {
	if inner != nil {
		*outer = *inner
	}
}

func either(inner, outer *bool) *bool {
	if inner != nil {
		return inner
	}
	return outer
}
