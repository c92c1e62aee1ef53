package playbook

import (
	"slices"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Play is tasks for some images. Its sections run in the order of the fields;
// handlers that were notified run after each.
type Play struct {
	Name       string
	Images     document.Node   // the pattern
	Vars       document.Node   // a mapping, or absent
	VarsFiles  []document.Node // mappings, as read from vars_files; later ones win
	Schedule   document.Node   // "dag", "linear" or "free"; absent: "dag"
	AllowEmpty bool            // that the pattern matches nothing is fine
	Tags       []string

	Order             string         // "inventory" (default), "reverse_inventory", "sorted", "reverse_sorted" or "shuffle"
	Forks             int            // steps under way at once; 0: as the run has it
	Throttle          map[string]int // action → steps of it under way at once
	Serial            []Batch        // sizes of waves, the last one repeats; none: all images at once
	MaxFailPercentage *float64       // more failed images of a wave than this end the play
	AnyErrorsFatal    bool           // one failed image ends the play
	ForceHandlers     bool           // handlers run for failed images, too

	PreTasks  []*Task
	Tasks     []*Task // those of roles first
	PostTasks []*Task
	Handlers  []*Task // in the order in which they run
	Pos       diag.Pos
}

// A Batch is the size of one wave of a play: a number of images or a share of
// them.
type Batch struct {
	Count   int     // 0: by share
	Percent float64 // of the images of the play; at least one image
}

// aPlay is a play as written.
type aPlay struct {
	Name       string          `yaml:"name"`
	Images     document.Node   `yaml:"images"`
	Hosts      document.Node   `yaml:"hosts"` // Ansible's word for images
	Vars       document.Node   `yaml:"vars"`
	Schedule   document.Node   `yaml:"schedule"`
	AllowEmpty bool            `yaml:"allow_empty"`
	Tags       document.Node   `yaml:"tags"`
	Tasks      []document.Node `yaml:"tasks"`
}

func readPlay(n document.Node, actions Actions) (*Play, diag.List) {
	var w aPlay
	found := document.Decode(n, &w)
	if n.Kind() != document.Mapping {
		return &Play{Pos: n.Pos()}, found
	}
	play := &Play{Name: w.Name, Images: w.Images, Vars: w.Vars, Schedule: w.Schedule, AllowEmpty: w.AllowEmpty, Pos: n.Pos()}
	found.Add(play.takeImages(w)...)
	found.Add(checkVars(w.Vars)...)
	var ds diag.List
	play.Tags, ds = words(w.Tags)
	found.Add(ds...)
	if play.Name == "" {
		play.Name = play.Images.Text()
	}
	found.Add(checkSchedule(w.Schedule)...)
	if len(w.Tasks) == 0 {
		found.Add(diag.Errorf("no-tasks", n.Pos(), "the play has no tasks").WithFix("write tasks: with at least one task below it"))
	}
	for i, t := range w.Tasks {
		task, ds := readTask(t, i, play.Tags, actions)
		found.Add(ds...)
		play.Tasks = append(play.Tasks, task)
	}
	return play, found
}

// takeImages finds the pattern of a play.
func (p *Play) takeImages(w aPlay) diag.List {
	switch {
	case w.Images.IsZero() && w.Hosts.IsZero():
		return diag.List{diag.Errorf("missing-key", p.Pos, "the play does not say for which images it is").WithFix("write images: all, or another pattern")}
	case !w.Images.IsZero() && !w.Hosts.IsZero():
		return diag.List{diag.Errorf("two-patterns", w.Hosts.Pos(), "the play has images as well as hosts, which means the same").WithFix("keep images")}
	case w.Images.IsZero():
		p.Images = w.Hosts
	}
	if p.Images.Kind() != document.Scalar {
		return diag.List{diag.Errorf("wrong-type", p.Images.Pos(), "want a pattern, found %s", p.Images.Describe()).WithFix("write images: a,b")}
	}
	return nil
}

// checkVars judges the variables of a play or task.
func checkVars(n document.Node) diag.List {
	if !n.IsZero() && n.Kind() != document.Mapping {
		return diag.List{diag.Errorf("wrong-type", n.Pos(), "want a mapping of variables, found %s", n.Describe())}
	}
	var found diag.List
	for _, e := range n.Entries() {
		found.Add(vars.CheckName(e.Key)...)
	}
	return found
}

func checkSchedule(n document.Node) diag.List {
	known := []string{"dag", "linear", "free"}
	if n.IsZero() || slices.Contains(known, n.Text()) {
		return nil
	}
	d := diag.Errorf("bad-value", n.Pos(), "unknown schedule %q", n.Text())
	if hint := diag.Suggest(n.Text(), known); hint != "" {
		return diag.List{d.WithFix("%s", hint)}
	}
	return diag.List{d.WithFix("the schedules are dag, linear and free")}
}
