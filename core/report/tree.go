package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/slipway-build/slipway/core/event"
)

// Tree collects a run as one file of JSON for each image, for what asks about
// one image afterwards: a page, a ticket, the next job.
type Tree struct {
	mu     sync.Mutex
	run    string
	check  bool
	play   string
	images map[string]*imageTree
}

var _ event.Sink = (*Tree)(nil)

// imageTree is one image's part of a run. Its form is part of the command
// line's contract.
type imageTree struct {
	Image string      `json:"image"`
	Run   string      `json:"run"`
	Check bool        `json:"check"`
	Steps []treeStep  `json:"steps"` // in their order
	Recap event.Count `json:"recap"`
}

type treeStep struct {
	Play string `json:"play"`
	Task string `json:"task"`
	ending
}

// Emit collects e.
func (t *Tree) Emit(e event.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e := e.(type) {
	case event.RunStarted:
		t.run, t.check, t.images = e.Run, e.Check, map[string]*imageTree{}
	case event.PlayStarted:
		t.play = e.Name
	case event.StepFinished:
		one := t.image(e.Step.Image)
		step := treeStep{t.play, e.Step.Name, stepEnding(e)}
		step.Image = "" // the file says it
		one.Steps = append(one.Steps, step)
	case event.RunFinished:
		for _, c := range e.Recap {
			t.image(c.Image).Recap = c
		}
	}
}

func (t *Tree) image(name string) *imageTree {
	one := t.images[name]
	if one == nil {
		one = &imageTree{Image: name, Run: t.run, Check: t.check, Steps: []treeStep{}}
		t.images[name] = one
	}
	return one
}

// Write writes dir/IMAGE.json for each image; the folder is made. The names of
// images are names of files.
func (t *Tree) Write(dir string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the folder of a report: %w", err)
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(t.images)) {
		data, err := json.MarshalIndent(t.images[name], "", "  ")
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name+".json"), append(data, '\n'), 0o644)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("writing a report: %w", err))
		}
	}
	return errors.Join(errs...)
}
