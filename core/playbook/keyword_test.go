package playbook_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/playbook"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Every example of a keyword is one that the reader takes, wherever the keyword
// may stand.
func TestExamplesOfKeywords(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"deploy.yml": "- debug:\n", "local.yml": "a: 1\n", "nightly.yml": "- {images: all, tasks: [{debug: }]}\n",
		"roles/smoke-http/tasks/main.yml": "- debug:\n",
	} {
		write(t, filepath.Join(dir, name), text)
	}
	known := playbook.Actions{}
	for _, name := range []string{"debug", "smoke", "undeploy", "deploy", "build"} {
		known[name] = playbook.Action{Check: func(document.Node) diag.List { return nil }, Builds: true}
	}
	for _, k := range playbook.AllKeywords() {
		if k.Doc == "" || k.Type == "" || len(k.On) == 0 {
			t.Errorf("%s is not told of: %+v", k.Name, k)
		}
		for _, holder := range k.On {
			if k.Name == "on" && holder == "meta" {
				continue // nothing is built there, which is an error
			}
			t.Run(k.Name+" of "+holder, func(t *testing.T) {
				path := filepath.Join(dir, "play.yml")
				book := asked(holder, k.Name, k.Example)
				write(t, path, book)
				_, ds := playbook.Load(path, playbook.Options{Actions: known, Builders: []string{"oci"}})
				if ds.Err() != nil {
					t.Errorf("%v\n%s", ds, book)
				}
			})
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// asked is a playbook in which a holder says a keyword, with what it cannot be
// without. A line of a base that says the same gives way.
func asked(holder, key, value string) string {
	const play = "-\n  images: all\n  handlers: [{name: tell, debug: }]\n"
	base := map[string]string{
		"play":            play + "  tasks: [{smoke: }]\n  §",
		"role":            play + "  roles:\n    -\n      role: smoke-http\n      §",
		"block":           play + "  tasks:\n    -\n      block: [{debug: }]\n      loop: [1]\n      §",
		"task":            play + "  tasks:\n    -\n      debug:\n      loop: [1]\n      retries: 1\n      §",
		"handler":         "-\n  images: all\n  tasks: [{debug: }]\n  handlers:\n    - {name: tell, debug: }\n    -\n      debug:\n      loop: [1]\n      retries: 1\n      §",
		"loop_control":    play + "  tasks:\n    - debug:\n      loop: [1]\n      loop_control:\n        §",
		"meta":            play + "  tasks:\n    -\n      meta: noop\n      §",
		"import_tasks":    play + "  tasks:\n    -\n      import_tasks: deploy.yml\n      §",
		"import_role":     play + "  tasks:\n    -\n      import_role: smoke-http\n      §",
		"import_playbook": "-\n  import_playbook: nightly.yml\n  §",
	}[holder]
	gives := map[string]string{"hosts of play": "images:", "name of role": "role:"}[key+" of "+holder]
	if key == "name" && holder == "role" {
		value = "smoke-http"
	}
	if key == "throttle" && holder != "play" {
		value = "4"
	}
	lines := slices.DeleteFunc(strings.Split(base, "\n"), func(line string) bool {
		line = strings.TrimSpace(line)
		return strings.HasPrefix(line, key+":") || gives != "" && strings.HasPrefix(line, gives)
	})
	return strings.ReplaceAll(strings.Join(lines, "\n"), "§", key+": "+value) + "\n"
}
