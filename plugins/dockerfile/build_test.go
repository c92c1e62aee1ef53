package dockerfile_test

import (
	"testing"
)

func TestSmoke(t *testing.T) {
	y := newYard(t, "vfs")
	dir := workspace(t, map[string]string{
		"Dockerfile": "FROM scratch\nCOPY helper /helper\nRUN [\"/helper\", \"say\", \"hello\"]\n",
		"helper":     helperContent,
	})
	j := build(t, y.request(t, "b1", dir))
	for _, e := range j.events {
		t.Logf("%+v", e)
	}
	t.Log(j.output())
}
