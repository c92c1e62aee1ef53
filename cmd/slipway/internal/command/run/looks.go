package run

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/cmd/slipway/internal/preflight"
	"github.com/slipway-build/slipway/cmd/slipway/internal/runs"
	"github.com/slipway-build/slipway/core/plan"
)

// looks are the flags that show the plan instead of carrying it out.
type looks struct {
	images, tasks, tags, graph, syntax bool
}

func (l *looks) bind(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&l.images, "list-images", false, "show the images of each play, and run nothing")
	f.BoolVar(&l.tasks, "list-tasks", false, "show the tasks of each play, and run nothing")
	f.BoolVar(&l.tags, "list-tags", false, "show the tags of each play, and run nothing")
	f.BoolVar(&l.graph, "graph", false, "show which image waits for which in each play, and run nothing")
	f.BoolVar(&l.syntax, "syntax-check", false, "check everything that can be known before a run, and run nothing")
	f.SetNormalizeFunc(ansibleWords)
}

// ansibleWords takes the word that Ansible has for a flag for ours.
func ansibleWords(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	if name == "list-hosts" {
		name = "list-images"
	}
	return pflag.NormalizedName(name)
}

func (l *looks) any() bool { return l.images || l.tasks || l.tags || l.graph || l.syntax }

// run shows what was asked for. A run's JSON is lines of events, that of a look
// is one answer.
func (l *looks) run(ctx context.Context, a *app.App, req runs.Request) error {
	p, err := preflight.Review(ctx, a, req.Request)
	if err != nil {
		return err
	}
	listed := p.List()
	waits := map[string][]string{}
	for _, name := range p.Family.Order {
		waits[name] = p.Family.Graph.Deps(name)
	}
	answer := map[string]any{"plays": listed}
	if l.graph {
		answer["waits"] = waits
	}
	return a.Answer(req.Format, answer, func(w io.Writer) error {
		_, err := io.WriteString(w, a.Streams.Style.Paths(l.text(listed, req.Playbooks, waits)))
		return err
	})
}

// text is laid out as ansible-playbook does it, tabs and blank lines included;
// the place of a task stands behind its tags.
func (l *looks) text(listed []plan.ListedPlay, playbooks []string, waits map[string][]string) string {
	var b strings.Builder
	for _, file := range playbooks {
		fmt.Fprintf(&b, "\nplaybook: %s\n", file)
		if !l.images && !l.tasks && !l.tags && !l.graph {
			continue // checked
		}
		for _, play := range listed {
			if play.Playbook == file {
				l.play(&b, play, waits)
			}
		}
	}
	return b.String()
}

func (l *looks) play(b *strings.Builder, p plan.ListedPlay, waits map[string][]string) {
	fmt.Fprintf(b, "\n  play #%d (%s): %s\tTAGS: [%s]\n", p.Number, p.Pattern, p.Name, strings.Join(p.Tags, ","))
	if l.images {
		fmt.Fprintf(b, "    pattern: ['%s']\n    images (%d):\n", strings.Join(strings.Split(p.Pattern, ","), "', '"), len(p.Images))
		for _, image := range p.Images {
			fmt.Fprintf(b, "      %s\n", image)
		}
	}
	if l.graph {
		b.WriteString("    graph:\n")
		for _, image := range p.Images {
			fmt.Fprintf(b, "      %s\tAFTER: [%s]\n", image, strings.Join(among(p.Images, waits[image]), ", "))
		}
	}
	if l.tasks {
		b.WriteString("    tasks:\n")
		for _, t := range p.Tasks {
			fmt.Fprintf(b, "      %s\tTAGS: [%s]\t%s:%d\n", t.Name, strings.Join(t.Tags, ", "), t.File, t.Line)
		}
	}
	if l.tags {
		fmt.Fprintf(b, "      TASK TAGS: [%s]\n", strings.Join(p.TaskTags, ", "))
	}
	if l.tasks || l.tags {
		b.WriteString("\n")
	}
}

// among returns those of names that are images of a play: one outside of it is
// waited for by nobody.
func among(images, names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !slices.Contains(images, name) })
}
