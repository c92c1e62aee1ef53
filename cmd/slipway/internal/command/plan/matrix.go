package plan

import (
	"encoding/json"
	"io"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/plan"
)

// due returns the images that have to be built, or may have to.
func (a Answer) due() []string {
	var names []string
	for _, d := range a.Images {
		if d.Fate == plan.Build || d.Fate == plan.Maybe {
			names = append(names, d.Image)
		}
	}
	return names
}

// A githubMatrix is the value of strategy.matrix of a GitHub job.
type githubMatrix struct {
	Include []githubJob `json:"include"`
}

// A githubJob builds images that depend on each other, parents first. The jobs
// of a matrix run side by side and cannot wait for each other, so what depends
// on each other is one job.
type githubJob struct {
	Name   string `json:"name"`   // of the first image
	Images string `json:"images"` // a pattern
}

// github writes the matrix in one line, as a job's output has to be.
func (a Answer) github(w io.Writer, family *plan.Family) error {
	m := githubMatrix{Include: []githubJob{}}
	for _, together := range families(a.due(), family) {
		m.Include = append(m.Include, githubJob{Name: together[0], Images: strings.Join(together, ",")})
	}
	return json.NewEncoder(w).Encode(m)
}

// families parts names, parents first, into sets that have nothing to do with
// each other; the order stays.
func families(names []string, family *plan.Family) [][]string {
	set := map[string]int{}
	for i, name := range names {
		set[name] = i
	}
	for _, name := range names {
		for _, parent := range family.Graph.Deps(name) {
			if theirs, ok := set[parent]; ok && theirs != set[name] {
				join(set, theirs, set[name])
			}
		}
	}
	var out [][]string
	at := map[int]int{}
	for _, name := range names {
		i, ok := at[set[name]]
		if !ok {
			i = len(out)
			at[set[name]], out = i, append(out, nil)
		}
		out[i] = append(out[i], name)
	}
	return out
}

// join makes one set of two.
func join(set map[string]int, a, b int) {
	for name, s := range set {
		if s == b {
			set[name] = a
		}
	}
}

// A gitlabJob builds and pushes one image once its parents are pushed.
type gitlabJob struct {
	Needs  []string `json:"needs"`
	Script []string `json:"script"`
}

// gitlab writes a child pipeline with a job for each image. A pipeline without
// a job is an error to GitLab, so there is always one.
func (a Answer) gitlab(w io.Writer, family *plan.Family, flags app.Flags) error {
	due := a.due()
	jobs := map[string]gitlabJob{}
	for _, name := range due {
		job := gitlabJob{Needs: []string{}, Script: []string{pushCommand(flags, name)}}
		for _, parent := range family.Graph.Deps(name) {
			if slices.Contains(due, parent) {
				job.Needs = append(job.Needs, "image "+parent)
			}
		}
		jobs["image "+name] = job
	}
	if len(jobs) == 0 {
		jobs["nothing to build"] = gitlabJob{Needs: []string{}, Script: []string{"true"}}
	}
	data, err := document.Marshal(jobs)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

// pushCommand is what a job runs: on a fresh runner, what was pushed before it
// is all there is. What the plan was told of the inventory the job is told, too:
// it would decide otherwise.
func pushCommand(flags app.Flags, name string) string {
	words := []string{"slipway", "push", name}
	for _, dir := range flags.Inventory {
		words = append(words, "-i", quoted(dir))
	}
	for _, e := range flags.Extra {
		words = append(words, "-e", quoted(e))
	}
	return strings.Join(words, " ")
}

func quoted(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
