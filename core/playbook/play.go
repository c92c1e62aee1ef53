package playbook

import (
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Play is tasks for some images. Its sections run in the order of the fields;
// handlers that were notified run after each.
type Play struct {
	Name       string
	Images     document.Node // the pattern
	Vars       []VarsLayer   // of levels Play and File; of one level later ones win
	Schedule   document.Node // "dag", "linear" or "free"; absent: "dag"
	AllowEmpty bool          // that the pattern matches nothing is fine
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
	Handlers  []*Task // in the order in which they run: those of roles first
	Pos       diag.Pos
}

// all returns the tasks of all sections, handlers last.
func (p *Play) all() []*Task { return slices.Concat(p.PreTasks, p.Tasks, p.PostTasks, p.Handlers) }

// aPlay is what only a play may say.
type aPlay struct {
	Name       document.Node `yaml:"name"`
	Images     document.Node `yaml:"images"`
	Hosts      document.Node `yaml:"hosts"` // Ansible's word for images
	VarsFiles  document.Node `yaml:"vars_files"`
	Schedule   document.Node `yaml:"schedule"`
	AllowEmpty bool          `yaml:"allow_empty"`

	Order             document.Node `yaml:"order"`
	Forks             positive      `yaml:"forks"`
	Throttle          throttle      `yaml:"throttle"`
	Serial            serial        `yaml:"serial"`
	MaxFailPercentage *percentage   `yaml:"max_fail_percentage"`
	ForceHandlers     bool          `yaml:"force_handlers"`
	GatherFacts       bool          `yaml:"gather_facts"`
	Defaults          defaults      `yaml:"defaults"`

	PreTasks  document.Node `yaml:"pre_tasks"`
	Roles     document.Node `yaml:"roles"`
	Tasks     document.Node `yaml:"tasks"`
	PostTasks document.Node `yaml:"post_tasks"`
	Handlers  document.Node `yaml:"handlers"`
}

// A playReader is one play being read.
type playReader struct {
	dir      string // of the playbook's file
	defaults defaults
	notified []document.Node // names below notify, to be looked for at the end
	roles    map[string]bool // folders of roles whose handlers have joined the play's
	joined   []*Task         // those handlers
}

// plays reads the plays of one file, and of those it imports.
func (r *reader) plays(root document.Node, at place) []*Play {
	if root.Kind() != document.Sequence {
		r.add(diag.Errorf("wrong-type", root.Pos(), "a playbook is a list of plays, found %s", root.Describe()).WithFix("begin each play with a dash: - images: all"))
		return nil
	}
	if !r.grow(root, len(root.Items())) {
		return nil
	}
	var all []*Play
	for _, n := range root.Items() {
		switch {
		case n.Get("import_playbook").Kind() != document.Absent:
			all = append(all, r.importPlaybook(n, at)...)
		case n.Kind() != document.Mapping:
			r.add(diag.Errorf("wrong-type", n.Pos(), "want a play, found %s", n.Describe()).WithFix("write - images: all, and tasks: below it"))
		default:
			all = append(all, r.readPlay(n, at))
		}
	}
	if len(root.Items()) == 0 {
		r.add(emptyPlaybook(root.Pos(), "the playbook has no plays"))
	}
	return all
}

// readPlay reads one play. What is at its place comes from imports.
func (r *reader) readPlay(n document.Node, at place) *Play {
	var own aPlay
	var every anyKeywords
	r.fields(n, aPlayKind, nil, &own, &every)
	p := &Play{
		Pos: n.Pos(), Schedule: own.Schedule, AllowEmpty: own.AllowEmpty, Forks: int(own.Forks), Throttle: own.Throttle.bounds,
		Serial: own.Serial, MaxFailPercentage: (*float64)(own.MaxFailPercentage), ForceHandlers: own.ForceHandlers,
	}
	p.AnyErrorsFatal = every.AnyErrorsFatal != nil && *every.AnyErrorsFatal
	every.AnyErrorsFatal = nil // tasks look at the play for it
	r.takeImages(p, own)
	r.playName(p, own.Name)
	p.Vars = r.playVars(p, own, every, at)
	r.oneOf(own.Schedule, "schedule", schedules())
	r.oneOf(own.Order, "order", orders())
	p.Order = own.Order.Text()
	at.keywords.Vars = nil // of imports: they are the play's
	at.keywords = at.keywords.with(every)
	p.Tags = at.keywords.Tags
	r.sections(p, n, own, at)
	return p
}

func schedules() []string { return []string{"dag", "linear", "free"} }

func orders() []string {
	return []string{"inventory", "reverse_inventory", "sorted", "reverse_sorted", "shuffle"}
}

// sections reads the tasks of a play.
func (r *reader) sections(p *Play, n document.Node, own aPlay, at place) {
	r.play = &playReader{dir: at.keywords.Dir, defaults: own.Defaults, roles: map[string]bool{}}
	r.checkThrottle(own.Throttle)
	p.PreTasks = r.tasks(own.PreTasks, at)
	if own.GatherFacts {
		p.PreTasks = append([]*Task{r.gathering(n, at)}, p.PreTasks...)
	}
	p.Tasks = append(r.roles(own.Roles, at), r.tasks(own.Tasks, at)...)
	p.PostTasks = r.tasks(own.PostTasks, at)
	at.handlers = true
	handlers := r.tasks(own.Handlers, at)
	p.Handlers = append(r.play.joined, handlers...)
	if len(own.PreTasks.Items())+len(own.Roles.Items())+len(own.Tasks.Items())+len(own.PostTasks.Items()) == 0 {
		r.add(diag.Errorf("no-tasks", n.Pos(), "the play has no tasks").WithFix("write tasks: with at least one task below it"))
	}
	r.resolve(p)
	r.add(own.Defaults.check(p, r.options.Actions)...)
}

// takeImages finds the pattern of a play.
func (r *reader) takeImages(p *Play, own aPlay) {
	p.Images = own.Images
	switch {
	case own.Images.IsZero() && own.Hosts.IsZero():
		r.add(diag.Errorf("missing-key", p.Pos, "the play does not say for which images it is").WithFix("write images: all, or another pattern"))
		return
	case !own.Images.IsZero() && !own.Hosts.IsZero():
		r.add(diag.Errorf("two-patterns", own.Hosts.Pos(), "the play has images as well as hosts, which means the same").WithFix("keep images"))
	case own.Images.IsZero():
		p.Images = own.Hosts
	}
	switch {
	case p.Images.Kind() != document.Scalar:
		r.add(diag.Errorf("wrong-type", p.Images.Pos(), "want a pattern, found %s", p.Images.Describe()).WithFix("write images: a,b"))
	case isTemplate(p.Images):
		r.add(diag.Errorf("static-only", p.Images.Pos(), "a pattern cannot hold a template, for it is read before there are variables: %q", p.Images.Text()).
			WithFix("write images: all, and choose with -l"))
	}
}

func (r *reader) playName(p *Play, n document.Node) {
	p.Name = p.Images.Text()
	if !n.IsZero() && r.static(n, "the name of a play") {
		p.Name = n.Text()
	}
}

// playVars returns the variables of a play: its own, those of imports, which
// win over them, and those of files.
func (r *reader) playVars(p *Play, own aPlay, every anyKeywords, at place) []VarsLayer {
	layers := Keywords{}.withVars(vars.Play, every.Vars.Node, p.Name).Vars
	layers = append(layers, at.keywords.Vars...)
	return append(layers, r.varsFiles(own.VarsFiles, at.keywords.Dir)...)
}

// oneOf refuses a value that is none of those known.
func (r *reader) oneOf(n document.Node, what string, known []string) {
	if n.IsZero() || slices.Contains(known, n.Text()) {
		return
	}
	d := diag.Errorf("bad-value", n.Pos(), "unknown %s %q", what, n.Text())
	if hint := diag.Suggest(n.Text(), known); hint != "" {
		r.add(d.WithFix("%s", hint))
		return
	}
	last := len(known) - 1
	r.add(d.WithFix("there are %s and %s", strings.Join(known[:last], ", "), known[last]))
}
