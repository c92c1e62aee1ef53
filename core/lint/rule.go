package lint

import (
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/config"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Level says how much a rule matters.
type Level string

// The levels.
const (
	Error   Level = "error"
	Warning Level = "warning"
	Off     Level = "off"
)

// A Rule says one thing.
type Rule struct {
	Name  string
	Level Level // by default
	Fixes bool  // [Fix] mends what it finds
	Doc   string
	Bad   string // an example of what it finds
	Good  string // the same, mended

	check func(*look)
}

// Docs returns what every rule says, by name.
func Docs() map[string]string {
	docs := map[string]string{}
	for _, r := range Rules() {
		docs[r.Name] = r.Doc
	}
	return docs
}

// Names returns the names of all rules, in their order.
func Names() []string {
	var names []string
	for _, r := range Rules() {
		names = append(names, r.Name)
	}
	return names
}

// Levels are the levels of rules that are not at their default.
type Levels map[string]Level

// LevelsOf reads the settings lint.skip, lint.warn and lint.error. A name that
// no rule has is a mistake, and so is one with two levels.
func LevelsOf(settings *config.Config) (Levels, diag.List) {
	levels := Levels{}
	var found diag.List
	for _, s := range []struct {
		setting string
		level   Level
	}{{"lint.error", Error}, {"lint.warn", Warning}, {"lint.skip", Off}} {
		origin := settings.Get(s.setting).Origin
		for _, name := range settings.List(s.setting) {
			switch {
			case !slices.Contains(Names(), name):
				found.Add(unknownRule(origin.Pos, name, origin.String()+": "))
			case levels[name] != "" && origin.Flag == "":
				found.Add(diag.Errorf("two-levels", origin.Pos, "the rule %q is given two levels", name).WithFix("keep one of them"))
			default:
				levels[name] = s.level
			}
		}
	}
	return levels, found
}

// unknownRule tells of a name that no rule has. before says where it is, if
// pos does not.
func unknownRule(pos diag.Pos, name, before string) diag.Diagnostic {
	if pos.IsValid() {
		before = ""
	}
	d := diag.Errorf("unknown-rule", pos, "%sthere is no rule %q", before, name)
	if hint := diag.Suggest(name, Names()); hint != "" {
		return d.WithFix("%s", hint)
	}
	return d.WithFix("the rules are %s", strings.Join(Names(), ", "))
}

func (ls Levels) of(r Rule) Level {
	if level, ok := ls[r.Name]; ok {
		return level
	}
	return r.Level
}
