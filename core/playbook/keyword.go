package playbook

import (
	"maps"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/schema"
)

// A Keyword is a key of plays, tasks and what is around them, as it is told to
// people and programs. What stands below an action is declared by the action.
type Keyword struct {
	Name      string   `json:"name"`
	On        []string `json:"on"`        // what may say it, in the order of [KeywordHolders]
	Inherited []string `json:"inherited"` // those of them that say it for all that is inside
	Type      string   `json:"type"`      // in words: "text, or list of text"
	Doc       string   `json:"doc"`
	Example   string   `json:"example"` // YAML
}

// KeywordHolders returns what keywords are said of, in the order in which they
// are met: "play", "role", "block", ….
func KeywordHolders() []string {
	return []string{"play", "role", "block", "task", "handler", "loop_control", "meta", "import_tasks", "import_role", "import_playbook"}
}

// AllKeywords returns every keyword, by name.
func AllKeywords() []Keyword {
	byName := map[string]*Keyword{}
	for _, holder := range KeywordHolders() {
		for name, s := range schema.Properties(holders()[holder]) {
			k := byName[name]
			if k == nil {
				k = &Keyword{Name: name, Doc: keywordDocs()[name], Example: keywordExamples()[name], On: []string{}, Inherited: []string{}}
				byName[name] = k
			}
			if takes, ok := s.(map[string]any); ok {
				k.of(holder, schema.Words(takes))
			}
		}
	}
	all := make([]Keyword, 0, len(byName))
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		all = append(all, *byName[name])
	}
	return all
}

// of adds a holder, and what the keyword takes there: a play and a task may mean
// different things by one word.
func (k *Keyword) of(holder, takes string) {
	k.On = append(k.On, holder)
	if inherits(holder, k.Name) {
		k.Inherited = append(k.Inherited, holder)
	}
	switch {
	case k.Type == "":
		k.Type = takes
	case !strings.HasSuffix(k.Type, takes):
		k.Type += ", or " + takes
	}
}

// inherits reports whether what is inside of a holder has what the holder says.
func inherits(holder, name string) bool {
	said := document.Keys(new(anyKeywords))
	if holder != "play" {
		said = append(said, document.Keys(new(taskKeywords))...)
	}
	return !slices.Contains([]string{"task", "handler", "loop_control", "meta"}, holder) && slices.Contains(said, name)
}

// taskParts declare together what a task may say, its action apart.
func taskParts() []any {
	return []any{new(aTask), new(anyKeywords), new(taskKeywords), new(looping), new(retrying)}
}

func handlerParts() []any { return append(taskParts(), new(aHandler)) }

// holders are the schemas of what keywords are said of, the actions of tasks
// apart.
func holders() map[string]map[string]any {
	every, task := new(anyKeywords), new(taskKeywords)
	return map[string]map[string]any{
		"play":            keys(nil, new(aPlay), every),
		"role":            keys(nil, new(aRole), every, task),
		"block":           keys([]string{"block"}, new(aBlock), every, task, new(looping)),
		"task":            keys(nil, taskParts()...),
		"handler":         keys(nil, handlerParts()...),
		"loop_control":    keys(nil, new(loopControl)),
		"meta":            withKey("meta", schema.Enum(metas()...), new(aMeta)),
		"import_tasks":    withKey("import_tasks", imported(new(tasksImport)), new(anImport), every, task),
		"import_role":     withKey("import_role", imported(new(roleImport)), new(anImport), every, task),
		"import_playbook": keys([]string{"import_playbook"}, new(playbookImport)),
	}
}
