package inventory

import "github.com/slipway-build/slipway/sdk/diag"

// A Secret says where a value is that a build may use and must not keep, as in
// RUN --mount=type=secret,id=…. It is read when the build begins, is no part
// of the build key, and is written down nowhere.
type Secret struct {
	ID   string   // by which the Dockerfile asks for it
	Env  string   // the environment variable that holds it, or
	File string   // the file that does; relative to the image's folder
	Pos  diag.Pos // where image.yml names it
}

// aSecret is a secret as written.
type aSecret struct {
	Env  string `yaml:"env"`
	File string `yaml:"file"`
}

// secrets reads `secrets:` of image.yml.
func (l *loader) secrets(image *Image) {
	for _, e := range image.root.Get("secrets").Entries() {
		w := image.file.Secrets[e.Key.Text()]
		if (w.Env == "") == (w.File == "") {
			l.found.Add(diag.Errorf("bad-secret", e.Key.Pos(), "the secret %q needs either env or file", e.Key.Text()).
				WithFix("write %s: { env: NAME }", e.Key.Text()))
		}
		image.Secrets = append(image.Secrets, Secret{ID: e.Key.Text(), Env: w.Env, File: w.File, Pos: e.Key.Pos()})
	}
}
