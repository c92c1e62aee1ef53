// Package builder is where builds run: the places that the keyword `on` of a
// playbook picks, as delegate_to picks a host in Ansible.
//
// Two builders are always there, chroot and oci, by the isolation that they give
// to RUN steps. slipway.yml names more, with bounds of their own:
//
//	builders:
//	  heavy: { isolation: oci, forks: 1, timeout: 2h, resources: { memory: 4GiB } }
//
// Where a build runs is no part of its key: the same image comes of it
// everywhere. A task that picks none is built as its image.yml says, with no
// bound but those of the run.
package builder

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/schema"
	"github.com/slipway-build/slipway/sdk/diag"
)

// The isolations, which are the names of the builders that are always there.
const (
	chroot = "chroot"
	oci    = "oci"
)

// A Builder is a place where builds run.
type Builder struct {
	Name      string
	Isolation string        // "chroot" or "oci"
	Timeout   time.Duration // of one build for which neither task nor image says one; 0: none
	Resources Resources     // where image.yml says none; only with "oci"
}

// NeedsRuntime reports whether builds start a runtime of this machine, runc.
func (b Builder) NeedsRuntime() bool { return b.Isolation == oci }

// aBuilder is a builder as slipway.yml has it.
type aBuilder struct {
	Isolation string        `yaml:"isolation" default:"chroot" choices:"chroot,oci" doc:"how RUN steps are kept apart"`
	Forks     int           `yaml:"forks" default:"0" doc:"builds under way at once; 0: as many as the run has"`
	Timeout   time.Duration `yaml:"timeout" doc:"of one build for which neither task nor image says one" example:"2h"`
	Resources Resources     `yaml:"resources" doc:"what a build may use where its image.yml does not say; needs isolation: oci"`
}

// nameable is what a builder can be called.
var nameable = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// Builders are the builders of a project by name. They may be used by many at
// the same time.
type Builders struct {
	byName map[string]Builder
	slots  map[string]chan struct{} // of those with a bound
}

// Read returns the builders that the section of slipway.yml names, and those
// that are always there. An absent section names none.
func Read(section document.Node) (*Builders, diag.List) {
	all := &Builders{
		byName: map[string]Builder{chroot: {Name: chroot, Isolation: chroot}, oci: {Name: oci, Isolation: oci}},
		slots:  map[string]chan struct{}{},
	}
	if !section.IsZero() && section.Kind() != document.Mapping {
		return all, diag.List{diag.Errorf("wrong-type", section.Pos(), "want builders by name, found %s", section.Describe()).
			WithFix("write builders: { heavy: { isolation: oci } }")}
	}
	var found diag.List
	for _, e := range section.Entries() {
		found.Add(all.read(e)...)
	}
	return all, found
}

func (bs *Builders) read(e document.Entry) diag.List {
	name := e.Key.Text()
	if name == chroot || name == oci {
		return diag.List{diag.Errorf("bad-builder", e.Key.Pos(), "the builder %q is always there, and is what it is", name).WithFix("give yours another name")}
	}
	var found diag.List
	if !nameable.MatchString(name) {
		found.Add(diag.Errorf("bad-builder", e.Key.Pos(), "%q cannot be the name of a builder", name).WithFix("use letters, digits, '-' and '_'"))
	}
	var written aBuilder
	found.Add(document.Judge(e.Value, &written)...)
	if found.Err() != nil {
		return found
	}
	found.Add(document.Decode(e.Value, &written)...)
	if written.Forks < 0 {
		found.Add(diag.Errorf("wrong-type", e.Value.Get("forks").Pos(), "want a whole number from 0, found %s", e.Value.Get("forks").Describe()))
	}
	if written.Resources.Bounded() && written.Isolation != oci {
		found.Add(Unbounded(e.Value.Get("resources").Pos()))
	}
	if found.Err() != nil {
		return found
	}
	bs.byName[name] = Builder{Name: name, Isolation: written.Isolation, Timeout: written.Timeout, Resources: written.Resources}
	if written.Forks > 0 {
		bs.slots[name] = make(chan struct{}, written.Forks)
	}
	return nil
}

// Unbounded refuses bounds where builds have chroot isolation: nothing would
// hold them to any.
func Unbounded(pos diag.Pos) diag.Diagnostic {
	return diag.Errorf("no-resources", pos, "chroot isolation holds a build to no bounds").
		WithFix("say isolation: oci, which needs runc, or take resources out")
}

// Names returns the names of all builders, sorted.
func (bs *Builders) Names() []string { return slices.Sorted(maps.Keys(bs.byName)) }

// Get returns a builder by its name.
func (bs *Builders) Get(name string) (Builder, bool) {
	b, ok := bs.byName[name]
	return b, ok
}

// Take returns a builder as soon as it has room for one more build, and what
// gives the room back. It fails when there is no such builder, and when ctx
// ends first.
func (bs *Builders) Take(ctx context.Context, name string) (Builder, func(), error) {
	b, ok := bs.byName[name]
	if !ok {
		return b, nil, fmt.Errorf("there is no builder %q", name)
	}
	room := bs.slots[name]
	if room == nil {
		return b, func() {}, nil
	}
	select {
	case room <- struct{}{}:
		return b, func() { <-room }, nil
	case <-ctx.Done():
		return b, nil, fmt.Errorf("waiting for room on builder %s: %w", name, context.Cause(ctx))
	}
}

// Schema returns the JSON Schema of the section.
func Schema() map[string]any { return schema.Mapping(schema.Of(new(aBuilder))) }
