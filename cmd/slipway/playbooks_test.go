package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/cmd/slipway/internal/site"
	"github.com/slipway-build/slipway/core/builder"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/sdk/diag"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// The reference site's playbooks are planned as their golden files say: what
// runs, for which images, in which waves.
func TestSitePlaybooks(t *testing.T) {
	files, err := filepath.Glob("../../playbooks/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	site := referenceSite(t)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			book, found := playbook.Load(file, options())
			if found != nil {
				t.Fatal(found)
			}
			p, found := site.plan(book)
			if found != nil {
				t.Fatal(found)
			}
			golden := filepath.Join("testdata", "playbooks", filepath.Base(file)+".txt")
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), site.outline(t, p)); diff != "" {
				t.Errorf("(-%s +got):\n%s", golden, diff)
			}
		})
	}
}

// Every example of the page is read and planned: those that are tasks in a play
// of their own. What a mistaken one is told stands in the block after it.
func TestPlaybooksPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/playbooks.md")
	if err != nil {
		t.Fatal(err)
	}
	site := referenceSite(t)
	blocks := fence.FindAllStringSubmatch(strings.ReplaceAll(string(page), "```text\n", "```sh told\n"), -1)
	for i, block := range blocks {
		language, file, text := block[1], block[2], block[3]
		switch {
		case language == "sh" || file == "slipway.yml":
			continue
		case !strings.Contains(text, "images:"):
			text = "- images: all\n  tasks:\n    " + strings.ReplaceAll(text, "\n", "\n    ")
		}
		if file == "" {
			file = "testdata/page/example.yml" // there are a role, and what is imported
		}
		book, found := playbook.Parse(file, []byte(text), options())
		if found == nil {
			_, found = site.plan(book)
		}
		want := ""
		if block[2] != "" {
			want = strings.TrimSpace(blocks[i+1][3])
		}
		if diff := cmp.Diff(want, found.Error()); diff != "" {
			t.Errorf("example %d (-page +got):\n%s", i+1, diff)
		}
	}
}

func options() playbook.Options {
	builders, _ := builder.Read(document.Node{}) // those that every project has
	return playbook.Options{Actions: site.Actions(".."), Builders: builders.Names()}
}

// A referenced is the reference site, the answers of whose strategies are
// empty: these tests are about playbooks.
type referenced struct {
	inv    *inventory.Inventory
	family *plan.Family
}

func referenceSite(t *testing.T) referenced {
	t.Helper()
	inv, found := inventory.Load("../../inventory", inventory.Options{PlaybookDirs: []string{"../../playbooks"}})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	family, found, err := plan.Relate(t.Context(), inv.Images, func(context.Context, *inventory.Image, string) (strategy.PlanResponse, error) {
		return strategy.PlanResponse{}, nil
	})
	if err != nil || found.Err() != nil {
		t.Fatal(err, found)
	}
	return referenced{inv, family}
}

func (s referenced) plan(book *playbook.Playbook) (*plan.Plan, diag.List) {
	return plan.New(s.inv, s.family, []*playbook.Playbook{book}, plan.Options{Groups: changed()})
}

// changed is what git is taken to tell.
func changed() map[string][]string { return map[string][]string{"changed": {"golang", "tide"}} }

func (s referenced) waves(t *testing.T, p *plan.Play) [][]*inventory.Image {
	t.Helper()
	images, found := p.Select(changed())
	if found != nil {
		t.Fatal(found)
	}
	return p.Batches(images)
}

// outline is a plan as text.
func (s referenced) outline(t *testing.T, p *plan.Plan) string {
	t.Helper()
	var out strings.Builder
	for i, play := range p.List() {
		fmt.Fprintf(&out, "play #%d (%s): %s\tTAGS: [%s]\n", play.Number, play.Pattern, play.Name, strings.Join(play.Tags, ", "))
		for n, wave := range s.waves(t, p.Plays[i]) {
			var names []string
			for _, m := range wave {
				names = append(names, m.Name)
			}
			fmt.Fprintf(&out, "  wave %d: %s\n", n+1, strings.Join(names, ", "))
		}
		for _, task := range play.Tasks {
			fmt.Fprintf(&out, "    %s:%d\t%s\tTAGS: [%s]\n", filepath.Base(task.File), task.Line, task.Name, strings.Join(task.Tags, ", "))
		}
		for _, h := range p.Plays[i].Handlers {
			fmt.Fprintf(&out, "    handler %s\n", h.Title())
		}
	}
	return out.String()
}
