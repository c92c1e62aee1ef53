package s2i

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	imagespec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/slipway-build/slipway/plugins/internal/build"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// A recipe is everything that the Dockerfile of a build is made of.
type recipe struct {
	request strategy.BuildRequest
	config  Config
	builder imagespec.Image
	source  source
	scripts scripts
}

// dockerfile is the build as a Dockerfile. Arguments come right before assemble,
// so that they are in no layer before it.
func (r recipe) dockerfile() string {
	var b strings.Builder
	user, target := r.user(), destination(&r.builder)
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("FROM %s", r.config.Builder)
	line("LABEL %s=%s", labelBuilder, escape(r.config.Builder))
	for _, v := range r.environment() {
		line("ENV %s=%s", v.name, escape(v.value))
	}
	line("COPY %s./ %s/src/", owner(user), target)
	if r.scripts.own {
		line("COPY %s--chmod=0755 %s/ %s/", owner(user), scriptsDir, r.scripts.folder)
	}
	for _, name := range slices.Sorted(maps.Keys(r.request.Args)) {
		line("ARG %s", name)
	}
	if user != r.builder.Config.User {
		line("USER %s", user)
	}
	line("RUN %s%s", r.mounts(target), r.assemble(target))
	if user != r.builder.Config.User {
		line("USER %s", cmp.Or(r.builder.Config.User, "0"))
	}
	line("CMD %s", words(r.scripts.folder+"/run"))
	return b.String()
}

// user is who assembles.
func (r recipe) user() string {
	return cmp.Or(r.builder.Config.Labels[labelAssembleUser], r.builder.Config.User)
}

// owner is the flag that gives files to a user, and to root's group, as
// OpenShift's arbitrary users are in it.
func owner(user string) string {
	switch {
	case user == "":
		return ""
	case strings.Contains(user, ":"):
		return "--chown=" + user + " "
	default:
		return "--chown=" + user + ":0 "
	}
}

// environment is what the source says, and over it what the config says.
func (r recipe) environment() []variable {
	var out []variable
	for _, v := range r.source.variable {
		if _, over := r.config.Env[v.name]; !over {
			out = append(out, v)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.config.Env)) {
		out = append(out, variable{name, r.config.Env[name]})
	}
	return out
}

// mounts are what assemble sees beside the image: secrets, and what an earlier
// build saved.
func (r recipe) mounts(target string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(r.request.Secrets)) {
		fmt.Fprintf(&b, "--mount=type=secret,id=%s,mode=0444 ", name)
	}
	if r.config.Incremental {
		fmt.Fprintf(&b, "--mount=type=cache,id=s2i-%s,target=%s/artifacts,mode=0777 ", r.request.Target.Image, target)
	}
	return b.String()
}

// assemble is the command that is run. What save-artifacts writes, a tar
// stream, replaces what was saved before.
func (r recipe) assemble(target string) string {
	command := r.scripts.folder + "/assemble"
	if !r.config.Incremental {
		return words(command)
	}
	saved, save := target+"/artifacts", r.scripts.folder+"/save-artifacts"
	stream := target + "/.artifacts.tar"
	return words("/bin/sh", "-ec", strings.Join([]string{
		command, save + " > " + stream, "cd " + saved, "rm -rf " + saved + "/*", "tar -x -f " + stream, "rm -f " + stream,
	}, "; "))
}

// words is a command that no shell takes apart.
func words(argv ...string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(argv) // texts always can be
	return strings.TrimSpace(b.String())
}

// escape is a value that a Dockerfile takes as it stands.
func escape(value string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`).Replace(value) + `"`
}

// write puts the Dockerfile and its ignore file where the build reads them.
func (r recipe) write() (build.Spec, error) {
	dirs := r.request.Dirs
	spec := build.Spec{
		Request: r.request,
		File:    filepath.Join(dirs.Scratch, Name+".Dockerfile"),
		Name:    Name,
		Context: filepath.Join(dirs.Workspace, filepath.FromSlash(r.config.Context)),
		Ignore:  filepath.Join(dirs.Scratch, Name+".ignore"),
		OnBuild: true, // the whole source counts
	}
	for path, content := range map[string]string{spec.File: r.dockerfile(), spec.Ignore: strings.Join(r.source.ignored, "\n")} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			return spec, fmt.Errorf("writing down the build: %w", err)
		}
	}
	return spec, nil
}
