package dockerfile_test

import (
	"encoding/json"
	"testing"

	"github.com/slipway-build/slipway/plugins/dockerfile"
	"github.com/slipway-build/slipway/plugins/internal/buildtest"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A variable of the base wins over an ARG. A build that would take another file
// for that than was counted is refused.
func TestVariableOfBase(t *testing.T) {
	y := buildtest.NewYard(t, buildtest.Fastest)
	base := buildtest.Build(t, dockerfile.Strategy{}, y.Request(t, "base", buildtest.Workspace(t, map[string]string{
		"Dockerfile": "FROM scratch\nENV WHICH=b\n",
	}))).Completed(t).Image
	dir := buildtest.Workspace(t, map[string]string{"Dockerfile": "FROM localhost/base\nARG WHICH=a\nCOPY $WHICH /got\n", "a": "a", "b": "b"})
	build := func(id, config string, args map[string]string) strategy.Completed {
		req := y.Request(t, id, dir)
		req.Bases, req.Config, req.Args = []strategy.BaseImage{y.Base("localhost/base", base.ID)}, json.RawMessage(config), args
		return buildtest.Build(t, dockerfile.Strategy{}, req).Completed(t)
	}
	want := `Dockerfile:1:6: error[variable-of-base]: image localhost/base sets WHICH to "b", and files are chosen here by WHICH being "a" (give the ARG another name, or set onbuild: true, which makes the whole context count)`
	if got := build("refused", `{}`, nil).Diagnostics.Error(); got != want {
		t.Errorf("where the base says otherwise:\n%s\nwant:\n%s", got, want)
	}
	for name, done := range map[string]strategy.Completed{
		"where both say the same": build("same", `{}`, map[string]string{"WHICH": "b"}),
		"where all of it counts":  build("whole", `{"onbuild": true}`, nil),
	} {
		if done.Image == nil {
			t.Errorf("%s: %v", name, done.Diagnostics)
		} else if got := y.Read(t, done.Image.ID, "got"); got != "b" {
			t.Errorf("%s the image has %q, want b", name, got)
		}
	}
}
