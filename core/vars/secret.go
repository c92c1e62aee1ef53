package vars

import (
	"slices"
	"text/template/parse"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// Secrets are what `secret "NAME"` in a template gives the value of.
type Secrets interface {
	// Secret returns a value by name, and hides it wherever it is shown.
	Secret(name string) (string, error)
	// Names returns the names there are.
	Names() []string
}

// buildSecret is what is wrong with a secret where a template feeds a build:
// what a build is given stands in the image for everybody to read.
const (
	buildSecret = "a secret may not become part of an image"
	buildAdvice = "name it under secrets: in image.yml; RUN --mount=type=secret reads it and leaves nothing"
)

// secret reads a secret. Without secrets, as where a template feeds a build,
// it refuses.
func (d Data) secret(name string) (string, error) {
	if d.Secrets == nil {
		return "", diag.Errorf("build-secret", diag.Pos{}, "%s", buildSecret).WithFix("%s", buildAdvice)
	}
	return d.Secrets.Secret(name)
}

// A secretUse is a call of `secret` with a name that is written out.
type secretUse struct {
	name     string
	from, to int // into the source
}

// secretUse notes what a call names, so that it can be checked before the run.
func (c *compiled) secretUse(call *parse.CommandNode) {
	if functionName(call) != "secret" || len(call.Args) < 2 {
		return
	}
	if s, ok := call.Args[1].(*parse.StringNode); ok {
		c.secrets = append(c.secrets, secretUse{s.Text, int(s.Pos), int(s.Pos) + len(s.Quoted)})
	}
}

// checkSecrets tells of secrets that there are not, or that may not be used
// here at all.
func (d Data) checkSecrets(c *compiled, n document.Node) diag.List {
	var found diag.List
	for _, use := range c.secrets {
		at := c.place(n, use.from, use.to)
		switch {
		case d.Secrets == nil:
			found.Add(diag.Errorf("build-secret", at, "%s", buildSecret).WithFix("%s", buildAdvice))
		case !slices.Contains(d.Secrets.Names(), use.name):
			found.Add(d.noSecret(use.name, at))
		}
	}
	return found
}

func (d Data) noSecret(name string, at diag.Pos) diag.Diagnostic {
	u := diag.Errorf("no-secret", at, "there is no secret %q", name)
	if hint := diag.Suggest(name, d.Secrets.Names()); hint != "" {
		return u.WithFix("%s", hint)
	}
	return u.WithFix("declare it in slipway.yml: secrets: { %s: { env: NAME } }", name)
}
