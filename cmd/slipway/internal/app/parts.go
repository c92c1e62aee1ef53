package app

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/slipway-build/slipway/core/builder"
	"github.com/slipway-build/slipway/core/buildkey"
	"github.com/slipway-build/slipway/core/catalog"
	"github.com/slipway-build/slipway/core/config"
	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/core/ledger"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/registry/embedded"
	"github.com/slipway-build/slipway/core/secret"
)

// parts are what an App has opened.
type parts struct {
	config   opened[*config.Config]
	registry opened[*registry.Client]
	store    opened[*container.Store]
	ledger   opened[*ledger.Ledger]
	catalog  opened[*catalog.Catalog]
	plugins  opened[catalog.Plugins]
	memo     opened[*buildkey.Memo]
	answers  opened[*catalog.Answers]
	vault    opened[*secret.Vault]
	builders opened[*builder.Builders]
}

// An opened value is opened at most once.
type opened[T any] struct {
	once  sync.Once
	value T
	err   error
}

func (o *opened[T]) get(open func() (T, error)) (T, error) {
	o.once.Do(func() { o.value, o.err = open() })
	return o.value, o.err
}

// Registry returns the client of all registries. When the site keeps its
// images in the embedded registry, that is started and stands for "localhost".
func (a *App) Registry(ctx context.Context, embed bool) (*registry.Client, error) {
	return a.parts.registry.get(func() (*registry.Client, error) {
		o := registry.Options{
			AuthFile: a.Getenv("REGISTRY_AUTH_FILE"), RegistriesConf: a.Getenv("CONTAINERS_REGISTRIES_CONF"),
			UserAgent: "slipway/" + Version, Offline: a.Flags.Offline,
		}
		if embed {
			server, err := a.embedded(ctx)
			if err != nil {
				return nil, err
			}
			o.Aliases = map[string]string{"localhost": server.Addr()}
		}
		return registry.New(o), nil
	})
}

// embedded starts the project's own registry for as long as the App lives.
func (a *App) embedded(ctx context.Context) (*embedded.Server, error) {
	dir, err := a.State("registry")
	if err != nil {
		return nil, err
	}
	server, err := embedded.Start(ctx, embedded.Options{Dir: dir})
	if err != nil {
		return nil, fmt.Errorf("starting the embedded registry in %s: %w", dir, err)
	}
	a.CloseLater(func() error { return server.Close(context.WithoutCancel(ctx)) })
	return server, nil
}

// Store returns the container storage, opened.
func (a *App) Store() (*container.Store, error) {
	return a.parts.store.get(func() (*container.Store, error) {
		o, err := a.storeOptions()
		if err != nil {
			return nil, err
		}
		store, err := container.Open(o)
		if err != nil {
			return nil, fmt.Errorf("opening the container storage in %s: %w", o.Root, err)
		}
		a.CloseLater(store.Close)
		return store, nil
	})
}

// Glance looks into the container storage as it is now, and opens nothing.
func (a *App) Glance() (*container.Glance, error) {
	o, err := a.storeOptions()
	if err != nil {
		return nil, err
	}
	return container.LookAt(o)
}

func (a *App) storeOptions() (container.Options, error) {
	o := container.Options{Root: a.Flags.Root, RunRoot: a.Flags.RunRoot, Driver: a.Getenv("STORAGE_DRIVER")}
	if o.Root == "" {
		home, err := a.dataHome()
		if err != nil {
			return o, err
		}
		o.Root = filepath.Join(home, "storage")
	}
	if o.RunRoot == "" {
		o.RunRoot = a.runRoot(o.Root)
	}
	var err error
	if o.Root, err = filepath.Abs(o.Root); err != nil {
		return o, err
	}
	o.RunRoot, err = filepath.Abs(o.RunRoot)
	return o, err
}

// runRoot is where the state of mounts is: in memory when the session has such
// a place and the storage is the default one, else beside the storage, so that
// two storages never share it.
func (a *App) runRoot(root string) string {
	if dir := a.Getenv("XDG_RUNTIME_DIR"); a.Flags.Root == "" && filepath.IsAbs(dir) {
		return filepath.Join(dir, "slipway", "storage")
	}
	return filepath.Join(root, "run")
}

// Ledger returns the project's journal.
func (a *App) Ledger() (*ledger.Ledger, error) {
	return a.parts.ledger.get(func() (*ledger.Ledger, error) {
		dir, err := a.State()
		if err != nil {
			return nil, err
		}
		return ledger.Open(dir)
	})
}

// Builders returns the builders that slipway.yml names, and those that are
// always there.
func (a *App) Builders() (*builder.Builders, error) {
	return a.parts.builders.get(func() (*builder.Builders, error) {
		settings, err := a.Config()
		if err != nil {
			return nil, err
		}
		all, found := builder.Read(settings.Section("builders"))
		return all, found.Err()
	})
}

// Memo returns the memory of file hashes.
func (a *App) Memo() (*buildkey.Memo, error) {
	return a.parts.memo.get(func() (*buildkey.Memo, error) {
		path, err := a.Cache(FileHashes)
		if err != nil {
			return nil, err
		}
		memo, err := buildkey.OpenMemo(path)
		if err != nil {
			return nil, err
		}
		a.rememberLater(memo.Save)
		return memo, nil
	})
}

// answers returns the memory of what strategies said, nil where it cannot be
// read: then they are asked.
func (a *App) answers() *catalog.Answers {
	answers, err := a.parts.answers.get(func() (*catalog.Answers, error) {
		memo, err := a.Memo()
		if err != nil {
			return nil, err
		}
		path, err := a.Cache(Answers)
		if err != nil {
			return nil, err
		}
		answers, err := catalog.OpenAnswers(path, memo)
		if err == nil {
			a.rememberLater(answers.Save)
		}
		return answers, err
	})
	if err != nil {
		return nil
	}
	return answers
}
