package source

import (
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/schema"
	"github.com/slipway-build/slipway/core/secret"
	"github.com/slipway-build/slipway/core/source/git"
	"github.com/slipway-build/slipway/sdk/diag"
)

// What image.yml says of one source, by kind.
type (
	gitFile struct {
		Git        string        `yaml:"git,required" doc:"a repository: https, ssh or a path, which is seen from image.yml; #ref:folder at its end is understood" example:"https://git.example/acme/app.git"`
		Ref        string        `yaml:"ref" doc:"a branch, a tag or a commit in full; by default what the repository's HEAD names" example:"main"`
		Path       string        `yaml:"path" doc:"only this folder of the repository" default:"."`
		To         string        `yaml:"to" doc:"the folder of the workspace that it is laid into" default:"."`
		Secret     document.Node `yaml:"secret" doc:"one of the image's secrets: the password or token of an https repository"`
		Submodules bool          `yaml:"submodules" doc:"fetch its submodules as well" default:"false"`
		Replace    bool          `yaml:"replace" doc:"files that were laid before give way" default:"false"`
	}
	archiveFile struct {
		Archive document.Node `yaml:"archive,required" doc:"a tar, plain or compressed with gzip, bzip2, xz or zstd, or a zip: a path seen from image.yml, or a URL" example:"dist/app-1.4.tar.gz"`
		SHA256  document.Node `yaml:"sha256" doc:"what it must be: 64 digits"`
		Path    string        `yaml:"path" doc:"only this folder of the archive" default:"."`
		To      string        `yaml:"to" doc:"the folder of the workspace that it is laid into" default:"."`
		Secret  document.Node `yaml:"secret" doc:"one of the image's secrets: the token, or with a user in the URL the password"`
		Replace bool          `yaml:"replace" doc:"files that were laid before give way" default:"false"`
	}
	dockerfileFile struct {
		Dockerfile document.Node `yaml:"dockerfile,required" doc:"the text of a Dockerfile"`
		To         string        `yaml:"to" doc:"the folder of the workspace that it is laid into" default:"."`
		Replace    bool          `yaml:"replace" doc:"a Dockerfile that was laid before gives way" default:"false"`
	}
	imageSource struct {
		Image   string        `yaml:"image,required" doc:"an image of the inventory, or any reference" example:"builder"`
		Paths   document.Node `yaml:"paths,required" doc:"files and folders of the image, each with the folder of the workspace that it is put into; with a slash at the end, what is in a folder" example:"{ /opt/app-root/app: . }"`
		Replace bool          `yaml:"replace" doc:"files that were laid before give way" default:"false"`
	}
	bundleSource struct {
		Bundle  bundleFile `yaml:"bundle,required" doc:"a container that is run, and what it leaves"`
		To      string     `yaml:"to" doc:"the folder of the workspace that it is laid into" default:"."`
		Replace bool       `yaml:"replace" doc:"files that were laid before give way" default:"false"`
	}
	bundleFile struct {
		Image     string            `yaml:"image,required" doc:"an image of the inventory, or any reference" example:"builder"`
		Command   []string          `yaml:"command" doc:"what is run, instead of the image's command"`
		Env       map[string]string `yaml:"env" doc:"more environment" example:"{ REF: v1.0 }"`
		Path      string            `yaml:"path,required" doc:"the folder in the container whose content is taken" example:"/shared"`
		Workspace string            `yaml:"workspace" doc:"where the container finds what the sources before this one have laid, read-only" example:"/src"`
	}
	directoryFile struct {
		Directory string `yaml:"directory,required" doc:"a folder of this machine, seen from image.yml" example:"../shared"`
		To        string `yaml:"to" doc:"the folder of the workspace that it is laid into" default:"."`
		Replace   bool   `yaml:"replace" doc:"files that were laid before give way" default:"false"`
	}
)

