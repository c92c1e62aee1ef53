package lint

import (
	"regexp"
	"slices"

	"github.com/slipway-build/slipway/core/document"
)

func literalCompare() Rule {
	literal := func(arg string) bool { return arg == "true" || arg == "false" }
	return Rule{
		Name: "literal-compare", Level: Warning, Doc: "a comparison with true or false: the value says it already",
		Bad: "- name: Build\n  build:\n  when: eq .wanted true\n", Good: "- name: Build\n  build:\n  when: .wanted\n",
		check: func(l *look) {
			for c := range l.calls() {
				if (c.Function == "eq" || c.Function == "ne") && slices.ContainsFunc(c.Args, literal) {
					l.tell(c.Pos, "write the value itself, or not and the value", "%q compares with a literal", c.Text)
				}
			}
		},
	}
}

// defaultTrue knows a trap of sprig's: default and coalesce take false for
// nothing.
func defaultTrue() Rule {
	return Rule{
		Name: "default-true", Level: Warning, Doc: "default true, or coalesce that ends with true, which make true of an explicit false as well",
		Bad: "- name: Build\n  build:\n  when: .wanted | default true\n", Good: "- name: Build\n  build:\n  when: .wanted | ifUndefined true\n",
		check: func(l *look) {
			for c := range l.calls() {
				first, last := slices.Index(c.Args, "true") == 0, slices.Index(c.Args, "true") == len(c.Args)-1
				if c.Function == "default" && first || c.Function == "coalesce" && last && len(c.Args) > 0 {
					l.tell(c.Pos, "write | ifUndefined true, which asks only whether there is a value", "%q also replaces an explicit false", c.Text)
				}
			}
		},
	}
}

// jinjaStatement is about what Jinja would carry out, and Go's templates show.
func jinjaStatement() Rule {
	statement := regexp.MustCompile(`(?s)\{%.*?%\}`)
	return Rule{
		Name: "jinja-statement", Level: Warning, Doc: "a statement of Jinja's, which is text here: {% if … %}",
		Bad: "- name: Say\n  debug: {msg: \"{% if .a %}a{% endif %}\"}\n", Good: "- name: Say\n  debug: {msg: \"{{ if .a }}a{{ end }}\"}\n",
		check: func(l *look) {
			for _, f := range l.files {
				document.Walk(f.root, func(n document.Node) {
					if at := statement.FindStringIndex(n.Text()); at != nil {
						l.tell(n.At(at[0], at[1]), "write {{ if .a }}…{{ else }}…{{ end }}, or {{ range .list }}…{{ end }}", "%s is text, and nothing carries it out", n.Text()[at[0]:at[1]])
					}
				})
			}
		},
	}
}

// rawTag is about tags made of what people type: the names of branches have
// slashes and capitals, which tags cannot have.
func rawTag() Rule {
	free := regexp.MustCompile(`(?i)\{\{[^}|]*\.[\w.]*(?:branch|ref|ref_name|user|author|actor|title)\b[^}|]*\}\}`)
	return Rule{
		Name: "template-in-tag-not-normalised", Level: Warning, Doc: "a tag made of the name of a branch or a person, which may hold what no tag can",
		Bad: "- name: Push\n  push: {tags: [\"pr-{{ .branch }}\"]}\n", Good: "- name: Push\n  push: {tags: [\"pr-{{ .branch | lower | replace \\\"/\\\" \\\"-\\\" }}\"]}\n",
		check: func(l *look) {
			judge := func(n document.Node) {
				if at := free.FindStringIndex(n.Text()); at != nil {
					l.tell(n.At(at[0], at[1]), `make a tag of it: | lower | regexReplaceAll "[^a-z0-9_.-]+" "-" | trunc 100`, "%s may hold what a tag cannot", n.Text()[at[0]:at[1]])
				}
			}
			for t := range l.tasks() {
				for _, key := range []string{"tags", "to", "from"} {
					document.Walk(t.action.Value.Get(key), judge)
				}
			}
			for _, f := range l.files {
				document.Walk(f.root.Get("tags"), judge) // of image.yml
			}
		},
	}
}

func hostsAlias() Rule {
	return Rule{
		Name: "hosts-alias", Level: Warning, Doc: "hosts where images is meant: the alias is for those who come from Ansible",
		Bad: "- name: Ship\n  hosts: all\n  tasks:\n    - name: Build\n      build:\n", Good: "- name: Ship\n  images: all\n  tasks:\n    - name: Build\n      build:\n",
		check: func(l *look) {
			for play := range l.plays() {
				l.aliasIn(play)
			}
			for _, f := range l.files {
				l.groupsIn(f.root)
			}
		},
	}
}

// groupsIn looks for the alias in the groups of an inventory's file.
func (l *look) groupsIn(n document.Node) {
	for _, e := range n.Entries() {
		if e.Value.Get("children").Kind() == document.Mapping || e.Key.Text() == "all" {
			l.aliasIn(e.Value)
			l.groupsIn(e.Value.Get("children"))
		} else if e.Value.Get("hosts").Kind() == document.Mapping {
			l.aliasIn(e.Value)
		}
	}
}

func (l *look) aliasIn(n document.Node) {
	for _, e := range n.Entries() {
		if e.Key.Text() == "hosts" {
			l.tell(e.Key.Pos(), "write images", "hosts are images here")
		}
	}
}
