package lint

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/slipway-build/slipway/sdk/diag"
)

// ignoreComment is the comment that silences rules.
var ignoreComment = regexp.MustCompile(`(?:^|\s)#\s*slipway-lint:\s*ignore\[([^\]]*)\]`)

// An ignore silences one rule on one line.
type ignore struct {
	rule string
	pos  diag.Pos // of the name
	line int      // that it is about
	used bool
}

// ignores finds the comments of a file.
func ignores(f File) []*ignore {
	var out []*ignore
	for i, line := range strings.Split(string(f.Src), "\n") {
		at := ignoreComment.FindStringSubmatchIndex(line)
		if at == nil {
			continue
		}
		about := i + 1
		if strings.TrimSpace(line[:at[0]]) == "" {
			about++ // alone on its line: it is about the next one
		}
		from := at[2]
		for name := range strings.SplitSeq(line[at[2]:at[3]], ",") {
			rule := strings.TrimSpace(name)
			column := utf8.RuneCountInString(line[:from+strings.Index(name, rule)]) + 1
			pos := diag.Pos{File: f.Name, Line: i + 1, Column: column, End: column + utf8.RuneCountInString(rule)}
			out = append(out, &ignore{rule: rule, pos: pos, line: about})
			from += len(name) + 1
		}
	}
	return out
}

// silence takes out what comments silence, and tells of comments that silence
// nothing or name no rule. Those about a rule that is off say nothing wrong.
func silence(found diag.List, files []File, levels Levels) diag.List {
	var all []*ignore
	for _, f := range files {
		all = append(all, ignores(f)...)
	}
	var kept diag.List
	for _, d := range found {
		i := slices.IndexFunc(all, func(i *ignore) bool {
			return i.rule == d.Code && i.pos.File == d.Pos.File && i.line == d.Pos.Line
		})
		if i < 0 {
			kept.Add(d)
			continue
		}
		all[i].used = true
	}
	l := &look{rule: uselessIgnore(), level: levels.of(uselessIgnore())}
	for _, i := range all {
		i.judge(l, levels)
	}
	return append(kept, l.found...)
}

func (i *ignore) judge(l *look, levels Levels) {
	at := slices.IndexFunc(Rules(), func(r Rule) bool { return r.Name == i.rule })
	switch {
	case at < 0:
		l.found.Add(unknownRule(i.pos, i.rule, ""))
	case !i.used && l.level != Off && levels.of(Rules()[at]) != Off:
		l.tell(i.pos, "take it out", "the comment silences nothing: %s finds nothing here", i.rule)
	}
}

// uselessIgnore is about the comments themselves, which are known when every
// other rule has looked: its own check has nothing to do.
func uselessIgnore() Rule {
	return Rule{
		Name: "useless-ignore", Level: Warning,
		Doc:   "a comment that silences a rule where the rule finds nothing",
		Bad:   "- name: Build # slipway-lint: ignore[name]\n  build:\n",
		Good:  "- name: Build\n  build:\n",
		check: func(*look) {},
	}
}
