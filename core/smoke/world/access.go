package world

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// The main container is the one that steps mean when they name none.
const mainContainer = ""

// Run runs one command in a container of its own and remembers its result.
func (w *World) Run(ctx context.Context, spec RunSpec) (*Result, error) {
	if w.parts.Runtime == nil {
		return nil, errors.New("there is no container runtime to run the image with")
	}
	w.touch(spec.Image)
	result, err := w.parts.Runtime.Run(ctx, spec)
	if err != nil {
		return nil, fmt.Errorf("running %s: %w", strings.Join(spec.Command, " "), err)
	}
	w.result = &result
	return w.result, nil
}

// Start starts a container that is stopped when the scenario is over. The
// empty name is the container that steps mean when they name none.
func (w *World) Start(ctx context.Context, name string, spec RunSpec) (Container, error) {
	if w.parts.Runtime == nil {
		return nil, errors.New("there is no container runtime to start the image with")
	}
	if _, taken := w.containers[name]; taken {
		return nil, fmt.Errorf("%s is running already", describe(name))
	}
	w.touch(spec.Image)
	c, err := w.parts.Runtime.Start(ctx, spec)
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", describe(name), err)
	}
	w.containers[name] = c
	stop := func(ctx context.Context) error { return c.Stop(ctx, 0) }
	if err := w.OnCleanup(ctx, describe(name), stop); err != nil {
		return nil, err
	}
	return c, nil
}

// touch remembers that the image under test is used when image, the image of a
// container, is empty.
func (w *World) touch(image string) {
	if image == "" {
		w.used.Store(true)
	}
}

// Container returns the started container of that name.
func (w *World) Container(name string) (Container, error) {
	c, ok := w.containers[name]
	if !ok {
		return nil, fmt.Errorf("%s was not started; say \"Given a running container\" first", describe(name))
	}
	return c, nil
}

func describe(name string) string {
	if name == mainContainer {
		return "the container"
	}
	return fmt.Sprintf("the container %q", name)
}

// Deployment returns the deployment under test.
func (w *World) Deployment() (Deployment, error) {
	if w.parts.Deployment == nil {
		return nil, errors.New("there is no deployment under test")
	}
	return w.parts.Deployment, nil
}

// Services returns the replicas of a service of the deployment, of all
// services when the name is empty. An unknown service is an error. The image
// under test counts as used when one of them runs it.
func (w *World) Services(ctx context.Context, name string) ([]ServiceState, error) {
	d, err := w.Deployment()
	if err != nil {
		return nil, err
	}
	all, err := d.Services(ctx)
	if err != nil {
		return nil, fmt.Errorf("asking for the services: %w", err)
	}
	var out []ServiceState
	for _, s := range all {
		if name != "" && s.Name != name {
			continue
		}
		out = append(out, s)
		if w.parts.Subject != nil && s.ImageID == w.parts.Subject.ImageID {
			w.used.Store(true)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("the deployment has no service %q", name)
	}
	return out, nil
}

// Result returns what the last command answered.
func (w *World) Result() (*Result, error) {
	if w.result == nil {
		return nil, errors.New(`no command was run; say "When I run" first`)
	}
	return w.result, nil
}

// SetResult remembers what a command answered.
func (w *World) SetResult(r *Result) { w.result = r }

// Exchange returns the last HTTP request and the response to it.
func (w *World) Exchange() (*Exchange, error) {
	if w.exchange == nil {
		return nil, errors.New(`no request was sent; say "When I GET" first`)
	}
	return w.exchange, nil
}

// SetExchange remembers an HTTP exchange.
func (w *World) SetExchange(e *Exchange) { w.exchange = e }

// Remember gives a value a name that later arguments may use as a template.
func (w *World) Remember(name, value string) { w.remembered[name] = value }

// recall replaces "{{ .name }}" of every remembered name; what the scenario
// learnt is not known to whoever expands the image's variables.
func (w *World) recall(text string) string {
	for name, value := range w.remembered {
		for _, form := range []string{"{{ ." + name + " }}", "{{." + name + "}}"} {
			text = strings.ReplaceAll(text, form, value)
		}
	}
	return text
}
