package report

import (
	"slices"
	"strings"
	"time"
)

// A pageLane is what one image was busy with through the run.
type pageLane struct {
	Image string
	Bars  []pageBar
}

// A pageBar is one step, in percent of the time that all steps took together.
type pageBar struct {
	Task        string
	Took        time.Duration
	Left, Width float64
	Critical    bool // the run would have been shorter without it
}

// A pageTime is a step of the critical path.
type pageTime struct {
	Image, Task string
	Took        time.Duration
}

// drawn is the profile as a page shows it.
func (p *Profile) drawn() (lanes []pageLane, critical []pageTime) {
	p.mu.Lock()
	defer p.mu.Unlock()
	path := p.critical()
	for _, t := range path {
		critical = append(critical, pageTime{t.Image, t.Name, t.took()})
	}
	return p.lanes(path), critical
}

// lanes draws the steps of each image on one scale, in the order in which the
// images began.
func (p *Profile) lanes(critical []timed) []pageLane {
	if len(p.steps) == 0 {
		return nil
	}
	begun := slices.MinFunc(p.steps, func(a, b timed) int { return a.begun.Compare(b.begun) }).begun
	ended := slices.MaxFunc(p.steps, func(a, b timed) int { return a.ended.Compare(b.ended) }).ended
	whole := max(ended.Sub(begun), 1)
	percent := func(d time.Duration) float64 { return 100 * float64(d) / float64(whole) }
	steps := slices.SortedStableFunc(slices.Values(p.steps), func(a, b timed) int { return a.begun.Compare(b.begun) })
	var lanes []pageLane
	for _, s := range steps {
		i := slices.IndexFunc(lanes, func(l pageLane) bool { return l.Image == s.Image })
		if i < 0 {
			i, lanes = len(lanes), append(lanes, pageLane{Image: s.Image})
		}
		lanes[i].Bars = append(lanes[i].Bars, pageBar{
			Task: strings.TrimSpace(s.Name + " " + s.Item), Took: s.took(), Left: percent(s.begun.Sub(begun)), Width: max(percent(s.took()), 0.15),
			Critical: slices.Contains(critical, s),
		})
	}
	return lanes
}
