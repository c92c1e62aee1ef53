package doc

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A topic is one kind of thing that is told of.
type topic[T any] struct {
	word    string // "action"
	all     []T    // in the order of their names
	name    func(T) string
	summary func(T) string
	text    func(*strings.Builder, T) // for a terminal
	page    func(*strings.Builder, []T)
	other   func(name string) string // what to do about a name that another topic knows; "" for none
}

func (t topic[T]) names() []string {
	names := make([]string, len(t.all))
	for i, one := range t.all {
		names[i] = t.name(one)
	}
	return names
}

// answer tells of what is named, or of all: of all with a line each, where
// people read it.
func (t topic[T]) answer(a *app.App, o options, names []string) error {
	found, err := t.find(names)
	if err != nil {
		return err
	}
	var b strings.Builder
	if o.format == "markdown" {
		t.page(&b, found)
		_, err := io.WriteString(a.Streams.Out, b.String())
		return err
	}
	return a.Answer(o.format, found, func(w io.Writer) error {
		if o.list || len(names) == 0 {
			t.list(&b, found)
		} else {
			t.pages(&b, found)
		}
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// find returns what is named, or all. Names that there are not are told
// together.
func (t topic[T]) find(names []string) ([]T, error) {
	if len(names) == 0 {
		return t.all, nil
	}
	var wrong diag.List
	var found []T
	for _, name := range names {
		i := slices.Index(t.names(), name)
		if i < 0 {
			wrong.Add(t.unknown(name))
			continue
		}
		found = append(found, t.all[i])
	}
	return found, wrong.Err()
}

func (t topic[T]) unknown(name string) diag.Diagnostic {
	d := diag.Errorf("unknown-"+t.word, diag.Pos{}, "there is no %s %q", t.word, name)
	if fix := t.other(name); fix != "" {
		return d.WithFix("%s", fix)
	}
	if hint := diag.Suggest(name, t.names()); hint != "" {
		return d.WithFix("%s", hint)
	}
	return d.WithFix("the %ss are %s", t.word, strings.Join(t.names(), ", "))
}

func (t topic[T]) list(b *strings.Builder, all []T) {
	wide := 0
	for _, one := range all {
		wide = max(wide, len(t.name(one)))
	}
	for _, one := range all {
		fmt.Fprintf(b, "%-*s %s\n", wide, t.name(one), t.summary(one))
	}
}

func (t topic[T]) pages(b *strings.Builder, all []T) {
	for i, one := range all {
		if i > 0 {
			b.WriteString("\n")
		}
		t.text(b, one)
	}
}
