package plan

import (
	"slices"

	"github.com/slipway-build/slipway/core/playbook"
)

// A ListedPlay is a play as --list-tasks, --list-tags and --list-images show
// it. Its JSON is part of the command line's contract.
type ListedPlay struct {
	Playbook string       `json:"playbook"` // the file that was asked for
	Number   int          `json:"play"`     // in its playbook, from 1
	Name     string       `json:"name"`
	Pattern  string       `json:"pattern"`
	Tags     []string     `json:"tags"`      // of the play, sorted
	TaskTags []string     `json:"task_tags"` // of its tasks, those of the play included, sorted
	Images   []string     `json:"images"`    // as far as they are known before the run, in the order of the play
	Tasks    []ListedTask `json:"tasks"`     // in the order of the run, those of rescue and always included, handlers not
	File     string       `json:"file"`      // where it is written
	Line     int          `json:"line"`
}

// A ListedTask is a task in a list.
type ListedTask struct {
	Name string   `json:"name"` // with its role: "role : name"
	Tags []string `json:"tags"` // sorted
	File string   `json:"file"`
	Line int      `json:"line"`
}

// List returns every play with what of it was selected.
func (p *Plan) List() []ListedPlay {
	out := make([]ListedPlay, 0, len(p.Plays))
	for _, play := range p.Plays {
		listed := play.list()
		listed.Images = play.names(p.Groups)
		out = append(out, listed)
	}
	return out
}

// names are the images of the play, given some computed groups.
func (p *Play) names(computed map[string][]string) []string {
	images, _ := p.Select(computed) // was looked at when the plan was made
	names := make([]string, 0, len(images))
	for _, m := range p.Order(images) {
		names = append(names, m.Name)
	}
	return names
}

func (p *Play) list() ListedPlay {
	l := ListedPlay{
		Playbook: p.Book, Number: p.Number, Name: p.Name, Pattern: p.Written.Images.Text(), Tags: sorted(p.Written.Tags),
		Tasks: []ListedTask{}, File: p.Written.Pos.File, Line: p.Written.Pos.Line,
	}
	tags := slices.Clone(p.Written.Tags)
	for _, s := range p.Sections {
		for t := range playbook.Leaves(s.Tasks) {
			tags = append(tags, t.Tags...)
			l.Tasks = append(l.Tasks, ListedTask{Name: t.Title(), Tags: sorted(t.Tags), File: t.Pos.File, Line: t.Pos.Line})
		}
	}
	l.TaskTags = sorted(tags)
	return l
}

// sorted returns tags in order, each once; no tags are an empty list.
func sorted(tags []string) []string {
	out := slices.Compact(slices.Sorted(slices.Values(tags)))
	if out == nil {
		return []string{}
	}
	return out
}
