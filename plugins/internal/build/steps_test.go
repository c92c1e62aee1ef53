package build

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/plugins/internal/dockerfile"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// told are the messages in what a worker wrote, one line for each.
func told(t *testing.T, out *bytes.Buffer) []string {
	t.Helper()
	var lines []string
	dec := json.NewDecoder(out)
	for dec.More() {
		var m message
		if err := dec.Decode(&m); err != nil {
			t.Fatal(err)
		}
		switch {
		case m.Started != nil:
			lines = append(lines, "start "+m.Started.ID+" "+m.Started.Title)
		case m.Finished != nil:
			lines = append(lines, fmt.Sprintf("end %s %s", m.Finished.ID, m.Finished.Outcome))
		case m.Progress != nil:
			lines = append(lines, fmt.Sprintf("%d/%d", m.Progress.Current, m.Progress.Total))
		case m.Log != nil:
			lines = append(lines, m.Log.Step+"> "+string(m.Log.Data))
		}
	}
	return lines
}

func TestStepsFollowBuildah(t *testing.T) {
	f, problems := dockerfile.Parse("Dockerfile", []byte("FROM base\nRUN  a \\\n  b\nRUN <<EOF\nx\nEOF\nENV A=b\n"))
	if f == nil {
		t.Fatal(problems)
	}
	needs, problems := f.Resolve(dockerfile.Options{})
	if needs == nil {
		t.Fatal(problems)
	}
	var out bytes.Buffer
	s := newSteps(newTeller(&out))
	s.open(Spec{Name: "Dockerfile"}, needs)
	stdout := s.writer(false)
	id := strings.Repeat("0", 64)
	s.log("FROM %s", id)
	s.log("%s", "RUN trigger of the base")
	s.log("%s", "RUN  a   b")
	fmt.Fprint(stdout, "STEP 9/9: forged\n")
	s.log("%s", "RUN <<EOF (x)")
	fmt.Fprintf(stdout, "--> Using cache %s\n", id)
	fmt.Fprint(stdout, "--> "+id[:12]+"\n")
	s.log("%s", "ENV A=b")
	s.log("%s", `LABEL "a"="b"`)
	s.log("COMMIT")
	s.close(strategy.OK)
	want := []string{
		"start build build Dockerfile",
		"start step-1 FROM base", "1/4", "end step-1 ok",
		"start extra-1 RUN trigger of the base", "1/4", "end extra-1 ok",
		"start step-2 RUN  a   b", "2/4", "step-2> STEP 9/9: forged\n", "end step-2 ok",
		"start step-3 RUN <<EOF", "3/4", "end step-3 cached",
		"start step-4 ENV A=b", "4/4", "end step-4 ok",
		`start extra-2 LABEL "a"="b"`, "4/4", "end extra-2 ok",
		"end build ok",
	}
	if diff := cmp.Diff(want, told(t, &out)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTail(t *testing.T) {
	last := &tail{size: 2}
	for _, p := range []string{"one\ntwo\nth", "ree\n", "", "four"} {
		fmt.Fprint(last, p)
	}
	if got, want := last.String(), "three\nfour"; got != want {
		t.Errorf("the last lines are %q, want %q", got, want)
	}
}

func TestByDigest(t *testing.T) {
	const digest = "sha256:00"
	tests := map[string]string{
		"docker://example.com:5000/a":        "docker://example.com:5000/a@sha256:00",
		"docker://example.com:5000/a:1":      "docker://example.com:5000/a@sha256:00",
		"docker://example.com/a:1@sha256:11": "docker://example.com/a@sha256:00",
		"oci:/dir:tag":                       "oci:/dir:tag",
	}
	for location, want := range tests {
		if got := byDigest(strategy.BaseImage{Location: location, Digest: digest}); got != want {
			t.Errorf("%s: %s, want %s", location, got, want)
		}
	}
}
