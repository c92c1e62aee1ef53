package plan

import (
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// checkTemplates looks at every template of the plays as each of their images
// would. What earlier tasks and plays register is known only during the run,
// what later ones register never.
func (p *Plan) checkTemplates() diag.List {
	var found diag.List
	s := p.scout()
	for _, play := range p.Plays {
		found.Add(play.ask(s.play(play))...)
	}
	return found.Sorted()
}

// ask puts questions for every image that the play may be for.
func (p *Play) ask(questions []question) diag.List {
	images := p.Possible()
	if len(images) == 0 || len(questions) == 0 {
		return nil
	}
	answers := make([]diag.List, len(images))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, image := range images {
		g.Go(func() error {
			answers[i] = p.askAbout(image, questions)
			return nil
		})
	}
	_ = g.Wait() // answers are kept by image
	return merge(images, answers)
}

// askAbout puts the questions for one image. What differs from task to task is
// variables alone, and tasks beside each other often have the same.
func (p *Play) askAbout(image *inventory.Image, questions []question) diag.List {
	var found diag.List
	last := questions[0].task
	data := p.Data(image, last, Seen{})
	for _, q := range questions {
		if !slices.Equal(last.Vars, q.task.Vars) {
			data.Scope = p.scope(image, q.task.Vars)
		}
		last = q.task
		data.Elsewhere, data.Late.Refused = q.elsewhere, q.noFacts
		found.Add(q.check(data, q.node, q.later)...)
	}
	return found
}

// merge puts together what is wrong for each image: a mistake once, and for
// whom, where it is not one for all.
func merge(images []*inventory.Image, answers []diag.List) diag.List {
	whose := map[mistake][]string{}
	var order []diag.Diagnostic
	for i, found := range answers {
		for _, d := range found {
			key := mistake{d.Pos, d.Code, d.Summary}
			if _, known := whose[key]; !known {
				order = append(order, d)
			}
			if names := whose[key]; !slices.Contains(names, images[i].Name) {
				whose[key] = append(names, images[i].Name)
			}
		}
	}
	for i, d := range order {
		if names := whose[mistake{d.Pos, d.Code, d.Summary}]; len(names) < len(images) && d.Detail == "" {
			order[i].Detail = "So it is for " + some(names) + "."
		}
	}
	return order
}

// A mistake is a diagnostic without its advice, which may differ.
type mistake struct {
	pos           diag.Pos
	code, summary string
}

// some names at most three.
func some(names []string) string {
	if len(names) > 3 {
		return strings.Join(names[:3], ", ") + " and others"
	}
	return strings.Join(names, ", ")
}

// A question is a value with templates that has to be sound.
type question struct {
	task      *playbook.Task // whose variables it sees
	node      document.Node
	check     check
	later     vars.Later // names that are known when the run gets there
	elsewhere map[string]string
	noFacts   string // why it may read no fact of an image; "" when it may
}

// A check looks at a value as what it is: text, an expression or a list.
type check func(data vars.Data, n document.Node, later vars.Later) diag.List
