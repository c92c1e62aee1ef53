package playbook

import (
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A kind is what a mapping describes, for messages about its keys.
type kind string

// The kinds of mappings.
const (
	aPlayKind           kind = "a play"
	aPlaybookImportKind kind = "an import of a playbook"
	aRoleKind           kind = "an entry of roles"
	anImportKind        kind = "an import"
	aBlockKind          kind = "a block"
	aTaskKind           kind = "a task"
	aHandlerKind        kind = "a handler"
	aMetaKind           kind = "a meta task"
	aLoopControlKind    kind = "loop_control"
	anArgumentKind      kind = "an import's arguments"
)

// isDone reports whether the mapping stands among tasks.
func (k kind) isDone() bool {
	return slices.Contains([]kind{aTaskKind, aHandlerKind, aBlockKind, aMetaKind, anImportKind}, k)
}

// unknownKey tells of a key that is none of known: one of Ansible's that means
// nothing here, one that stands in the wrong place, or a mistyped one.
func unknownKey(key document.Node, what kind, known []string) diag.Diagnostic {
	word := key.Text()
	if hint := dropped(word); hint != "" {
		return diag.Errorf("dropped-key", key.Pos(), "%q is a word of Ansible's that slipway has not", word).WithFix("%s", hint)
	}
	if hint := misplaced(word, what); hint != "" {
		return diag.Errorf("misplaced-key", key.Pos(), "%s cannot say %q", what, word).WithFix("%s", hint)
	}
	if diag.Suggest(word, known) == "" && what.isDone() {
		return document.UnknownKey(key, known).WithFix("it is neither an action (slipway doc) nor a keyword (slipway doc -t keyword)")
	}
	if what == aRoleKind && diag.Suggest(word, known) == "" {
		return document.UnknownKey(key, known).WithFix("write variables of the role below vars:")
	}
	return document.UnknownKey(key, known)
}

// unknownAct is unknownKey for a task that does nothing else: the key may have
// been meant as its action.
func unknownAct(key document.Node, known []string) diag.Diagnostic {
	word := key.Text()
	if hint := module(word, known); hint != "" {
		return diag.Errorf("dropped-key", key.Pos(), "%q is a word of Ansible's that slipway has not", word).WithFix("%s", hint)
	}
	return unknownKey(key, aTaskKind, known)
}

// misplaced says what to do about a key that is known elsewhere.
func misplaced(word string, what kind) string {
	result := slices.Contains([]string{"register", "until", "retries", "delay", "backoff", "changed_when", "failed_when"}, word)
	loop := word == "loop" || word == "loop_control"
	brings := what == anImportKind || what == aRoleKind
	switch {
	case result && (brings || what == aBlockKind):
		return "say it of the tasks inside"
	case result && what == aMetaKind:
		return "a meta task has no result: take it out"
	case loop && brings:
		return "put it into a block, and loop over the block"
	case loop && what == aMetaKind:
		return "take it out"
	case what.isDone() && slices.Contains(document.Keys(new(aPlay)), word):
		return "say it of the play"
	case word == "listen":
		return "only handlers listen: move the task below handlers:"
	case what == anArgumentKind && slices.Contains(keysOfTask(place{}), word):
		return "say it beside the import, not below it"
	case (word == "when" || word == "notify") && what == aPlayKind:
		return "say it of tasks, or of a block around them"
	default:
		return ""
	}
}

// dropped says what to write instead of a keyword of Ansible's.
func dropped(word string) string {
	if strings.HasPrefix(word, "with_") {
		return withHint(word)
	}
	if strings.HasPrefix(word, "become") {
		return "nothing needs another user: take it out, and name the user of an image with USER in its Dockerfile"
	}
	return map[string]string{
		"async":              "take it out: images advance at once, and timeout bounds a task",
		"poll":               "take it out: images advance at once, and timeout bounds a task",
		"delegate_to":        "write on: and the builder that images are built on; every other action runs where slipway runs",
		"delegate_facts":     "take it out: actions run where slipway runs",
		"connection":         "take it out: nothing is connected to",
		"port":               "take it out: nothing is connected to",
		"remote_user":        "take it out: nothing is connected to",
		"ignore_unreachable": "write ignore_errors: true",
		"debugger":           "take it out, and run with --step",
		"collections":        "take it out: actions have one name",
		"module_defaults":    "write defaults:",
		"action":             "write the action as the key, with its arguments below it",
		"local_action":       "write the action as the key, with its arguments below it",
		"args":               "write the arguments below the action",
		"include":            "write import_tasks or import_playbook",
		"include_tasks":      "write import_tasks: what runs is known before the run; a block can be looped",
		"include_role":       "write import_role: what runs is known before the run; a block can be looped",
		"include_vars":       "write vars_files: in the play",
		"set_fact":           "write set_var:",
		"vars_prompt":        "take it out: give the variable with -e, or read it with secret",
		"strategy":           "write schedule: dag, linear or free; a strategy is how an image is built, and stands in image.yml",
		"gather_subset":      "take it out: facts are asked for as templates read them",
		"gather_timeout":     "take it out: facts are asked for as templates read them",
		"fact_path":          "take it out: facts are what a registry tells of an image",
	}[word]
}

// withHint says how a loop of old is written.
func withHint(word string) string {
	switch word {
	case "with_dict":
		return "write loop: keys .name | sortAlpha; the value of one is index .name .item"
	case "with_sequence":
		return "write loop: until 5"
	case "with_fileglob":
		return "write loop: and name the files"
	default:
		return "write loop: and the list"
	}
}

// list names at most ten.
func list(names []string) string {
	if len(names) > 10 {
		return strings.Join(names[:10], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}
