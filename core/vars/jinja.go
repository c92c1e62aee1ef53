package vars

import (
	"regexp"
	"strings"
)

// An idiom is a way of Jinja's to say something, and how it is said here.
type idiom struct {
	looks   *regexp.Regexp
	instead string
	named   bool // what stands in front of the bracket may be known better
}

// omitted answers for default(omit).
const omitted = "nothing can be left out by a value: write two tasks with when, or the value itself"

// byKeys answers for loops over a mapping.
const byKeys = "go over keys .name | sortAlpha: the value of one is index .name .item"

// called is a name of Jinja's or Ansible's in front of its arguments.
var called = regexp.MustCompile(`\b([A-Za-z_]\w*)[(\[]`)

// idioms are tried in their order, on a template without its texts in double
// quotes.
func idioms() []idiom {
	is := func(pattern, instead string) idiom { return idiom{regexp.MustCompile(pattern), instead, false} }
	named := func(pattern, instead string) idiom { return idiom{regexp.MustCompile(pattern), instead, true} }
	return []idiom{
		is(`\brange\(`, `write until 3 for 0, 1, 2, or untilStep 1 4 1 for 1, 2, 3`),
		is(`\bis\s+(not\s+)?(succeeded|success|failed|changed|skipped)\b`, `ask the result: not .name.failed, .name.changed, .name.skipped`),
		is(`\bis\s+(not\s+)?(defined|undefined|none)\b`, `ask whether it is there: not (empty .name)`),
		is(`\S\s+if\s.*\selse\s`, `write ternary "yes" "no" .condition, or {{ if .condition }}yes{{ else }}no{{ end }}`),
		is(`==`, `the function stands in front: eq .a "b"`),
		is(`!=`, `the function stands in front: ne .a "b"`),
		is(`>=`, `the function stands in front: ge .a 1`),
		is(`<=`, `the function stands in front: le .a 1`),
		is(`>`, `the function stands in front: gt .a 1`),
		is(`<`, `the function stands in front: lt .a 1`),
		is(`[\w'")\]]\s+(and|or)\s+[\w.'"(]`, `the function stands in front: and (.a) (.b), or (.a) (.b)`),
		is(`[\w'")\]]\s+(not\s+)?in\s+[\w.'"(\[]`, `write has "a" .list, or contains "a" .text`),
		is(`\bomit\b`, omitted),
		is(`\s~\s`, `the function stands in front: printf "%s%s" .a .b`),
		is(`\.[A-Za-z_]\w*\.\d`, `write index .list 0 for an item, and (index .list 0).name for what has a name`),
		named(`[\w)]\[`, `write index .list 0 for an item, and .mapping.name for what has a name`),
		named(`\w\(`, `arguments stand behind a function, with blanks between them: default "b"`),
		is(`'`, `text stands in double quotes, or in back quotes where those are taken`),
		is(`[\w)"']\s*[-+*/~%]\s*[\w."'(]`, `the function stands in front: add .a 1, printf "%s-%s" .a .b`),
	}
}

var doubleQuoted = regexp.MustCompile("\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`")

// fromJinja says how a template is written that cannot be read, if it looks like
// one of Jinja's; "" otherwise.
func fromJinja(template string) string {
	template = doubleQuoted.ReplaceAllString(template, `""`)
	for _, i := range idioms() {
		if !i.looks.MatchString(template) {
			continue
		}
		for _, name := range called.FindAllStringSubmatch(template, -1) {
			if instead := jinjaName(name[1]); i.named && instead != "" {
				return instead
			}
		}
		return i.instead
	}
	return ""
}

// jinjaName says what is written for a name that Ansible or Jinja knows; "" for
// others.
func jinjaName(name string) string {
	instead, known := map[string]string{
		"inventory_hostname": "write .image.name", "ansible_hostname": "write .image.name", "inventory_dir": "write .image.dir",
		"hostvars": "a template sees its own image: register what others need to know",
		"groups":   "a variable begins with a dot: .groups", "group_names": "write .image.groups", "play_hosts": "write .images",
		"ansible_play_hosts": "write .images", "ansible_play_name": "write .play.name", "ansible_check_mode": "write .run.check",
		"ansible_diff_mode": "write .run.diff", "ansible_failed_result": "write .failed_result", "ansible_failed_task": "write .failed_task",
		"ansible_loop": "write .loop, with loop_control: {extended: true}", "ansible_date_time": "write now, or .run.started",
		"item": "a variable begins with a dot: .item", "lookup": `write secret "name", or give the value with -e`, "query": "write the list itself",
		"is": "ask whether it is there: not (empty .name)", "defined": "ask whether it is there: not (empty .name)", "undefined": "ask whether it is there: empty .name",
		"in": `write has "a" .list, or contains "a" .text`, "yes": "write true", "no": "write false", "none": `write ""`, "None": `write ""`, "True": "write true", "False": "write false",
		"length": "write len", "count": "write len", "bool": `compare it: eq .name "true"`, "string": "write toString", "d": "write default", "mandatory": "write required",
		"to_json": "write toJson", "to_nice_json": "write toPrettyJson", "from_json": "write fromJson", "to_yaml": "write toYaml", "to_nice_yaml": "write toYaml",
		"from_yaml": "write fromYaml", "b64encode": "write b64enc", "b64decode": "write b64dec", "basename": "write base", "dirname": "write dir",
		"regex_replace": "write regexReplaceAll", "regex_search": "write regexFind", "regex_findall": "write regexFindAll", "combine": "write merge", "unique": "write uniq",
		"sort": "write sortAlpha", "difference": "write without", "split": "write splitList", "hash": "write sha256sum", "capitalize": "write title", "map": "write range",
		"select": "write range and if", "selectattr": "write range and if", "dict2items": byKeys, "omit": omitted,
		"playbook_dir": "take it out: files are looked for beside the playbook or the role, and up to the project's root", "role_path": "take it out: files are looked for beside the playbook or the role, and up to the project's root", "items2dict": "write dict", "flatten": "write concat",
		"ansible_env": "pass what the environment holds with -e", "ansible_facts": "write inspect:, and register what it finds",
	}[name]
	if !known && strings.HasPrefix(name, "ansible_") {
		return "it is Ansible's: what there is stands in .image, .images, .groups, .play and .run"
	}
	return instead
}
