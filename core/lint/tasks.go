package lint

import (
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// firstKey is the place of the key that a mapping begins with.
func firstKey(n document.Node) diag.Pos {
	if entries := n.Entries(); len(entries) > 0 {
		return entries[0].Key.Pos()
	}
	return n.Pos()
}

// named wants names: they are what a recap, a list and --start-at-task show.
func named() Rule {
	return Rule{
		Name: "name", Level: Warning, Doc: "a play or a task without a name: lists, logs and --start-at-task show names",
		Bad: "- build:\n", Good: "- name: Build\n  build:\n",
		check: func(l *look) {
			for play := range l.plays() {
				if play.Get("name").IsZero() {
					l.tell(firstKey(play), "write name: and what the play is for", "the play has no name")
				}
			}
			for t := range l.tasks() {
				if t.Get("name").IsZero() && t.action.Key.Kind() != document.Absent {
					l.tell(firstKey(t.Node), "write name: and what the task is for", "the task has no name")
				}
			}
		},
	}
}

func ignoredErrors() Rule {
	return Rule{
		Name: "ignore-errors", Level: Warning, Doc: "failures that are ignored and that nobody looks at: failed_when says which are none",
		Bad: "- name: Try\n  command: {argv: [ls]}\n  changed_when: false\n  ignore_errors: true\n", Good: "- name: Try\n  command: {argv: [ls]}\n  changed_when: false\n  register: tried\n  ignore_errors: true\n",
		check: func(l *look) {
			for t := range l.tasks() {
				if n := t.Get("ignore_errors"); n.Value() == true && t.Get("register").IsZero() {
					l.tell(n.Pos(), "say with failed_when what is a failure, write a rescue, or register the result and look at it", "whatever goes wrong here is ignored")
				}
			}
		},
	}
}

// alwaysChanged is about actions that cannot know whether they changed
// anything. A handler is there to change something.
func alwaysChanged() Rule {
	return Rule{
		Name: "no-changed-when", Level: Warning, Doc: "a command that counts as a change on every run, because nothing says when it is one",
		Bad: "- name: Look\n  command: {argv: [ls]}\n", Good: "- name: Look\n  command: {argv: [ls]}\n  changed_when: false\n",
		check: func(l *look) {
			for t := range l.tasks() {
				args := t.action.Value
				says := t.says("changed_when") || !args.Get("creates").IsZero() || !args.Get("removes").IsZero() || !args.Get("check").IsZero()
				if slices.Contains([]string{"command", "script"}, t.action.Key.Text()) && !t.handler && !says {
					l.tell(t.action.Key.Pos(), "write changed_when: false if it changes nothing, or creates: and what it makes", "the task counts as a change on every run")
				}
			}
		},
	}
}

// secretName matches the names of arguments that hold secrets.
var secretName = regexp.MustCompile(`(?i)(^|[_-])(password|passwd|passphrase|secret|token|api_?key|private_?key)$`)

func loggedPassword() Rule {
	return Rule{
		Name: "no-log-password", Level: Warning, Doc: "an argument that looks like a secret, in a task whose output is shown",
		Bad: "- name: Ask\n  uri: {url: https://a.example, password: \"{{ .pass }}\"}\n", Good: "- name: Ask\n  uri: {url: https://a.example, password: \"{{ .pass }}\"}\n  no_log: true\n",
		check: func(l *look) {
			for t := range l.tasks() {
				if t.says("no_log") {
					continue
				}
				for _, e := range t.action.Value.Entries() {
					declared := strings.Contains(e.Value.Text(), "secret ") // what a provider gives is masked everywhere
					if secretName.MatchString(e.Key.Text()) && e.Value.Text() != "" && !declared {
						l.tell(e.Key.Pos(), `write no_log: true, or declare the secret and write "{{ secret \"…\" }}", which is masked everywhere`, "%s may be shown by the task", e.Key.Text())
					}
				}
			}
		},
	}
}

// decimalMode is about modes of files that were meant as octal numbers.
func decimalMode() Rule {
	mode := regexp.MustCompile(`^[1-7][0-7]{2,3}$`)
	return Rule{
		Name: "risky-octal", Level: Warning, Doc: "a file mode without its leading zero, which other tools read as a decimal number",
		Bad: "- name: Copy\n  copy: {content: a, dest: b, mode: 644}\n", Good: "- name: Copy\n  copy: {content: a, dest: b, mode: \"0644\"}\n",
		check: func(l *look) {
			for t := range l.tasks() {
				for _, e := range t.action.Value.Entries() {
					if strings.HasSuffix(e.Key.Text(), "mode") && mode.MatchString(e.Value.Text()) {
						l.tell(e.Value.Pos(), `write "0`+e.Value.Text()+`"`, "the mode %s has no leading zero", e.Value.Text())
					}
				}
			}
		},
	}
}

func unreachableTask() Rule {
	return Rule{
		Name: "unreachable-task", Level: Warning, Doc: "a task that nothing can reach: it is tagged never and nothing else, its condition is false, or what stands before it always ends the play",
		Bad: "- name: Stop\n  meta: end_play\n- name: Build\n  build:\n", Good: "- name: Build\n  build:\n- name: Stop\n  meta: end_play\n",
		check: func(l *look) {
			for t := range l.tasks() {
				if n := t.Get("when"); n.Value() == false {
					l.tell(n.Pos(), "take the task out", "the condition never holds")
				}
				if n := t.Get("tags"); onlyNever(t, n) {
					l.tell(n.Pos(), "give it a tag by which it can be asked for", "the task is tagged never, and no other tag asks for it")
				}
				if ends(t) && len(t.rest) > 0 {
					l.tell(firstKey(t.rest[0]), "take it out, or give the task before it a condition", "nothing is run after a task that always ends the play")
				}
			}
		},
	}
}

func onlyNever(t task, n document.Node) bool {
	words := []string{n.Text()}
	for _, item := range n.Items() {
		words = append(words, item.Text())
	}
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	return len(words) == 1 && words[0] == "never" && !slices.ContainsFunc(t.around, func(n document.Node) bool { return !n.Get("tags").IsZero() })
}

// ends reports whether nothing in its list follows a task, whatever happens.
func ends(t task) bool {
	meta := t.Get("meta").Text()
	stops := meta == "end_play" || meta == "end_image" || t.action.Key.Text() == "fail"
	return stops && t.Get("when").IsZero() && t.Get("tags").IsZero() && t.Get("ignore_errors").IsZero()
}
