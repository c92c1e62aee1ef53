// Package secret reads values that must not be shown, and hides them.
//
// A [Source] says where one secret is; slipway.yml and image.yml declare them
// in the same form:
//
//	secrets:
//	  registry/token: { env: TOKEN }
//	  signing key: { file: keys/signing.pem }
//	  deploy token: { command: [pass, show, deploy] }
//
// A [Vault] reads each when it is first asked for, once for a run, and from
// then on its [Mask] hides the value, its lines and its usual encodings,
// wherever text leaves slipway: a [Writer] in a stream, [Conceal] in a value,
// [Mask.Sink] in events. Values shorter than four bytes are refused: hiding
// them would black out half of every log, and guessing them takes no log.
//
// What a step registered may hold a secret and must outlive the process:
// [Vault.Refer] journals where the secret is instead of what it is.
package secret

import (
	"fmt"
	"path/filepath"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Source says where a secret is. Exactly one of Env, File and Command is set.
type Source struct {
	Name    string   // as declared; of an image's secret, by which its Dockerfile asks for it
	Env     string   // the environment variable that holds it
	File    string   // the file that does
	Command []string // the program that prints it, and its arguments
	Dir     string   // a relative File starts here, a Command runs here
	Pos     diag.Pos // where it is declared
}

// declared is a source as written.
type declared struct {
	Env     string   `yaml:"env"`
	File    string   `yaml:"file"`
	Command []string `yaml:"command,program"`
}

// Read reads a `secrets:` mapping, in its order. dir is the folder of the file
// that it stands in. All mistakes are told.
func Read(n document.Node, dir string) ([]Source, diag.List) {
	var raw map[string]declared
	found := document.Decode(n, &raw)
	readable := found == nil
	var out []Source
	for _, e := range n.Entries() {
		name := e.Key.Text()
		d := raw[name]
		s := Source{Name: name, Env: d.Env, File: d.File, Command: d.Command, Dir: dir, Pos: e.Key.Pos()}
		if readable {
			found.Add(s.check()...)
		}
		out = append(out, s)
	}
	return out, found
}

// check wants one way to the value.
func (s Source) check() diag.List {
	if s.ways() == 1 {
		return nil
	}
	return diag.List{diag.Errorf("bad-secret", s.Pos, "the secret %q needs exactly one of env, file and command", s.Name).
		WithFix("write %s: { env: NAME }", s.Name)}
}

// ways counts how the value could be come by.
func (s Source) ways() int {
	ways := 0
	for _, set := range []bool{s.Env != "", s.File != "", len(s.Command) > 0} {
		if set {
			ways++
		}
	}
	return ways
}

// path is where the file of s is.
func (s Source) path() string {
	if filepath.IsAbs(s.File) {
		return s.File
	}
	return filepath.Join(s.Dir, s.File)
}

// key tells one provider from another, whatever names it is declared under.
func (s Source) key() string {
	switch {
	case s.Env != "":
		return "env " + s.Env
	case s.File != "":
		return "file " + s.path()
	default:
		return fmt.Sprintf("command %q in %s", s.Command, s.Dir)
	}
}
