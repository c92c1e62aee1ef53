package vars_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/vars"
)

// BenchmarkCheck asks 20 tasks of three templates each about 1,000 images, as a
// run does before it starts.
func BenchmarkCheck(b *testing.B) {
	variables, _ := document.Parse("vars.yml", []byte(variables))
	images := make([]vars.Data, 1000)
	templates := vars.NewTemplates()
	for i := range images {
		scope := new(vars.Scope)
		scope.DefineAll(variables, vars.All, "all")
		images[i] = vars.Data{Scope: scope, Templates: templates, Now: time.Unix(0, 0), Roots: map[string]any{"image": map[string]any{"name": fmt.Sprint(i)}}}
	}
	var tasks []document.Node
	for i := range 20 {
		n, _ := document.Parse("p.yml", fmt.Appendf(nil, "a: '{{ .repo }}/{{ .image.name }}:%d'\nb: '{{ .nope | default .port }}'\nc: '{{ range .platforms }}{{ . }}{{ end }}%d'\n", i, i))
		tasks = append(tasks, n)
	}
	for name, ask := range map[string]func(vars.Data, document.Node) bool{
		"check":  func(d vars.Data, n document.Node) bool { return d.Check(n, nil) == nil },
		"expand": func(d vars.Data, n document.Node) bool { _, ds := d.Expand(n); return ds == nil },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, image := range images {
					for _, task := range tasks {
						if !ask(image, task) {
							b.Fatal("a mistake where there is none")
						}
					}
				}
			}
		})
	}
}
