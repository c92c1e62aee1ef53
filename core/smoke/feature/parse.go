package feature

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"

	gherkin "github.com/cucumber/gherkin/go/v26"
	messages "github.com/cucumber/messages/go/v21"

	"github.com/slipway-build/slipway/sdk/diag"
)

// Parse reads one feature file. The scenarios are those that can be run; the
// list has every mistake, also those that the parser accepts.
func Parse(file, image string, content []byte) ([]Scenario, diag.List) {
	content = bytes.TrimPrefix(content, []byte("\uFEFF")) // what some editors put first
	content = bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n"))
	ids := (&messages.Incrementing{}).NewId
	document, err := gherkin.ParseGherkinDocument(bytes.NewReader(content), ids)
	if err != nil {
		return nil, syntaxErrors(file, err)
	}
	if document.Feature == nil {
		return nil, diag.List{diag.Errorf("empty-feature", diag.Pos{File: file}, "the file holds no feature").
			WithFix(`begin it with "Feature: …"`)}
	}
	r := newReader(file, image, content, document.Feature)
	var scenarios []Scenario
	for _, pickle := range gherkin.Pickles(*document, file, ids) {
		scenarios = append(scenarios, r.scenario(pickle))
	}
	return scenarios, append(r.lint(), r.lintPlaceholders(scenarios)...)
}

// syntaxErrors makes a diagnostic of each line of the parser's error. Its
// types are not exported, so that the place has to be read out of the text.
func syntaxErrors(file string, err error) diag.List {
	place := regexp.MustCompile(`^\((\d+):(\d+)\): (.*)$`)
	var problems diag.List
	for text := range strings.SplitSeq(err.Error(), "\n") {
		m := place.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		line, _ := strconv.Atoi(m[1])
		column, _ := strconv.Atoi(m[2])
		problems.Add(syntaxError(diag.Pos{File: file, Line: line, Column: column}, m[3]))
	}
	if len(problems) == 0 {
		problems.Add(diag.Errorf("gherkin-syntax", diag.Pos{File: file}, "%v", err))
	}
	return problems
}

// syntaxError puts the parser's words, "expected: #EOF, #Comment, …, got 'x'",
// into a reader's.
func syntaxError(pos diag.Pos, text string) diag.Diagnostic {
	_, got, found := strings.Cut(text, ", got '")
	if !found {
		return diag.Errorf("gherkin-syntax", pos, "%s", text)
	}
	got = strings.TrimSpace(strings.TrimSuffix(got, "'"))
	d := diag.Errorf("gherkin-syntax", pos, "%q is not expected here", got).WithDetail("%s", text)
	word, _, _ := strings.Cut(got, " ")
	return d.WithFix("%s", diag.Suggest(word, keywords()))
}

// keywords returns the words a line may begin with.
func keywords() []string {
	return []string{"Feature:", "Rule:", "Background:", "Scenario:", "Scenario Outline:", "Examples:", "Given", "When", "Then", "And", "But"}
}

// A reader turns one parsed file into scenarios.
type reader struct {
	file, image string
	lines       []string
	feature     *messages.Feature
	scenarios   map[string]*messages.Scenario // by node
	rules       map[string]string             // the rule's name, by scenario node
	steps       map[string]*messages.Step     // by node
	rows        map[string]*messages.TableRow // outline rows by node
	blocks      []block
}

func newReader(file, image string, content []byte, f *messages.Feature) *reader {
	r := &reader{
		file: file, image: image, feature: f, lines: strings.Split(string(content), "\n"),
		scenarios: map[string]*messages.Scenario{}, rules: map[string]string{},
		steps: map[string]*messages.Step{}, rows: map[string]*messages.TableRow{},
	}
	for _, child := range f.Children {
		r.index(child.Background, child.Scenario, "")
		if child.Rule == nil {
			continue
		}
		r.block("", child.Rule.Location, child.Rule.Tags)
		for _, inner := range child.Rule.Children {
			r.index(inner.Background, inner.Scenario, child.Rule.Name)
		}
	}
	slices.SortFunc(r.blocks, func(a, b block) int { return a.first - b.first })
	return r
}

func (r *reader) index(background *messages.Background, scenario *messages.Scenario, rule string) {
	if background != nil {
		r.block("", background.Location, nil)
		r.indexSteps(background.Steps)
	}
	if scenario == nil {
		return
	}
	r.block(scenario.Id, scenario.Location, scenario.Tags)
	r.scenarios[scenario.Id], r.rules[scenario.Id] = scenario, rule
	r.indexSteps(scenario.Steps)
	for _, examples := range scenario.Examples {
		for _, row := range examples.TableBody {
			r.rows[row.Id] = row
		}
	}
}

func (r *reader) indexSteps(steps []*messages.Step) {
	for _, step := range steps {
		r.steps[step.Id] = step
	}
}

func (r *reader) pos(l *messages.Location) diag.Pos {
	return diag.Pos{File: r.file, Line: int(l.Line), Column: int(l.Column)}
}

func (r *reader) scenario(pickle *messages.Pickle) Scenario {
	node := r.scenarios[pickle.AstNodeIds[0]]
	s := Scenario{
		URI: r.file, Image: r.image, Feature: r.feature.Name, Rule: r.rules[node.Id],
		Name: pickle.Name, Pos: r.pos(node.Location), Prose: r.prose(node.Location, node.Description),
	}
	row := ""
	if len(pickle.AstNodeIds) > 1 {
		row = pickle.AstNodeIds[1]
		s.Pos = r.pos(r.rows[row].Location)
	}
	for _, tag := range pickle.Tags {
		if !slices.Contains(s.Tags, tag.Name) {
			s.Tags = append(s.Tags, tag.Name)
		}
	}
	for _, step := range pickle.Steps {
		s.Steps = append(s.Steps, r.step(step))
	}
	s.source = r.masked(node, row)
	return s
}

func (r *reader) step(p *messages.PickleStep) Step {
	node := r.steps[p.AstNodeIds[0]]
	step := Step{Keyword: strings.TrimSpace(node.Keyword), Text: p.Text, Pos: r.pos(node.Location)}
	step.Pos.End = step.Pos.Column + len([]rune(strings.TrimSpace(node.Keyword+node.Text)))
	if p.Argument == nil {
		return step
	}
	if doc := p.Argument.DocString; doc != nil {
		step.Doc, step.HasDoc = doc.Content, true
	}
	if table := p.Argument.DataTable; table != nil {
		step.Rows = [][]string{}
		for _, row := range table.Rows {
			var cells []string
			for _, cell := range row.Cells {
				cells = append(cells, cell.Value)
			}
			step.Rows = append(step.Rows, cells)
		}
	}
	return step
}

// prose returns the description of a scenario with the places that the parser
// does not keep.
func (r *reader) prose(at *messages.Location, description string) []Line {
	if strings.TrimSpace(description) == "" {
		return nil
	}
	var out []Line
	next := int(at.Line) // the line after the keyword, from zero
	for text := range strings.SplitSeq(description, "\n") {
		text = strings.TrimSpace(text)
		at := slices.IndexFunc(r.lines[next:], func(l string) bool { return strings.TrimSpace(l) == text })
		if text == "" || at < 0 {
			continue
		}
		next += at + 1
		indent := len(r.lines[next-1]) - len(strings.TrimLeft(r.lines[next-1], " \t"))
		out = append(out, Line{Text: text, Pos: diag.Pos{File: r.file, Line: next, Column: indent + 1}})
	}
	return out
}
