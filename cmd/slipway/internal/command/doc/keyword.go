package doc

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/playbook"
)

// keywords tell of what plays, blocks and tasks may say.
func keywords() topic[playbook.Keyword] {
	return topic[playbook.Keyword]{
		word: "keyword", all: playbook.AllKeywords(),
		name:    func(k playbook.Keyword) string { return k.Name },
		summary: func(k playbook.Keyword) string { return k.Doc },
		text:    keywordText, page: keywordPage,
		other: func(name string) string {
			if _, is := action.All()[name]; is {
				return "it is an action: slipway doc " + name
			}
			return ""
		},
	}
}

// keywordText writes a keyword as a terminal shows it:
//
//	WHEN: expressions that must all hold for it to be done
//
//	  of       role, block, task, …
//	  inside   role, block, … say it for all that is inside
//	  takes    expression, or list of expressions
//
//	  when: eq .image.name "web"
func keywordText(b *strings.Builder, k playbook.Keyword) {
	fmt.Fprintf(b, "%s: %s\n\n  of       %s\n", strings.ToUpper(k.Name), k.Doc, strings.Join(k.On, ", "))
	if len(k.Inherited) > 0 {
		fmt.Fprintf(b, "  inside   %s: for all that is inside\n", strings.Join(k.Inherited, ", "))
	}
	fmt.Fprintf(b, "  takes    %s\n\n  %s: %s\n", k.Type, k.Name, k.Example)
}

// keywordIntro opens the page of all keywords.
const keywordIntro = `# The keywords

<!-- slipway doc -t keyword --format markdown -->

What plays and tasks may say, by what says it. ` + "`slipway doc -t keyword NAME`" + ` shows one in a terminal, ` + "`slipway schema playbook`" + ` teaches
them to an editor, and [playbooks.md](playbooks.md) tells how they work together. A task has one action beside its keywords: see
[actions.md](actions.md).

What is marked with ↓ is said for everything inside as well: tags, conditions, variables and notified handlers add up, of the others the
innermost counts. An expression has no braces: ` + "`eq .image.name \"web\"`" + `. A duration is "90s", "10m" or a number of seconds.
`

// holderTitles are the headings of the page, in its order.
func holderTitles() map[string]string {
	return map[string]string{
		"play": "A play", "role": "An entry of roles", "block": "A block", "task": "A task", "handler": "A handler",
		"loop_control": "loop_control", "meta": "A meta task", "import_tasks": "An import of tasks", "import_role": "An import of a role",
		"import_playbook": "An import of a playbook",
	}
}

func keywordPage(b *strings.Builder, all []playbook.Keyword) {
	b.WriteString(keywordIntro)
	for _, holder := range playbook.KeywordHolders() {
		of := slices.DeleteFunc(slices.Clone(all), func(k playbook.Keyword) bool { return !slices.Contains(k.On, holder) })
		if len(of) == 0 {
			continue
		}
		fmt.Fprintf(b, "\n## %s\n\n| keyword | takes | |\n|---|---|---|\n", holderTitles()[holder])
		for _, k := range of {
			inside := ""
			if slices.Contains(k.Inherited, holder) {
				inside = " ↓"
			}
			fmt.Fprintf(b, "| `%s`%s | %s | %s, for example `%s` |\n", k.Name, inside, cell(k.Type), cell(k.Doc), cell(k.Example))
		}
	}
}
