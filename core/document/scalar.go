package document

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// scalar is everything that is one word or text.
func (p *reader) scalar(n ast.Node) Node {
	if key, ok := n.(*ast.MappingKeyNode); ok {
		return p.scalar(key.Value)
	}
	t := n.GetToken()
	out := &data{kind: Scalar, pos: p.pos(t), text: t.Value, source: p.source}
	switch n := n.(type) {
	case *ast.NullNode:
		out.kind, out.text = Null, ""
	case *ast.StringNode:
		out.text, out.value = n.Value, n.Value
		out.style = quotes(t)
	case *ast.LiteralNode:
		out.pos = p.pos(n.Start)
		out.text, out.value = n.Value.Value, n.Value.Value
		out.style = folded
		if n.Start.Type == token.LiteralType {
			out.style = literal
		}
	case *ast.BoolNode:
		out.value = n.Value
	case *ast.IntegerNode:
		out.value = number(integer(n.Value), t.Value)
	case *ast.FloatNode:
		out.value = number(n.Value, t.Value)
	default:
		out.value = t.Value
	}
	return Node{out}
}

// quotes is the style of text that is no block.
func quotes(t *token.Token) style {
	switch t.Type {
	case token.SingleQuoteType:
		return single
	case token.DoubleQuoteType:
		return double
	default:
		return plain
	}
}

// number is a value only if it prints as it was written: 1.10, 010 and 1_000
// are text, because a template would make another version or mode of them.
func number(value any, text string) any {
	if fmt.Sprint(value) != text {
		return text
	}
	return value
}

// integer is an int where it fits.
func integer(v any) any {
	switch v := v.(type) {
	case int64:
		return int(v)
	case uint64:
		if v <= 1<<62 {
			return int(v)
		}
	}
	return v
}

func describeScalar(d *data) string {
	switch d.value.(type) {
	case bool:
		return "the truth value " + d.text
	case string:
		return fmt.Sprintf("the text %q", d.text)
	default:
		return "the number " + d.text
	}
}
