package dockerfile_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/slipway-build/slipway/plugins/internal/dockerfile"
)

// FuzzParse wants any text to be answered: by a file or by diagnostics, with
// every place inside the text, and with binding keeping the lines.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"FROM scratch\n", "ARG A=b\nFROM $A AS x\nCOPY --from=x a b\n", "from a\nRUN <<E\nx\nE\n",
		"# escape=`\nFROM a `\n AS b\nRUN --mount=type=bind,from=$X,source=. true\n", "FROM ${A:-b}\nADD [\"x\",\"y\"]\n", "FROM \"a\"\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, problems := dockerfile.Parse("Dockerfile", []byte(text))
		if file == nil {
			if problems.Err() == nil {
				t.Fatal("neither a file nor an error")
			}
			return
		}
		b, problems := file.Resolve(dockerfile.Options{Args: map[string]string{"A": "x"}})
		if b == nil {
			if problems.Err() == nil {
				t.Fatal("neither a build nor an error")
			}
			return
		}
		lines := strings.Count(text, "\n") + 1
		for _, i := range b.Images {
			if i.Pos.Line < 1 || i.Pos.Line > lines {
				t.Fatalf("%s is placed at line %d of %d", i.Reference, i.Pos.Line, lines)
			}
		}
		if bound := b.Bind(func(dockerfile.Image) string { return "id" }); strings.Count(string(bound), "\n")+1 != lines {
			t.Fatalf("binding changed the number of lines:\n%s", bound)
		}
		if _, _, err := b.Inputs(fstest.MapFS{"a": {}}, ".", dockerfile.Ignore{}); err != nil {
			t.Fatal(err)
		}
	})
}
