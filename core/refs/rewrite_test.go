package refs_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/refs"
)

const (
	webDigest = "sha256:1111111111111111111111111111111111111111111111111111111111111111"
	apiDigest = "sha256:2222222222222222222222222222222222222222222222222222222222222222"
)

func rewriter(form refs.Form) refs.Rewriter {
	return refs.Rewriter{
		Form: form, Known: []string{"web", "api", "base"},
		Images: []refs.Image{
			{Name: "web", Repository: "quay.io/acme/web", Tag: "latest", Digest: webDigest},
			{Name: "api", Repository: "docker.io/acme/api", Tag: "1.10", Digest: apiDigest},
		},
	}
}

// Every byte that is not between « and » stays. What is between them becomes
// what follows the bar.
func TestRewrite(t *testing.T) {
	tests := []struct {
		name, file, marked string
		form               refs.Form
	}{
		{"compose", "compose.yml", `# the shop
services:
  web:   # in front
    image: «quay.io/acme/web:test|quay.io/acme/web:latest@WEB»   # ours
    ports: [ "80:80" ]
  db:
    image: docker.io/library/postgres:16
`, refs.TagAndDigest},
		{"every quote", "a.yml", `a: {image: "«quay.io/acme/web|quay.io/acme/web@WEB»", x: 1}
b:
  image: '«quay.io/acme/web@sha256:0000000000000000000000000000000000000000000000000000000000000000|quay.io/acme/web@WEB»'
c: { image: «quay.io/acme/web|quay.io/acme/web@WEB», b: [ image, web ] }
d:
  image: >-
    «quay.io/acme/web:1|quay.io/acme/web@WEB»
e:
  image: |
     «quay.io/acme/web:1|quay.io/acme/web@WEB»

f: {"image": "«quay.io\/acme\u002fweb:1|quay.io/acme/web@WEB»"}
`, refs.DigestOnly},
		{"a registry that goes without saying", "a.yml", "image: «acme/api:1|acme/api:1.10»\n", refs.TagOnly},
		{"a registry with a port", "a.yml", "image: localhost:5000/acme/web:1\n", refs.TagOnly},
		{"Kubernetes, several objects", "k.yml", `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      initContainers:
      - image: «docker.io/acme/api:1|docker.io/acme/api:1.10@API»
        name: init
      containers:
      - name: web
        image: &web «quay.io/acme/web:old|quay.io/acme/web:latest@WEB»
      - name: again
        image: *web
      ephemeralContainers: []
---
---
# nothing
---
kind: CronJob
metadata:
  name: nightly
spec: {jobTemplate: {spec: {template: {spec: {containers: [{image: «acme/api|acme/api:1.10@API»}]}}}}}
...
`, refs.TagAndDigest},
		{"merged", "a.yml", "x: &x\n  image: «quay.io/acme/web|quay.io/acme/web:latest»\ny:\n  <<: *x\n", refs.TagOnly},
		{"kustomization", "kustomization.yaml", `images:
- name: web
  newName: quay.io/acme/web
  newTag: «old|latest»
  digest: «sha256:0|WEB»
- name: docker.io/acme/api
  newTag: «1.9|"1.10"»
  digest: "«|API»"
- name: quay.io/acme/web
  newName: elsewhere.test/web
  newTag: v1
`, refs.TagAndDigest},
		{"not a kustomization", "a.yml", "images: [{name: quay.io/acme/web, newTag: x, digest: y}]\n", refs.TagAndDigest},
		{"a kustomization by its kind", "a.yml", "kind: Component\nimages: [{name: quay.io/acme/web, newTag: «x|latest»}]\n", refs.TagOnly},
		{"Helm values", "values.yaml", `image:
  registry: quay.io
  repository: acme/web
  tag: «old|latest» # the newest
  pullPolicy: Always
  digest: "«|WEB»"
worker:
  image: {repository: acme/api, tag: "«1.9@sha256:0|1.10@API»"}
other: {image: {repository: x/y, tag: z}}
`, refs.TagAndDigest},
		{"Helm values with a tag alone", "values.yaml", "image: {repository: acme/api, tag: «1.9|\"1.10\"»}\n", refs.TagOnly},
		{"markers", "a.yml", `sidecar: «acme/web:1|quay.io/acme/web:latest@WEB»  # {"$slipway": "web"}
`, refs.TagAndDigest},
		{"parts by markers", "a.yml", `list:
- «v1|latest» # {"$slipway": "web:tag"}
- '«a/b|quay.io/acme/web»'	#{ "$slipway" : "web:repository" }
digest: «x|WEB» # {"$slipway": "web:digest"}
image: quay.io/acme/web # {"$slipway": "base"}
`, refs.DigestOnly},
		{"no marker but text", "a.yml", `text: |
  image: quay.io/acme/web:1 # {"$slipway": "nobody"}
  more
quoted: 'x # {"$slipway": "nobody"}'
image: «quay.io/acme/web|quay.io/acme/web:latest»
`, refs.TagOnly},
		{"right already", "a.yml", "image: \"quay.io/acme/web:latest\" # kept\n", refs.TagOnly},
		{"nothing", "a.yml", "", refs.TagOnly},
		{"no YAML, none of ours", "t.yaml", "image: {{ .Values.image }}\nx: quay.io/acme/website\n", refs.TagOnly},
	}
	for _, tt := range tests {
		for name, change := range map[string]func(string) string{
			"as it is": func(s string) string { return s },
			"Windows":  func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
			"BOM":      func(s string) string { return "\xef\xbb\xbf" + s },
		} {
			t.Run(tt.name+"/"+name, func(t *testing.T) {
				before, after := pair(change(tt.marked))
				got, ds := rewriter(tt.form).Rewrite(tt.file, []byte(before))
				if ds != nil {
					t.Fatal(ds)
				}
				if diff := cmp.Diff(after, string(got.After)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				again, ds := rewriter(tt.form).Rewrite(tt.file, got.After)
				if ds != nil || again.Changed() {
					t.Errorf("the second time it changes: %v\n%s", ds, again.After)
				}
			})
		}
	}
}

// pair splits a text with «old|new» into both.
func pair(marked string) (before, after string) {
	marked = strings.NewReplacer("WEB", webDigest, "API", apiDigest).Replace(marked)
	for {
		head, rest, ok := strings.Cut(marked, "«")
		before, after = before+head, after+head
		if !ok {
			return before, after
		}
		span, rest, _ := strings.Cut(rest, "»")
		was, is, _ := strings.Cut(span, "|")
		before, after, marked = before+was, after+is, rest
	}
}

func TestChanges(t *testing.T) {
	src := "kind: Pod\nmetadata: {name: shop}\nspec:\n  containers:\n  - image: quay.io/acme/web:latest\n  - image: acme/api:1\n"
	got, ds := rewriter(refs.TagOnly).Rewrite("pod.yml", []byte(src))
	if ds != nil {
		t.Fatal(ds)
	}
	want := []refs.Change{
		{Image: "web", Object: "Pod/shop", Path: "spec.containers[0].image", Old: "quay.io/acme/web:latest", New: "quay.io/acme/web:latest"},
		{Image: "api", Object: "Pod/shop", Path: "spec.containers[1].image", Old: "acme/api:1", New: "acme/api:1.10"},
	}
	want[0].Pos.File, want[0].Pos.Line, want[0].Pos.Column, want[0].Pos.End = "pod.yml", 5, 12, 35
	want[1].Pos.File, want[1].Pos.Line, want[1].Pos.Column, want[1].Pos.End = "pod.yml", 6, 12, 22
	if diff := cmp.Diff(want, got.Changes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMistakes(t *testing.T) {
	tests := []struct {
		name, src, want string
		form            refs.Form
	}{
		{"unreadable with a reference", "a: [1\nimage: quay.io/acme/web:1\n", `a.yml:2:1: error[syntax]: ',' or ']' must be specified`, refs.TagOnly},
		{"unreadable with a marker", "a: 1\na: x # {\"$slipway\": \"web\"}\n", `a.yml:2:1: error[duplicate-key]: the key "a" is given twice (keep one of them)`, refs.TagOnly},
		{
			"markers that mean nothing", "a: 1 # {\"$slipway\": \"wbe\"}\nb: {c: 1, d: 2} # {\"$slipway\": \"web\"}\n# {\"$slipway\": \"web\"}\ne: 1 # {\"$slipway\": \"web:name\"}\nf: 1 # {\"$slipway\": \"web:digest\"}\n",
			`a.yml:1:6: error[bad-marker]: there is no image "wbe" (did you mean "web"?)
a.yml:2:17: error[bad-marker]: a marker stands beside one value, and here are 2 (write the value on a line of its own)
a.yml:3:1: error[bad-marker]: a marker stands beside one value, and here are 0 (write the value on a line of its own)
a.yml:4:6: error[bad-marker]: a reference has no "name" (write repository, tag or digest, or nothing for the whole reference)
a.yml:5:6: error[bad-marker]: the form repo:tag has no digest (ask for the form repo:tag@digest)`, refs.TagOnly,
		},
		{"no value", "a: # {\"$slipway\": \"web\"}\n", `a.yml:1:4: error[no-value]: there is no value to be replaced (write "")`, refs.TagOnly},
		{"over two lines", "a: \"quay.io/acme/web:\n  1\" # {\"$slipway\": \"api\"}\nimage: >-\n  quay.io/\\\n  web # x\n", `a.yml:2:6: error[bad-marker]: a marker stands beside one value, and here are 0 (write the value on a line of its own)`, refs.TagOnly},
		{"no place for a digest", "image: {repository: acme/api, tag: x}", `a.yml:1:8: error[no-digest]: there is no place for the digest of api (add digest: "", or ask for the form repo:tag)`, refs.DigestOnly},
		{"no place for a tag", "image: {repository: acme/api}", `a.yml:1:8: error[no-tag]: there is no place for the tag of api (add tag: "")`, refs.TagOnly},
		{"a digest that would win", "image: {repository: acme/api, tag: x, digest: 'sha256:0'}", `a.yml:1:47: error[pinned-digest]: the digest here would win over the tag that is to be written (take its value away: digest: "")`, refs.TagOnly},
		{"one value for two", "image: &x acme/api:1\nb: *x\nc:\n  repository: quay.io/acme/web\n  tag: *x\n  digest: ''\n", `a.yml:1:11: error[two-references]: the value is to be both "acme/api:1.10@` + apiDigest + `" and "latest": it is used as image and as c.tag (write two values instead of one with an alias)`, refs.TagAndDigest},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ds := rewriter(tt.form).Rewrite("a.yml", []byte(tt.src))
			if diff := cmp.Diff(tt.want, ds.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got.Changed() {
				t.Errorf("it was changed all the same: %s", got.After)
			}
		})
	}
}

// Whatever the file: as many values change as are told of, on each line one
// stretch of bytes that the new value explains, and the second time none.
func FuzzRewrite(f *testing.F) {
	for _, seed := range []string{
		"image: quay.io/acme/web:1\n", "a: &x {image: 'acme/api'}\r\nb: *x\r\n", "\xef\xbb\xbfimage: >-\n  acme/api:1\n---\nimage: \"acme/api\"",
		"image: {repository: acme/api, tag: 1, digest: \"\"}", "a: acme/api # {\"$slipway\": \"web\"}", "kind: Component\nimages: [{name: acme/api, newTag: !!str 1, digest: x}]",
		"? image\n: acme/api", "- image:\n    acme/api:2\n- image: |+\n   acme/api\n\n", "image: acme/api:1 #x\nimage2: \"\\x61\"",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		for _, form := range []refs.Form{refs.TagAndDigest, refs.DigestOnly, refs.TagOnly} {
			got, ds := rewriter(form).Rewrite("f.yml", []byte(src))
			if ds.Err() != nil {
				if got.Changed() {
					t.Errorf("it was changed in spite of %v", ds)
				}
				continue
			}
			explain(t, src, got)
			if again, ds := rewriter(form).Rewrite("f.yml", got.After); ds.Err() != nil || again.Changed() {
				t.Errorf("%q became %q, and then %q, %v", src, got.After, again.After, ds)
			}
		}
	})
}

func explain(t *testing.T, src string, got refs.Rewriting) {
	t.Helper()
	var news []string
	for _, c := range got.Changes {
		if c.Old != c.New {
			news = append(news, c.New)
		}
	}
	before, after := strings.Split(src, "\n"), strings.Split(string(got.After), "\n")
	if len(before) != len(after) {
		t.Fatalf("%q became %q: there are more or fewer lines", src, got.After)
	}
	changed := 0
	for i := range before {
		if before[i] == after[i] {
			continue
		}
		changed++
		head := prefix(before[i], after[i])
		tail := prefix(reverse(before[i][head:]), reverse(after[i][head:]))
		middle := after[i][head : len(after[i])-tail]
		if len(news) == 1 && !strings.Contains(`"`+news[0]+`"`, middle) {
			t.Errorf("%q became %q: %q is no part of %q", before[i], after[i], middle, news[0])
		}
	}
	if changed > len(news) {
		t.Errorf("%q became %q: %d lines changed for %d values", src, got.After, changed, len(news))
	}
}

// prefix is how many bytes two texts begin with in common.
func prefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func reverse(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}
