package deploy_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/deploy"
	"github.com/slipway-build/slipway/sdk/diag"
)

// loadText loads a compose file of the given content.
func loadText(t testing.TB, dir, content string) (*deploy.Project, diag.List) {
	t.Helper()
	file := filepath.Join(dir, "compose.yml")
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return deploy.Load(file, map[string]string{"TAG": "test", "PORT": "8080"})
}

func TestLoadRefuses(t *testing.T) {
	tests := []struct{ name, content, want string }{
		{
			"every key that is not honoured",
			"services:\n  web:\n    image: web\n    build: .\n    privileged: true\n    comand: x\n    healthcheck:\n      tset: [CMD, x]\nsecrets: {}\n",
			`compose.yml:4:5: error[compose-key]: services.web.build is not supported in a deployment (slipway builds images by its inventory: name one under image)
compose.yml:5:5: error[compose-key]: services.web.privileged is not supported in a deployment (containers run with the powers of an ordinary user)
compose.yml:6:5: error[compose-key]: services.web.comand is not supported in a deployment (did you mean "command"?)
compose.yml:8:7: error[compose-key]: services.web.healthcheck.tset is not supported in a deployment (did you mean "test"?)
compose.yml:9:1: error[compose-key]: secrets is not supported in a deployment (mount a file under volumes instead)`,
		},
		{
			"keys that are merged in",
			"x-base: &base\n  cpus: 2\nservices:\n  web:\n    <<: *base\n    image: web\n",
			`compose.yml:2:3: error[compose-key]: services.web.cpus is not supported in a deployment (limits need a runtime that this isolation does without)`,
		},
		{
			"values",
			"services:\n  web:\n    image: web\n    restart: always\n    ports:\n      - 53:53/udp\n      - 0.0.0.0:80:80\n    volumes:\n      - /no/such/file:/x\n",
			`compose.yml:4:5: error[compose-value]: service web may not restart: a container that dies is to be seen, not hidden
compose.yml:6:9: error[compose-value]: service web publishes a udp port; only tcp is forwarded
compose.yml:7:9: error[compose-value]: service web publishes on 0.0.0.0; ports are forwarded to 127.0.0.1 only
compose.yml:9:9: error[compose-value]: service web mounts /no/such/file, which cannot be read: no such file or directory`,
		},
		{
			"two networks",
			"services:\n  db:\n    image: db\n  web:\n    image: web\n    networks: [front]\nnetworks:\n  front:\n",
			`compose.yml:6:5: error[compose-value]: service web is on network front, and others are on default; a deployment has one network`,
		},
		{
			"one name twice",
			"services:\n  aa:\n    image: web\n  bb:\n    image: web\n    container_name: aa\n",
			`compose.yml:4:3: error[compose-value]: services aa and bb are both called "aa"`,
		},
		{
			"aliases that hold themselves", "x-a: &a\n  <<: *a\nservices: *a\n",
			`compose.yml:2:8: error[alias-loop]: *a stands inside of what &a names`,
		},
		{
			"no services", "services: {}\n",
			`compose.yml: error[compose-value]: the compose file has no services`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			_, problems := loadText(t, dir, tt.content)
			got := strings.ReplaceAll(problems.Error(), dir+"/", "")
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLoadPlacesTheLibrarysErrors(t *testing.T) {
	tests := []struct {
		name, content string
		line          int
	}{
		{"wrong type", "services:\n  web:\n    image: web\n    read_only: [1]\n", 4},
		{"unknown dependency", "services:\n  web:\n    image: web\n    depends_on: [db]\n", 0},
		{"not YAML", "services: [\n", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, problems := loadText(t, t.TempDir(), tt.content)
			if len(problems) != 1 || problems[0].Pos.Line != tt.line {
				t.Errorf("problems = %v, want one on line %d", problems, tt.line)
			}
		})
	}
}

func TestLoadReferences(t *testing.T) {
	dir := t.TempDir()
	p, problems := loadText(t, dir, "services:\n  web:\n    image: registry.example/web:${TAG}\n  api:\n    image: ${NAME:-api}\n  too:\n    image: api\n")
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range p.References() {
		got = append(got, r.Image+" "+strings.TrimPrefix(r.Pos.String(), dir+"/"))
	}
	want := []string{"api compose.yml:5:5", "registry.example/web:test compose.yml:3:5"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("references (-want +got):\n%s", diff)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("services:\n  web:\n    image: web\n    ports: [80]\n")
	f.Add("x: &a {<<: *a}\nservices: *a\n")
	f.Add("services: [{}]\n")
	f.Add("? a\n: b\n")
	f.Add("- &x\n- *x\n- *y\n")
	f.Fuzz(func(t *testing.T, content string) {
		p, problems := loadText(t, t.TempDir(), content)
		if (p == nil) == (problems.Err() == nil) {
			t.Errorf("project %v with problems %v", p, problems)
		}
	})
}