// kinds are the structs that declare what is said of each kind.
func kinds() map[Kind]any {
	return map[Kind]any{
		Git: new(gitFile), Archive: new(archiveFile), Dockerfile: new(dockerfileFile),
		Image: new(imageSource), Bundle: new(bundleSource), Directory: new(directoryFile),
	}
}

// Kinds returns the kinds of layers, sorted.
func Kinds() []Kind {
	return []Kind{Archive, Bundle, Directory, Dockerfile, Git, Image}
}

// Schema returns the JSON Schema of one source.
func Schema() map[string]any {
	var all []map[string]any
	declared := kinds()
	for _, k := range Kinds() {
		all = append(all, schema.Of(declared[k]))
	}
	return schema.Any(all...)
}

// Read reads one source: a mapping with a key that says its kind. n is written
// with its templates expanded. dir is the folder of the file that it stands in,
// secrets are those that it may name. All mistakes are told.
func Read(n, written document.Node, dir string, secrets []secret.Source) (Layer, diag.List) {
	l := Layer{Path: ".", To: ".", Dir: dir}
	var named []string
	for _, k := range Kinds() {
		if v := n.Get(string(k)); v.Kind() != document.Absent {
			l.Kind, l.Pos = k, v.Pos()
			named = append(named, string(k))
		}
	}
	if len(named) != 1 {
		return l, diag.List{wrongKind(n, named)}
	}
	l.written = written.Get(string(l.Kind))
	found := l.decode(n)
	if found == nil {
		found = l.check(n, secrets)
	}
	return l, found
}

func wrongKind(n document.Node, named []string) diag.Diagnostic {
	words := make([]string, 0, len(Kinds()))
	for _, k := range Kinds() {
		words = append(words, string(k))
	}
	if len(named) > 1 {
		return diag.Errorf("bad-source", n.Pos(), "a source is one of them: %s", strings.Join(named, " and ")).WithFix("make an item of the list of each")
	}
	d := diag.Errorf("bad-source", n.Pos(), "a source names one of %s, found %s", strings.Join(words, ", "), n.Describe())
	for _, e := range n.Entries() {
		if d.Fix = diag.Suggest(e.Key.Text(), words); d.Fix != "" {
			return d
		}
	}
	return d.WithFix("write git: https://… for a repository")
}

// decode reads what is said of the kind.
func (l *Layer) decode(n document.Node) diag.List {
	into := kinds()[l.Kind]
	if found := document.Decode(n, into); found != nil {
		return found
	}
	switch f := into.(type) {
	case *gitFile:
		l.From, l.Ref, l.Path, l.To, l.Submodules, l.Replace, l.secret = f.Git, f.Ref, f.Path, f.To, f.Submodules, f.Replace, f.Secret
		l.fragment()
	case *archiveFile:
		l.From, l.Path, l.To, l.Replace, l.secret = f.Archive.Text(), f.Path, f.To, f.Replace, f.Secret
		l.SHA256 = strings.TrimPrefix(f.SHA256.Text(), "sha256:")
	case *dockerfileFile:
		l.From, l.To, l.Replace = f.Dockerfile.Text(), f.To, f.Replace
	case *imageSource:
		l.From, l.Replace = f.Image, f.Replace
		return l.pick(f.Paths)
	case *bundleSource:
		b := f.Bundle
		l.From, l.Path, l.To, l.Replace = b.Image, b.Path, f.To, f.Replace
		l.Command, l.Env, l.Workspace, l.Pos = b.Command, b.Env, b.Workspace, n.Get("bundle").Get("image").Pos()
	case *directoryFile:
		l.From, l.To, l.Replace = f.Directory, f.To, f.Replace
	}
	return nil
}

// fragment reads "#ref:folder" at the end of a repository, as builders have it.
func (l *Layer) fragment() {
	repository, fragment, ok := strings.Cut(l.From, "#")
	if !ok {
		return
	}
	ref, folder, _ := strings.Cut(fragment, ":")
	l.From = repository
	if ref != "" {
		l.Ref = ref
	}
	if folder != "" {
		l.Path = folder
	}
}

