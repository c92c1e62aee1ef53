package dockerfile_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/plugins/internal/dockerfile"
	"github.com/slipway-build/slipway/sdk/platform"
)

// images are "kind reference line:column" of every image that a build needs.
func images(b *dockerfile.Build) []string {
	var out []string
	for _, i := range b.Images {
		line := fmt.Sprintf("%s %s %d:%d", i.Kind, i.Reference, i.Pos.Line, i.Pos.Column)
		if i.Platform != "" {
			line += " for " + i.Platform
		}
		out = append(out, line)
	}
	return out
}

func TestImages(t *testing.T) {
	tests := []struct {
		name, text string
		options    dockerfile.Options
		want       []string
	}{
		{name: "one", text: "FROM alpine:3.20\n", want: []string{"base alpine:3.20 1:6"}},
		{name: "scratch is none", text: "FROM scratch\n"},
		{name: "any case", text: "from --platform=linux/arm64   Example.com/a/B:1 as Web\n", options: dockerfile.Options{Platform: "linux/arm64"}, want: []string{"base Example.com/a/B:1 1:31"}},
		{name: "argument with default", text: "ARG V=3.20\nARG IMAGE=alpine:$V\nFROM ${IMAGE}\n", want: []string{"base alpine:3.20 3:6"}},
		{
			name:    "build argument",
			text:    "ARG V=3.20\nFROM alpine:${V}\n",
			options: dockerfile.Options{Args: map[string]string{"V": "edge"}},
			want:    []string{"base alpine:edge 2:6"},
		},
		{name: "default in place", text: "FROM ${BASE:-alpine}\n", want: []string{"base alpine 1:6"}},
		{
			name:    "platform",
			text:    "FROM --platform=$BUILDPLATFORM base-$TARGETARCH$TARGETVARIANT\n",
			options: dockerfile.Options{Platform: "linux/arm/v7"},
			want:    []string{"base base-armv7 1:32 for " + platform.Own()},
		},
		{
			name:    "a stage that compiles for another machine",
			text:    "FROM --platform=$BUILDPLATFORM golang AS build\nFROM build AS more\nCOPY --from=tools /t /t\nFROM golang\nCOPY --from=more /a /a\nCOPY --from=golang /b /b\n",
			options: dockerfile.Options{Platform: "linux/s390x"},
			want: []string{
				"builder golang 1:32 for " + platform.Own(), "copy tools 3:13", "base golang 4:6", "copy golang 6:13",
			},
		},
		{
			name:    "the build's own platform, said in another way",
			text:    "FROM --platform=linux/arm64/v8 golang\n",
			options: dockerfile.Options{Platform: "linux/arm64"},
			want:    []string{"base golang 1:32"},
		},
		{
			name: "stage chain",
			text: "FROM golang AS build\nFROM alpine AS runtime\nFROM runtime AS tools\nFROM tools\nCOPY --from=build /a /a\n",
			want: []string{"builder golang 1:6", "base alpine 2:6"},
		},
		{
			name: "stage named like its image",
			text: "FROM golang AS golang\nFROM golang\nCOPY --from=golang /a /a\n",
			want: []string{"base golang 1:6"},
		},
		{
			name: "unreachable stages do not count",
			text: "FROM golang AS build\nFROM node AS unused\nFROM alpine\nCOPY --from=0 /a /a\n",
			want: []string{"builder golang 1:6", "base alpine 3:6"},
		},
		{
			name:    "target",
			text:    "FROM golang AS build\nFROM alpine\nCOPY --from=build /a /a\n",
			options: dockerfile.Options{Target: "build"},
			want:    []string{"base golang 1:6"},
		},
		{
			name:    "target by number",
			text:    "FROM golang\nFROM alpine\n",
			options: dockerfile.Options{Target: "0"},
			want:    []string{"base golang 1:6"},
		},
		{
			name: "copy and mount",
			text: "ARG TOOLS=example.com/tools\nFROM scratch\nCOPY --from=example.com/assets:1 /a /a\nRUN --mount=type=bind,from=$TOOLS,target=/t \\\n  --mount=from=other,target=/o \\\n  true\n",
			want: []string{"copy example.com/assets:1 3:13", "mount example.com/tools 4:28", "mount other 5:16"},
		},
		{
			name: "a stage's argument shadows",
			text: "ARG FROM_IMAGE=one\nFROM scratch\nARG FROM_IMAGE=two\nCOPY --from=$FROM_IMAGE /a /a\n",
			want: []string{"copy two 4:13"},
		},
		{name: "escape directive", text: "# escape=`\nFROM alpine\nRUN a `\n b\n", want: []string{"base alpine 2:6"}},
		{name: "heredoc", text: "FROM alpine\nRUN <<EOF\nFROM golang\nCOPY --from=x a b\nEOF\n", want: []string{"base alpine 1:6"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, problems := dockerfile.Parse("Dockerfile", []byte(tt.text))
			if f == nil {
				t.Fatal(problems)
			}
			b, problems := f.Resolve(tt.options)
			if b == nil {
				t.Fatal(problems)
			}
			if diff := cmp.Diff(tt.want, images(b)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestMistakes(t *testing.T) {
	tests := []struct {
		name, text, target, want string
	}{
		{name: "empty", text: "", want: "Dockerfile: error[dockerfile-syntax]: file with no instructions"},
		{name: "no FROM", text: "ARG A=1\n", want: "Dockerfile: error[no-stage]: the file has no FROM instruction"},
		{name: "before FROM", text: "RUN true\nFROM scratch\n", want: "Dockerfile:1:1: error[no-stage]: RUN stands before the first FROM (only ARG may stand there)"},
		{
			name: "all at once",
			text: "FROM scratch\nCOPPY a b\nCOPY a\n  WORKDRI /x\n",
			want: `Dockerfile:2:1: error[unknown-instruction]: unknown instruction COPPY (did you mean "COPY"?)` + "\n" +
				"Dockerfile:3:1: error[dockerfile-syntax]: COPY: COPY requires at least two arguments, but only one was provided. Destination could not be determined\n" +
				`Dockerfile:4:3: error[unknown-instruction]: unknown instruction WORKDRI (did you mean "WORKDIR"?)`,
		},
		{name: "unset", text: "ARG VERSION\nFROM alpine:$VERSIN\n", want: "Dockerfile:2:6: error[unset-argument]: alpine:$VERSIN: VERSIN has no value here (declare it before the first FROM, as in ARG VERSIN=…, or pass a build argument)"},
		{name: "misspelt", text: "ARG VERSION=1\nFROM alpine:$VERSIN\n", want: `Dockerfile:2:6: error[unset-argument]: alpine:$VERSIN: VERSIN has no value here (did you mean "VERSION"?)`},
		{name: "platform", text: "FROM --platform=amd64 scratch\n", want: `Dockerfile:1:1: error[bad-platform]: --platform=amd64: "amd64" is not a platform (write linux/amd64, or $BUILDPLATFORM)`},
		{name: "platform unset", text: "FROM --platform=$BULDPLATFORM scratch\n", want: `Dockerfile:1:1: error[unset-argument]: --platform=$BULDPLATFORM: BULDPLATFORM has no value here (did you mean "BUILDPLATFORM"?)`},
		{name: "target", text: "FROM scratch AS web\n", target: "wbe", want: `Dockerfile: error[unknown-target]: there is no stage "wbe" to build (did you mean "web"?)`},
		{name: "duplicate", text: "FROM scratch AS web\nFROM scratch AS Web\n", want: `Dockerfile:2:1: error[duplicate-stage]: stage "Web" is defined twice`},
		{name: "case", text: "FROM scratch AS Web\nFROM web\n", want: `Dockerfile:2:6: error[stage-case]: stage "Web" is written "web" here (write "Web" in both places)`},
		{name: "mount", text: "FROM scratch\nRUN --mount=type=cahce,target=/c true\n", want: `Dockerfile:2:18: error[unknown-mount]: unknown type of mount "cahce" (did you mean "cache"?)`},
		{
			name: "ambiguous",
			text: "FROM scratch AS one\nCOPY --from=alpine /a /a\nFROM scratch AS alpine\nCOPY --from=one /a /a\nFROM alpine\n",
			want: "Dockerfile:2:13: error[ambiguous-name]: alpine is an image here and a stage further down (give the stage another name, or write the image's name in full)",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, problems := dockerfile.Parse("Dockerfile", []byte(tt.text))
			if f != nil {
				_, problems = f.Resolve(dockerfile.Options{Target: tt.target})
			}
			if got := problems.Error(); got != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
			}
		})
	}
}

func TestBind(t *testing.T) {
	const text = "ARG B=base\nFROM $B AS base\nFROM --platform=linux/amd64 golang AS golang\nFROM golang\nCOPY --from=base /golang /\nRUN --mount=target=/a \\\n --mount=type=bind,target=/b --mount=from=base,target=/c true\n"
	const want = "ARG B=base\nFROM <base> AS base\nFROM --platform=linux/amd64 <golang> AS golang\nFROM golang\nCOPY --from=base /golang /\nRUN --mount=type=bind,target=/a \\\n --mount=type=bind,target=/b --mount=type=bind,from=base,target=/c true\n"
	f, problems := dockerfile.Parse("Dockerfile", []byte(text))
	if f == nil {
		t.Fatal(problems)
	}
	b, problems := f.Resolve(dockerfile.Options{})
	if b == nil {
		t.Fatal(problems)
	}
	if got := string(b.Bind(func(i dockerfile.Image) string { return "<" + i.Reference + ">" })); got != want {
		t.Errorf("bound:\n%s\nwant:\n%s", got, want)
	}
}

// What a base must not set otherwise is noted for the FROM at the bottom of a
// stage, and no more than that: what only steps see is their business.
func TestAssumed(t *testing.T) {
	tests := []struct {
		name, text string
		want       map[string]string
	}{
		{name: "nothing", text: "ARG A=1\nRUN echo $A\nCOPY f /$A\n", want: map[string]string{}},
		{name: "argument", text: "ARG A=1\nCOPY f$A /\n", want: map[string]string{"A": "1"}},
		{name: "argument of the build", text: "ARG B\nADD https://x.test/$B /\n", want: map[string]string{"B": "given"}},
		{name: "by way of another", text: "ARG A=1\nARG C=${A}2\nENV E=$C\nRUN --mount=source=$E,target=/x true\n", want: map[string]string{"A": "1", "C": "12"}},
		{name: "environment", text: "ENV E=1\nCOPY f$E /\n", want: map[string]string{}},
		{name: "default in place", text: "COPY ${D:-f} /\n", want: map[string]string{"D": ""}},
		{name: "not known anyway", text: "ARG A=1\nCOPY $X$A /\n", want: map[string]string{}},
		{name: "what is left out", text: "ARG A=1\nCOPY --exclude=$A f /\n", want: map[string]string{"A": "1"}},
		{name: "in a stage on it", text: "ARG A=1\nFROM 0\nCOPY f$A /\n", want: map[string]string{"A": "1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, problems := dockerfile.Parse("Dockerfile", []byte("FROM base\n"+tt.text))
			if f == nil {
				t.Fatal(problems)
			}
			b, problems := f.Resolve(dockerfile.Options{Args: map[string]string{"B": "given"}})
			if b == nil {
				t.Fatal(problems)
			}
			if diff := cmp.Diff(tt.want, b.Images[0].Assumed); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
