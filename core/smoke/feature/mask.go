package feature

import (
	"strings"

	messages "github.com/cucumber/messages/go/v21"
)

// A block is a run of lines that begins with the tags of a scenario,
// background or rule and ends where the next block begins.
type block struct {
	first    int    // line, from one
	scenario string // its node; "" for a background or a rule
}

func (r *reader) block(scenario string, at *messages.Location, tags []*messages.Tag) {
	r.blocks = append(r.blocks, block{first: firstLine(at, tags), scenario: scenario})
}

func firstLine(at *messages.Location, tags []*messages.Tag) int {
	first := at.Line
	for _, tag := range tags {
		first = min(first, tag.Location.Line)
	}
	return int(first)
}

// masked returns the file with only one scenario left, and of an outline only
// one row: godog runs files, and addresses neither rows nor names, but a file
// that says less is still a file, with every line where it was.
func (r *reader) masked(node *messages.Scenario, row string) []byte {
	lines := append([]string(nil), r.lines...)
	for i, b := range r.blocks {
		end := len(lines) + 1
		if i+1 < len(r.blocks) {
			end = r.blocks[i+1].first
		}
		if b.scenario != "" && b.scenario != node.Id {
			blank(lines, b.first, end)
		}
	}
	if row != "" {
		r.maskRows(lines, node, row)
	}
	return []byte(strings.Join(lines, "\n"))
}

// maskRows blanks all examples but the one that has the row, and all its rows
// but that one.
func (r *reader) maskRows(lines []string, node *messages.Scenario, row string) {
	for _, examples := range node.Examples {
		if examples.TableHeader == nil {
			continue
		}
		holds := false
		for _, candidate := range examples.TableBody {
			if candidate.Id == row {
				holds = true
				continue
			}
			blank(lines, int(candidate.Location.Line), int(candidate.Location.Line)+1)
		}
		if !holds {
			blank(lines, firstLine(examples.Location, examples.Tags), int(examples.TableHeader.Location.Line)+1)
		}
	}
}

// blank empties the lines from first to before end, counted from one.
func blank(lines []string, first, end int) {
	for i := first; i < end; i++ {
		lines[i-1] = ""
	}
}