// pick reads which files of an image go where.
func (l *Layer) pick(paths document.Node) (found diag.List) {
	if paths.Kind() != document.Mapping || len(paths.Entries()) == 0 {
		return diag.List{diag.Errorf("wrong-type", paths.Pos(), "want a mapping of paths to folders, found %s", paths.Describe()).
			WithFix("write paths: { /opt/app: . }")}
	}
	for _, e := range paths.Entries() {
		from, to := strings.TrimSuffix(e.Key.Text(), "."), e.Value.Text()
		if !strings.HasSuffix(from, "/") {
			from = e.Key.Text()
		}
		if !path.IsAbs(from) {
			found.Add(diag.Errorf("bad-value", e.Key.Pos(), "%q is no absolute path in the image", e.Key.Text()).WithFix("write /%s", e.Key.Text()))
		}
		found.Add(inside(e.Value, to)...)
		l.Picks = append(l.Picks, Pick{from, path.Clean(to)})
	}
	return found
}

// inside wants a path that stays where it is.
func inside(n document.Node, p string) diag.List {
	if filepath.IsLocal(p) {
		return nil
	}
	return diag.List{diag.Errorf("bad-value", n.Pos(), "%q leads out", p).WithFix("name a folder below, without a slash at its beginning")}
}

// check judges what is said, and finds the secret.
func (l *Layer) check(n document.Node, secrets []secret.Source) (found diag.List) {
	if strings.TrimSpace(l.From) == "" {
		found.Add(diag.Errorf("bad-value", l.Pos, "%s is empty", l.Kind))
	}
	found.Add(inside(n.Get("to"), l.To)...)
	if l.Kind != Bundle {
		found.Add(inside(n.Get("path"), l.Path)...)
	}
	found.Add(l.checkBundle(n.Get("bundle"))...)
	l.To, l.Path = path.Clean(l.To), path.Clean(l.Path)
	if l.SHA256 != "" && (len(l.SHA256) != 64 || strings.Trim(l.SHA256, "0123456789abcdef") != "") {
		found.Add(diag.Errorf("bad-value", n.Get("sha256").Pos(), "%q is no SHA-256", l.SHA256).WithFix("write 64 digits of 0-9 and a-f, as sha256sum does"))
	}
	found.Add(l.findSecret(secrets)...)
	if found.Err() == nil && l.Password() != "" {
		found.Add(diag.Warningf("password-in-url", l.Pos, "%s is named with a password, which everybody reads here", l.Name()).
			WithFix("declare it under secrets:, and name it here with secret:"))
	}
	return found
}

func (l *Layer) checkBundle(n document.Node) (found diag.List) {
	if l.Kind != Bundle {
		return nil
	}
	for _, key := range []string{"path", "workspace"} {
		if p := n.Get(key).Text(); p != "" && (!path.IsAbs(p) || path.Clean(p) == "/") {
			found.Add(diag.Errorf("bad-value", n.Get(key).Pos(), "%q is no absolute path of a folder in the container", p).WithFix("write %s: /shared", key))
		}
	}
	return found
}

func (l *Layer) findSecret(secrets []secret.Source) diag.List {
	if l.secret.IsZero() {
		return nil
	}
	name := l.secret.Text()
	i := slices.IndexFunc(secrets, func(s secret.Source) bool { return s.Name == name })
	if i < 0 {
		var names []string
		for _, s := range secrets {
			names = append(names, s.Name)
		}
		d := diag.Errorf("bad-value", l.secret.Pos(), "the image has no secret %q", name).WithFix("declare it under secrets:")
		if hint := diag.Suggest(name, names); hint != "" {
			d.Fix = hint
		}
		return diag.List{d}
	}
	if u, err := url.Parse((git.Origin{URL: l.From}).Name()); err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return diag.List{diag.Errorf("bad-value", l.secret.Pos(), "a secret opens servers of HTTP, and %s is none", l.Name()).
			WithFix("for ssh, have an agent hold the key")}
	}
	l.Secret = &secrets[i]
	return nil
}
