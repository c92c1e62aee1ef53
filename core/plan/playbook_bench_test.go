package plan_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/plan"
	"github.com/slipway-build/slipway/core/playbook"
)

// largePlaybook is twenty tasks as people write them: conditions, loops, a
// block with rescue, results that are used later, variables made of others.
func largePlaybook() string {
	var b strings.Builder
	b.WriteString(`- name: Everything
  images: all
  vars: {candidate: "test-{{ .run.id }}", ref: "{{ .image.repository }}:{{ .candidate }}"}
  tasks:
    - {name: "Build {{ .image.name }}", build: , register: built, timeout: 30m, until: not .built.failed, retries: 2}
    - {name: Push, push: {tags: ["{{ .candidate }}"]}, register: pushed, when: .built.changed, notify: tell}
    - name: Prove
      block:
        - {name: Smoke, smoke: {tags: "@smoke and @{{ .tier }}"}, register: smoke, environment: {REF: "{{ .ref }}"}}
      rescue:
        - {name: Say why, debug: {msg: "{{ .failed_task.name }}: {{ .failed_result.msg }}"}}
      always:
        - {name: Tidy up, debug: {msg: "{{ .ref }}"}, when: ne (.smoke.id | default "") ""}
`)
	for i := range 15 {
		fmt.Fprintf(&b, "    - {name: Say %d, debug: {msg: '{{ .ref }} {{ .owner }} {{ .item }} %d'}, loop: .platforms, when: [eq .tier \"web\", .pushed.changed], vars: {owner: 'team-%d of {{ .namespace }}'}}\n", i, i, i)
	}
	return b.String() + "  handlers: [{name: tell, debug: {msg: '{{ .pushed.digest }}'}}]\n"
}

// BenchmarkPlaybook reads, checks and plans twenty tasks over a thousand
// images, of which every tenth belongs to a group with variables of its own.
func BenchmarkPlaybook(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprintf("images=%d", n), func(b *testing.B) {
			is, groups := images{}, "all:\n  vars: {registry: quay.io, namespace: acme, tier: web, platforms: [linux/amd64]}\n  children:\n"
			for i := range n {
				is[fmt.Sprint("i", i)] = nil
				if i%10 == 0 {
					groups += fmt.Sprintf("    g%d:\n      vars: {tier: t%d}\n      images: {i%d: }\n", i, i, i)
				}
			}
			_, inv := is.load(b, groups)
			family, _, err := plan.Relate(b.Context(), inv.Images, is.ask)
			if err != nil {
				b.Fatal(err)
			}
			book, peak := largePlaybook(), uint64(0)
			for b.Loop() {
				planned(b, inv, family, book)
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapSys)
			}
			b.ReportMetric(float64(peak)/1e6, "heap-MB")
		})
	}
}

func planned(b *testing.B, inv *inventory.Inventory, family *plan.Family, book string) {
	b.Helper()
	read, ds := playbook.Parse("p.yml", []byte(book), playbook.Options{Actions: actions()})
	if ds != nil {
		b.Fatal(ds)
	}
	if _, ds := plan.New(inv, family, []*playbook.Playbook{read}, plan.Options{}); ds != nil {
		b.Fatal(ds)
	}
}
