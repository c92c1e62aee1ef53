package app

import (
	"context"
	"path/filepath"

	"github.com/slipway-build/slipway/core/secret"
	"github.com/slipway-build/slipway/core/vars"
)

// Vault returns the project's secrets, those that its configuration declares.
// None is read yet.
func (a *App) Vault() (*secret.Vault, error) {
	return a.parts.vault.get(func() (*secret.Vault, error) {
		settings, err := a.Config()
		if err != nil {
			return nil, err
		}
		sources, found := secret.Read(settings.Section("secrets"), filepath.Dir(settings.File))
		return secret.NewVault(&a.mask, a.environ, sources), found.Err()
	})
}

// asked are the secrets of a vault as templates, which know no context, ask
// for them.
type asked struct {
	*secret.Vault
	read func(name string) (string, error)
}

// Secret returns a secret by name.
func (s asked) Secret(name string) (string, error) { return s.read(name) }

// Secrets returns the project's secrets for templates. They are read as long as
// ctx lives.
func (a *App) Secrets(ctx context.Context) (vars.Secrets, error) {
	vault, err := a.Vault()
	if err != nil {
		return nil, err
	}
	return asked{vault, func(name string) (string, error) { return vault.Text(ctx, name) }}, nil
}

// UnreadSecrets returns the project's secrets for who only looks at templates:
// each is what it would be shown as.
func (a *App) UnreadSecrets() (vars.Secrets, error) {
	vault, err := a.Vault()
	if err != nil {
		return nil, err
	}
	return asked{vault, func(string) (string, error) { return secret.Masked, nil }}, nil
}
