package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/slipway-build/slipway/core/event"
	"github.com/slipway-build/slipway/sdk/diag"
)

// pageWidth is how many columns a problem takes.
const pageWidth = 110

// escapes are what programs colour their output with.
var escapes = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]")

//go:embed page.html
var pageText string

// Page collects a run as one page of HTML, for a person who was not there: what
// went wrong first, what changed and why, every step of every image, and where
// the time went. The page needs no other file, no script and no network, so that
// it can be kept with a job and mailed.
type Page struct {
	Style   Style                       // colours are the page's own
	Source  func(file string) []byte    // nil, or a nil answer: problems without their line
	Parents func(image string) []string // the images that one is made from

	mu      sync.Mutex
	run     pageRun
	profile Profile
}

var _ event.Sink = (*Page)(nil)

// A pageRun is what the page tells.
type pageRun struct {
	Run       string
	Playbooks []string
	Check     bool
	Begun     time.Time
	Took      time.Duration
	Word      string // "done", "failed", "refused" or "interrupted"
	Plays     []*pagePlay
	Failures  []pageFailure
	Changes   []pageChange
	Warnings  []string
	Recap     []event.Count
	Lanes     []pageLane
	Critical  []pageTime
}

// A pagePlay is one play, or one wave of it, as a table: images by tasks.
type pagePlay struct {
	Name  string
	Wave  string // "wave 2 of 3"; empty: there is one
	Tasks []event.Task
	Rows  []*pageRow
	Over  string // why it was over before its end
}

type pageRow struct {
	Image string
	Cells []pageCell // one for each task
}

// A pageCell is a step, or all of a task that a loop repeats.
type pageCell struct {
	Word  string // of the gravest that happened; empty: nothing did
	Verb  string
	Took  time.Duration
	Times int
	Link  string // the failure that tells more
}

// A pageFailure is a step that did not do what was wanted.
type pageFailure struct {
	ID, Play, Task, Image, Item, Word string
	Text                              string
	Log                               string
	Forgiven                          string // "ignored" or "rescued"; empty: neither
}

// A pageChange is a step that changed something.
type pageChange struct {
	Image, Task, Item, Verb, Digest, Detail string
	Took                                    time.Duration
}

// Emit collects e.
func (p *Page) Emit(e event.Event) {
	p.profile.Emit(e)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := e.(type) {
	case event.RunStarted:
		p.run = pageRun{Run: e.Run, Playbooks: e.Playbooks, Check: e.Check, Begun: time.Now()}
	case event.PlayStarted:
		p.run.Plays = append(p.run.Plays, newPagePlay(e))
	case event.StepFinished:
		p.step(e)
	case event.NoMoreImages:
		p.play().Over = e.Why
	case event.Warning:
		p.run.Warnings = append(p.run.Warnings, p.problem(e.Diagnostic))
	case event.RunFinished:
		p.finish(e)
	}
}

func newPagePlay(e event.PlayStarted) *pagePlay {
	play := &pagePlay{Name: e.Name, Tasks: e.Tasks}
	if e.Waves > 1 {
		play.Wave = fmt.Sprintf("wave %d of %d", e.Wave, e.Waves)
	}
	for _, image := range e.Images {
		play.Rows = append(play.Rows, &pageRow{Image: image, Cells: make([]pageCell, len(e.Tasks))})
	}
	return play
}

// play is the one under way.
func (p *Page) play() *pagePlay {
	if len(p.run.Plays) == 0 {
		p.run.Plays = append(p.run.Plays, &pagePlay{})
	}
	return p.run.Plays[len(p.run.Plays)-1]
}

func (p *Page) step(e event.StepFinished) {
	link := ""
	switch {
	case e.Outcome == event.Changed:
		p.run.Changes = append(p.run.Changes, pageChange{
			Image: e.Step.Image, Task: e.Step.Name, Item: e.Step.Item, Verb: e.Result.Verb, Digest: e.Result.Digest,
			Detail: p.clean(e.Result.Detail), Took: e.Took,
		})
	case !e.Outcome.Good() && e.Outcome != event.Blocked:
		link = fmt.Sprintf("failure-%d", len(p.run.Failures)+1)
		p.run.Failures = append(p.run.Failures, p.failure(link, e))
	}
	p.play().add(e, link)
}

