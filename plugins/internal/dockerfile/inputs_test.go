package dockerfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/plugins/internal/dockerfile"
)

// tree writes files; "-> target" as content makes a link, "/" a folder.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if content == "/" {
			if err := os.Mkdir(path, 0o755); err != nil {
				t.Fatal(err)
			}
		} else if target, ok := strings.CutPrefix(content, "-> "); ok {
			if err := os.Symlink(target, path); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestInputs(t *testing.T) {
	files := map[string]string{
		"Dockerfile": "", "asset.txt": "", "index.html": "", "src/main.go": "", "src/go.mod": "", "docs/a.md": "",
		"link": "-> asset.txt", "far": "-> /src/main.go", "dirlink": "-> src", "out": "-> ../../etc/passwd", "vendor": "/",
	}
	tests := []struct {
		name, lines, ignore, context string
		args                         map[string]string
		later                        []string
		want                         []string
		volatile, problems           string
	}{
		{name: "files", lines: "COPY asset.txt ./index.html /src /dest/", want: []string{"asset.txt", "index.html", "src"}},
		{name: "json form", lines: `COPY ["asset.txt", "/dest/"]`, want: []string{"asset.txt"}},
		{name: "wildcards", lines: "COPY *.html sr?/*.go /dest/", want: []string{"*.html", "sr?/*.go"}},
		{name: "later", lines: "COPY app/server none* /dest/", later: []string{"app"}, want: []string{"app/server", "none*"}},
		{
			name: "not later", lines: "COPY lib/none /dest/", later: []string{"app"}, want: []string{"lib/none"},
			problems: "Dockerfile:2:6: error[missing-source]: COPY lib/none: no such file in the build context (put it there, or take the line out)",
		},
		{name: "whole context", lines: "COPY . /dest/", want: []string{"."}},
		{name: "ignored", lines: "COPY . /dest/", ignore: "*.md\n!docs/a.md\n", want: []string{". except *.md !docs/a.md"}},
		{name: "twice", lines: "COPY asset.txt /a\nCOPY asset.txt /b", want: []string{"asset.txt"}},
		{name: "unused stage", lines: "FROM scratch AS unused\nCOPY docs /\nFROM scratch\nCOPY src /", want: []string{"src"}},
		{name: "from another stage", lines: "COPY asset.txt /\nFROM scratch\nCOPY --from=0 /docs /", want: []string{"asset.txt"}},
		{name: "heredoc", lines: "COPY <<EOF asset.txt /dest/\ntext\nEOF", want: []string{"asset.txt"}},
		{name: "argument", lines: "ARG WHAT=asset\nCOPY $WHAT.txt /", want: []string{"asset.txt"}},
		{name: "given argument", lines: "ARG WHAT=asset\nCOPY $WHAT /", args: map[string]string{"WHAT": "docs"}, want: []string{"docs"}},
		{name: "environment", lines: "ENV WHAT=docs\nCOPY $WHAT /", want: []string{"docs"}},
		{name: "environment before an argument", lines: "ENV WHAT=docs\nARG WHAT=src\nCOPY $WHAT /", want: []string{"docs"}},
		{name: "environment of a stage before an argument", lines: "ENV WHAT=docs\nFROM 0\nARG WHAT=src\nCOPY $WHAT /", args: map[string]string{"WHAT": "src"}, want: []string{"docs"}},
		{name: "environment of the base", lines: "COPY $WHAT /", want: []string{"."}},
		{name: "bind mount", lines: "RUN --mount=source=src,target=/s true", ignore: "*.md\n", want: []string{"src"}},
		{name: "bind mount of all", lines: "RUN --mount=target=/s true", ignore: "*.md\n", want: []string{"."}},
		{name: "other mounts", lines: "RUN --mount=type=cache,target=/c --mount=type=secret,id=x --mount=type=tmpfs,target=/t true"},
		{name: "flags of buildah", lines: "COPY --exclude=*.md --parents docs /", want: []string{"docs except *.md"}},
		{
			name: "excluded after the ignore file", lines: "ARG X=a\nCOPY --exclude=docs/$X.md --exclude=!keep docs /\nADD docs/a.md /",
			ignore: "*.o\n", want: []string{"docs except *.o docs/a.md !keep", "docs/a.md except *.o"},
		},
		{name: "excluded by a variable of the base", lines: "COPY --exclude=*.md --exclude=$WHAT docs /", want: []string{"docs"}},
		{name: "link", lines: "COPY link /", want: []string{"asset.txt", "link"}},
		{name: "absolute link", lines: "COPY far /", want: []string{"far", "src/main.go"}},
		{name: "through a link", lines: "COPY dirlink/main.go /", want: []string{"dirlink/main.go", "src/main.go"}},
		{name: "link out of the context", lines: "COPY out /", want: []string{"etc/passwd", "out"}},
		{name: "out of the context", lines: "COPY ../../asset.txt /", want: []string{"asset.txt"}},
		{name: "context", lines: "COPY main.go /", context: "src", ignore: "go.*\n!go.sum\n", want: []string{"src/main.go except src/go.* !src/go.sum"}},
		{name: "trigger of a stage", lines: "ONBUILD COPY docs /\nFROM 0", want: []string{"."}},
		{name: "other trigger of a stage", lines: "ONBUILD COPY --from=x docs /\nFROM 0"},
		{name: "URL", lines: "ADD https://example.com/a.tar /", want: []string{"url https://example.com/a.tar"}},
		{name: "URL with checksum", lines: "ADD --checksum=sha256:00 https://example.com/a.tar /"},
		{name: "commit", lines: "ADD https://example.com/a.git#0123456789012345678901234567890123456789 /"},
		{
			name:     "repository",
			lines:    "ADD https://example.com/a.git#main /",
			volatile: "ADD https://example.com/a.git#main may fetch another commit each time; end it in # and a whole commit ID",
		},
		{
			name:     "unknown URL",
			lines:    "ADD https://example.com/$WHAT /",
			want:     []string{"."},
			volatile: "ADD https://example.com/$WHAT may be a remote file, named by a variable of the base image",
		},
		{
			name:     "missing",
			lines:    "COPY aset.txt /\nCOPY src/mian.go /\nCOPY *.nothing /",
			want:     []string{"*.nothing", "aset.txt", "src/mian.go"},
			problems: "Dockerfile:2:6: error[missing-source]: COPY aset.txt: no such file in the build context (did you mean \"asset.txt\"?)\nDockerfile:3:6: error[missing-source]: COPY src/mian.go: no such file in the build context (did you mean \"src/main.go\"?)\nDockerfile:4:6: error[missing-source]: COPY *.nothing: no such file in the build context (put it there, or take the line out)",
		},
		{
			name:     "missing submodule",
			lines:    "COPY vendor/lib.c /",
			want:     []string{"vendor/lib.c"},
			problems: "Dockerfile:2:6: error[missing-source]: COPY vendor/lib.c: no such file in the build context (the folder vendor is empty; if it is a submodule, say git submodule update --init)",
		},
		{
			name:     "missing mount",
			lines:    "RUN --mount=type=bind,source=srv,target=/s true",
			want:     []string{"srv"},
			problems: "Dockerfile:2:30: error[missing-source]: RUN --mount srv: no such file in the build context (did you mean \"src\"?)",
		},
		{
			name:     "hidden",
			lines:    "COPY docs/a.md /",
			ignore:   "docs\n",
			want:     []string{"docs/a.md except docs"},
			problems: "Dockerfile:2:6: error[ignored-source]: COPY docs/a.md: excluded by .dockerignore (add the line !docs/a.md to .dockerignore)",
		},
		{
			name:     "malformed",
			lines:    "COPY a[ /",
			want:     []string{"a["},
			problems: "Dockerfile:2:6: error[bad-source]: COPY a[: the pattern is malformed",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := tree(t, files)
			if tt.context == "" {
				tt.context = "."
			}
			if tt.ignore != "" {
				if err := os.WriteFile(filepath.Join(dir, tt.context, ".dockerignore"), []byte(tt.ignore), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			f, problems := dockerfile.Parse("Dockerfile", []byte("FROM scratch\n"+tt.lines+"\n"))
			if f == nil {
				t.Fatal(problems)
			}
			b, problems := f.Resolve(dockerfile.Options{Args: tt.args, Later: tt.later})
			if b == nil {
				t.Fatal(problems)
			}
			root, err := os.OpenRoot(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer root.Close()
			ignore, err := dockerfile.FindIgnore(root.FS(), "Dockerfile", tt.context)
			if err != nil {
				t.Fatal(err)
			}
			got, problems, err := b.Inputs(root.FS(), tt.context, ignore)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, paths(got)); diff != "" {
				t.Errorf("inputs (-want +got):\n%s", diff)
			}
			if got.Volatile != tt.volatile {
				t.Errorf("volatile: %q, want %q", got.Volatile, tt.volatile)
			}
			if diff := cmp.Diff(tt.problems, problems.Error()); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// paths are "path except pattern…" or "url …" of every input.
func paths(in dockerfile.Inputs) []string {
	var out []string
	for _, i := range in.Inputs {
		switch {
		case i.URL != "":
			out = append(out, "url "+i.URL)
		case len(i.Exclude) > 0:
			out = append(out, fmt.Sprintf("%s except %s", i.Path, strings.Join(i.Exclude, " ")))
		default:
			out = append(out, i.Path)
		}
	}
	return out
}

func TestFindIgnore(t *testing.T) {
	tests := []struct {
		files []string
		want  string
	}{
		{nil, ""},
		{[]string{"ctx/.dockerignore"}, "ctx/.dockerignore"},
		{[]string{"ctx/.dockerignore", "ctx/.containerignore"}, "ctx/.containerignore"},
		{[]string{"ctx/.containerignore", "build/Dockerfile.containerignore"}, "build/Dockerfile.containerignore"},
		{[]string{"build/Dockerfile.containerignore", "build/Dockerfile.dockerignore"}, "build/Dockerfile.dockerignore"},
		{[]string{".dockerignore"}, ""},
	}
	for _, tt := range tests {
		files := map[string]string{}
		for _, name := range tt.files {
			files[name] = "x\n"
		}
		got, err := dockerfile.FindIgnore(os.DirFS(tree(t, files)), "build/Dockerfile", "ctx")
		if err != nil || got.Path != tt.want {
			t.Errorf("with %v the ignore file is %q, %v; want %q", tt.files, got.Path, err, tt.want)
		}
	}
}
