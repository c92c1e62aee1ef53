package action

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/slipway-build/slipway/core/action/declare"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Save is the action that writes an image into a file, for machines that reach
// no registry: to be copied, packed or downloaded, and loaded there.
type Save struct {
	Shelf *Shelf
	Dir   string // a relative destination starts here
}

// saveArgs are the arguments of `save`.
type saveArgs struct {
	Dest     string `yaml:"dest,required" doc:"the file; a relative one starts in the project's root" example:"dist/web.tar"`
	Format   string `yaml:"format" default:"oci-archive" choices:"oci-archive,docker-archive" doc:"docker-archive is for what cannot load the other, such as docker before 25: it has the image ID, and another digest"`
	Tag      string `yaml:"tag" default:"test" doc:"the tag that the image has in the file, and under which it is looked for when this run neither built nor found it"`
	Platform string `yaml:"platform" doc:"of an image for several platforms, the one that is saved; by default this machine's" example:"linux/arm64"`
}

// saveResult is what is registered of `save`.
type saveResult struct {
	Dest    string `yaml:"dest" doc:"the file, an absolute path"`
	Name    string `yaml:"name" doc:"what the image is called where the file is loaded"`
	Digest  string `yaml:"digest" doc:"of the manifest in the file; in check mode empty unless the file is there"`
	ImageID string `yaml:"image_id" doc:"the image ID"`
	Size    int    `yaml:"size" doc:"of the file, in bytes; 0 when there is none"`
}

// Declare declares the action.
func (*Save) Declare() declare.Action {
	return declare.Action{
		Name:    "save",
		Summary: "write an image into a file, for machines that reach no registry",
		Alone:   "dest",
		About: "The image is the task's as this run knows it, pushed or not. One that was pushed is saved as its registry has it: an oci-archive holds " +
			"the very digest that was proved. `podman load -i FILE`, `docker load -i FILE` and `skopeo copy` read the file. Folders above it are made; " +
			"a file that holds the image already is left alone, and any other is replaced as a whole or not at all.",
		Args: new(saveArgs), Result: new(saveResult),
		Check: "Says whether the file would be written.",
		Examples: []string{
			"save:\n  dest: dist/{{ .image.name }}.tar",
			"name: Pack the release\nsave:\n  dest: rpm/SOURCES/{{ .image.name }}.tar\n  format: docker-archive\n  tag: \"1.4\"",
		},
		Rule: func(args document.Node) diag.List {
			if dest := args.Get("dest"); strings.Contains(dest.Text(), ":") && !strings.Contains(dest.Text(), "{{") {
				return diag.List{noColon(dest.Pos())}
			}
			return nil
		},
	}
}

// noColon refuses a name that would be taken apart where it is read.
func noColon(pos diag.Pos) diag.Diagnostic {
	return diag.Errorf("bad-value", pos, "the name of the file has a colon, behind which tools look for the name of an image").WithFix("leave it out")
}

// An archive is a file that an image is saved in.
type archive struct{ format, path, name string }

// at is the image in the archive, were it in that file.
func (a archive) at(path string) string { return a.format + ":" + path + ":" + a.name }

// Run saves the image of a step.
func (s *Save) Run(ctx context.Context, step engine.Step) (engine.Result, error) {
	args, err := declare.Decode[saveArgs](step.Args)
	if err != nil {
		return engine.Result{}, err
	}
	to := archive{args.Format, within(s.Dir, args.Dest), step.Image.Repository + ":" + args.Tag}
	if strings.Contains(to.path, ":") {
		return engine.Result{}, diag.List{noColon(step.Args.Get("dest").Pos())}.Err()
	}
	if s.Shelf.coming(step, "") {
		return engine.Result{Changed: true, Verb: "save", Detail: "after what comes before", Values: declare.Values(saveResult{Dest: to.path, Name: to.name})}, nil
	}
	source, digest, imageID, err := s.find(ctx, step, args)
	if err != nil {
		return engine.Result{}, err
	}
	has, id, err := s.Shelf.Client.Identify(ctx, to.at(to.path))
	there := err == nil && id == imageID && (digest == "" || args.Format != "oci-archive" || has == digest)
	if !there && !step.Check {
		if has, err = s.write(ctx, source, imageID, to); err != nil {
			return engine.Result{}, err
		}
	}
	return saved(step, there, to, has, imageID), nil
}

// find returns where the image is, its digest when a registry has it, and its
// image ID.
func (s *Save) find(ctx context.Context, step engine.Step, args saveArgs) (source, digest, imageID string, err error) {
	p, _ := s.Shelf.Decider.Products.Get(step.Image.Name)
	if part, known := p.Here(); known && p.Manifest == nil && part.ImageID != "" {
		id, err := s.Shelf.take(ctx, step.Image, "", args.Platform)
		return s.Shelf.Store.Storage().Reference(id), "", id, err
	}
	m, err := pushed(ctx, s.Shelf.Decider, step.Image, args.Tag)
	if err != nil {
		return "", "", "", err
	}
	m, err = s.Shelf.only(ctx, m, args.Platform)
	return "docker://" + m.Reference(), m.Digest, m.ImageID, err
}

// write puts the image beside its place and moves it there, and returns its
// digest.
func (s *Save) write(ctx context.Context, source, imageID string, to archive) (digest string, err error) {
	dir, base := filepath.Split(to.path)
	beside := filepath.Join(dir, "."+base+".slipway")
	if err := errors.Join(os.MkdirAll(dir, 0o755), os.RemoveAll(beside)); err != nil {
		return "", fmt.Errorf("saving %s: %w", to.name, err)
	}
	defer os.Remove(beside) // it is gone when all went well
	if err := s.Shelf.Client.Import(ctx, source, to.at(beside), imageID); err != nil {
		return "", unreachable(err)
	}
	if digest, _, err = s.Shelf.Client.Identify(ctx, to.at(beside)); err != nil {
		return "", err
	}
	if err := os.Rename(beside, to.path); err != nil {
		return "", fmt.Errorf("saving %s: %w", to.name, err)
	}
	return digest, nil
}

func saved(step engine.Step, there bool, to archive, digest, imageID string) engine.Result {
	r := saveResult{Dest: to.path, Name: to.name, Digest: digest, ImageID: imageID}
	if info, err := os.Stat(to.path); err == nil {
		r.Size = int(info.Size())
	}
	out := engine.Result{Changed: !there, Verb: "there", Digest: imageID, Detail: to.path, Values: declare.Values(r)}
	if !there {
		out.Verb = map[bool]string{false: "saved", true: "save"}[step.Check]
	}
	return out
}
