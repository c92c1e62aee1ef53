package vars

import (
	"fmt"
	"slices"
	"text/template/parse"
)

// infix refuses a function that stands between what it is about, as an operator
// of Jinja does: only the run would find out that nothing is a function there.
func (c *compiled) infix(cmd *parse.CommandNode) {
	operators := []string{"and", "or", "not", "in", "is", "if", "else", "eq", "ne", "lt", "le", "gt", "ge"}
	for _, arg := range cmd.Args[1:] {
		id, ok := arg.(*parse.IdentifierNode)
		if !ok || !slices.Contains(operators, id.Ident) {
			continue
		}
		from, text := int(cmd.Args[0].Position()), cmd.String()
		if field, ok := cmd.Args[0].(*parse.FieldNode); ok && len(field.Ident) > 1 {
			from -= len(field.Ident[0]) + 1 // the parser gives it the position of its second name
		}
		c.mistakes = append(c.mistakes, mistake{
			from: from, to: from + len(text), code: "infix", summary: fmt.Sprintf("%q stands behind what it is about", id.Ident), fix: fromJinja(text),
		})
		return
	}
}

// explained reports whether a name that is no function stands in what infix has
// refused: there is nothing more to say of it.
func (c *compiled) explained(m mistake) bool {
	return m.name != "" && slices.ContainsFunc(c.mistakes, func(other mistake) bool {
		return other.code == "infix" && other.from <= m.from && m.to <= other.to
	})
}
