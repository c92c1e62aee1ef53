package inventory_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/graph"
	"github.com/slipway-build/slipway/core/inventory"
	"github.com/slipway-build/slipway/core/schema"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// page returns docs/inventory.md, and the first block of a language in it.
func page(t *testing.T) (text string, block func(language string) string) {
	t.Helper()
	raw, err := os.ReadFile("../../docs/inventory.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw), func(language string) string {
		_, rest, ok := strings.Cut(string(raw), "```"+language+"\n")
		if !ok {
			t.Fatalf("the page has no example in %s", language)
		}
		code, _, _ := strings.Cut(rest, "```")
		return code
	}
}

// The page's example is an inventory, and every row of its table of patterns
// tells the truth.
func TestPage(t *testing.T) {
	text, block := page(t)
	dir := write(t, with("ubi-base jdk-17 jdk-21 orders petclinic", map[string]string{
		"images.yml": block("yaml"), "images/orders/image.yml": "source: git@git.example:acme/orders.git", "images.txt": "apps # all of them\n", "50-x.sh": "",
	}))
	makeExecutable(t, filepath.Join(dir, "50-x.sh"))
	inv, ds := inventory.Load(dir, inventory.Options{Program: func(string) ([]byte, error) { return []byte(block("json")), nil }})
	if ds != nil {
		t.Fatal(ds)
	}
	var g graph.Graph[string]
	g.Add("jdk-17", "ubi-base")
	g.Add("jdk-21", "ubi-base")
	g.Add("orders", "jdk-21")
	g.Add("petclinic", "jdk-17")
	rows := regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ((?:jdk|orders|petclinic|ubi)[a-z0-9 -]*) \\|$").FindAllStringSubmatch(text, -1)
	if len(rows) < 15 {
		t.Fatalf("the page has %d patterns", len(rows))
	}
	for _, row := range rows {
		p, ds := inventory.ParsePattern(row[1], diag.Pos{File: filepath.Join(dir, "p.yml")})
		if ds != nil {
			t.Fatal(ds)
		}
		images, ds := inv.Select(p, &g, nil, false)
		var got []string
		for _, m := range images {
			got = append(got, m.Name)
		}
		if ds != nil || strings.Join(got, " ") != row[2] {
			t.Errorf("%s: %v %v, the page says %s", row[1], got, ds, row[2])
		}
	}
}

func TestPageTellsOfAllLevelsAndFunctions(t *testing.T) {
	text, _ := page(t)
	for level := vars.Builtin; level <= vars.Extra; level++ {
		if !strings.Contains(text, "| "+level.String()+" |") {
			t.Errorf("the page does not tell of the level %q", level)
		}
	}
	data := vars.Data{Templates: vars.NewTemplates()}
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+) ").FindAllStringSubmatch(text[strings.Index(text, "## Functions"):], -1) {
		n := document.Of("{{ "+m[1]+" }}", diag.Pos{})
		for _, d := range data.Check(n, nil) {
			if d.Code == "unknown-function" {
				t.Error(d)
			}
		}
	}
	for _, name := range inventory.ComputedGroups() {
		if !strings.Contains(text, "`"+name+"`") {
			t.Errorf("the page does not tell of the group %s", name)
		}
	}
}

func TestPageTellsOfAllKeysOfImageYML(t *testing.T) {
	text, _ := page(t)
	_, table, _ := strings.Cut(text, "## image.yml\n")
	table, _, _ = strings.Cut(table, "\n## ")
	told := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| (`.*?) \\|").FindAllStringSubmatch(table, -1) {
		for key := range strings.SplitSeq(row[1], ", ") {
			told[strings.Trim(key, "`")] = true
		}
	}
	known := map[string]bool{}
	for key := range schema.Properties(inventory.ImageSchema()) {
		known[key] = true
	}
	if diff := cmp.Diff(known, told); diff != "" {
		t.Errorf("the keys of image.yml, and those that the page tells of (-want +got):\n%s", diff)
	}
}