func (p *Page) failure(id string, e event.StepFinished) pageFailure {
	f := pageFailure{
		ID: id, Play: p.play().Name, Task: e.Step.Name, Image: e.Step.Image, Item: e.Step.Item,
		Word: string(e.Outcome), Text: p.clean(p.why(e.Result)), Log: p.Style.Path(e.Result.Log),
	}
	switch {
	case e.Ignored:
		f.Forgiven = "ignored"
	case e.Rescued:
		f.Forgiven = "rescued"
	}
	return f
}

// why is what a failed step has to say.
func (p *Page) why(r event.Result) string {
	if r.Err == nil {
		return r.Detail
	}
	problems := diag.Of(r.Err)
	if problems == nil {
		return p.Style.Paths(r.Err.Error())
	}
	var b strings.Builder
	for _, d := range problems {
		b.WriteString(p.problem(d))
	}
	return b.String()
}

// problem is a diagnostic with its line and caret.
func (p *Page) problem(d diag.Diagnostic) string {
	style := p.Style
	style.Color, style.Width = false, pageWidth
	return Diagnostics{Style: style, Source: p.Source}.format(d)
}

// clean takes out what a page cannot show.
func (p *Page) clean(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) && c != '\n' && c != '\t' {
			return -1
		}
		return c
	}, escapes.ReplaceAllString(p.Style.Paths(text), ""))
}

// add puts a step into its place. A task may meet an image more than once, in a
// loop over a block: the gravest that happened is shown.
func (p *pagePlay) add(e event.StepFinished, link string) {
	for _, row := range p.Rows {
		if row.Image != e.Step.Image || e.Step.Task >= len(row.Cells) {
			continue
		}
		c := &row.Cells[e.Step.Task]
		c.Times++
		c.Took += e.Took
		if word := wordOf(e); gravity(word) >= gravity(c.Word) {
			c.Word, c.Verb = word, e.Result.Verb
		}
		if link != "" {
			c.Link = link
		}
	}
}

// wordOf is how a step came out, for a class of the page.
func wordOf(e event.StepFinished) string {
	switch {
	case e.Ignored:
		return "ignored"
	case e.Rescued:
		return "rescued"
	default:
		return string(e.Outcome)
	}
}

// gravity orders words, the worst last.
func gravity(word string) int {
	for i, w := range []string{"", "skipped", "ok", "changed", "ignored", "rescued", "blocked", "unreachable", "refused", "failed"} {
		if w == word {
			return i
		}
	}
	return 0
}

// finish adds what can be told when all is over.
func (p *Page) finish(e event.RunFinished) {
	r := &p.run
	r.Recap, r.Took, r.Word = e.Recap, time.Since(r.Begun), "done"
	for _, f := range r.Failures {
		if f.Forgiven == "" && (r.Word == "done" || f.Word == "refused") {
			r.Word = f.Word
		}
	}
	if r.Word == "unreachable" {
		r.Word = "failed"
	}
	if e.Interrupted {
		r.Word = "interrupted"
	}
	p.profile.Parents = p.Parents
	r.Lanes, r.Critical = p.profile.drawn()
}

// Count adds up one kind of ending over all images.
func (r pageRun) Count(kind string) int {
	n := 0
	for _, c := range r.Recap {
		n += map[string]int{
			"changed": min(1, c.Changed), "failed": min(1, c.Failed-c.Held+c.Unreachable), "blocked": min(1, c.Blocked),
			"promoted": min(1, c.Promoted), "held": min(1, c.Held),
		}[kind]
	}
	return n
}

// Write writes the page.
func (p *Page) Write(w io.Writer) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	page, err := template.New("page").Funcs(template.FuncMap{
		"duration": Duration, "short": ShortDigest,
		"time": func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
	}).Parse(pageText)
	if err != nil {
		return fmt.Errorf("writing the page of a run: %w", err)
	}
	if err := page.Execute(w, p.run); err != nil {
		return fmt.Errorf("writing the page of a run: %w", err)
	}
	return nil
}
