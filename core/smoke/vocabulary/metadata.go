package vocabulary

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/world"
)

func environment() []step.Definition {
	return []step.Definition{
		{
			Pattern: `the image env {string} equals {string}`, Keyword: step.Then, Run: envEquals,
			Example: `the image env "JAVA_HOME" equals "/usr/lib/jvm/jre"`,
			Doc:     "The environment variable is set in the image to exactly this.",
		},
		{
			Pattern: `the image env {string} contains {string}`, Keyword: step.Then, Run: envContains,
			Example: `the image env "PATH" contains "/usr/lib/jvm/jre/bin"`,
			Doc:     "The environment variable is set in the image and has this in it.",
		},
		{
			Pattern: `the image does not define the env {string}`, Keyword: step.Then, Run: envUndefined,
			Example: `the image does not define the env "HTTP_PROXY"`,
			Doc:     "The image does not set the environment variable.",
		},
	}
}

func process() []step.Definition {
	return []step.Definition{
		{
			Pattern: `the image entrypoint is {array}`, Keyword: step.Then, Run: entrypointIs,
			Example: `the image entrypoint is ["/usr/bin/entry.sh"]`,
			Doc:     "The entrypoint is this, word by word; [] is none.",
		},
		{
			Pattern: `the image command is {array}`, Keyword: step.Then, Run: commandIs,
			Example: `the image command is ["java", "-jar", "/app.jar"]`,
			Doc:     "The command is this, word by word; [] is none.",
		},
		{
			Pattern: `the image working directory is {path}`, Keyword: step.Then, Run: workingDirectoryIs,
			Example: `the image working directory is "/deployments"`,
			Doc:     "The working directory is this; an image that sets none has /.",
		},
		{
			Pattern: `the image user is {string}`, Keyword: step.Then, Run: userIs,
			Example: `the image user is "185:0"`,
			Doc:     "The user is written in the image exactly so; an image that sets none has root.",
		},
		{
			Pattern: `the image stop signal is {string}`, Keyword: step.Then, Run: stopSignalIs,
			Example: `the image stop signal is "SIGQUIT"`,
			Doc:     "The stop signal is this; an image that sets none has SIGTERM.",
		},
		{
			Pattern: `the image has a healthcheck`, Keyword: step.Then, Run: hasHealthcheck,
			Example: `the image has a healthcheck`,
			Doc:     "The image says how its health is checked, and the check is not disabled.",
		},
	}
}

func envOf(w *world.World, name string) (string, error) {
	for _, variable := range w.Subject().Config.Config.Env {
		if key, value, _ := strings.Cut(variable, "="); key == name {
			return value, nil
		}
	}
	return "", world.Mismatchf("the image does not define the env %q", name)
}

func envEquals(_ context.Context, w *world.World, args step.Args) error {
	value, err := envOf(w, args.String(0))
	if err != nil {
		return err
	}
	return equal("the image env "+args.String(0), value, args.String(1))
}

func envContains(_ context.Context, w *world.World, args step.Args) error {
	value, err := envOf(w, args.String(0))
	if err != nil {
		return err
	}
	return contains("the image env "+args.String(0), value, args.String(1))
}

func envUndefined(_ context.Context, w *world.World, args step.Args) error {
	if _, err := envOf(w, args.String(0)); err == nil {
		return world.Mismatchf("the image defines the env %q", args.String(0))
	}
	return nil
}

func sameWords(what string, got, want []string) error {
	if !slices.Equal(got, want) {
		return world.Mismatchf("%s is %q, want %q", what, got, want)
	}
	return nil
}

func entrypointIs(_ context.Context, w *world.World, args step.Args) error {
	return sameWords("the image entrypoint", w.Subject().Config.Config.Entrypoint, args.Words(0))
}

func commandIs(_ context.Context, w *world.World, args step.Args) error {
	return sameWords("the image command", w.Subject().Config.Config.Cmd, args.Words(0))
}

func or(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}

func workingDirectoryIs(_ context.Context, w *world.World, args step.Args) error {
	return equal("the image working directory", or(w.Subject().Config.Config.WorkingDir, "/"), args.String(0))
}

func userIs(_ context.Context, w *world.World, args step.Args) error {
	return equal("the image user", or(w.Subject().Config.Config.User, "root"), args.String(0))
}

func stopSignalIs(_ context.Context, w *world.World, args step.Args) error {
	return equal("the image stop signal", or(w.Subject().Config.Config.StopSignal, "SIGTERM"), args.String(0))
}

// hasHealthcheck reads the configuration as stored: OCI's type lacks the field.
func hasHealthcheck(_ context.Context, w *world.World, _ step.Args) error {
	const path = "config.Healthcheck.Test.0"
	kind, err := jsonPath("the image configuration", w.Subject().RawConfig, path)
	if err != nil || kind == "NONE" || kind == "" {
		return world.Mismatchf("the image has no healthcheck")
	}
	return nil
}

func metadata() []step.Definition {
	return []step.Definition{
		{
			Pattern: `the image under test`, Keyword: step.Given, Run: subjectKnown,
			Example: `the image under test`,
			Doc:     "Says what the scenario is about. The image is the digest that was pushed, whatever its tags are now.",
		},
		{
			Pattern: `the image architecture is {string}`, Keyword: step.Then, Run: architectureIs,
			Example: `the image architecture is "arm64"`,
			Doc:     "The configuration names this architecture.",
		},
		{
			Pattern: `the image supports the platforms {string}`, Keyword: step.Then, Run: supportsPlatforms,
			Example: `the image supports the platforms "linux/amd64,linux/arm64"`,
			Doc:     "The pushed digest has an image for each platform of the list; it may have others.",
		},
		{
			Pattern: `the image has at most {count} layers`, Keyword: step.Then, Run: layersAtMost,
			Example: `the image has at most 12 layers`,
			Doc:     "Counts the layers of the manifest, not the lines of its history.",
		},
		{
			Pattern: `the image compressed size is below {size}`, Keyword: step.Then, Run: sizeBelow,
			Example: `the image compressed size is below "150MB"`,
			Doc:     "Adds up the layers as the registry stores them.",
		},
		{
			Pattern: `the image config JSON path {string} equals {string}`, Keyword: step.Then, Run: configPathEquals,
			Example: `the image config JSON path "config.Labels.vendor" equals "ACME"`,
			Doc:     `Looks into the image configuration as stored; \. is a dot in a name.`,
		},
	}
}

func subjectKnown(_ context.Context, w *world.World, _ step.Args) error {
	if w.Subject() == nil {
		return fmt.Errorf("there is no image under test")
	}
	return nil
}

func architectureIs(_ context.Context, w *world.World, args step.Args) error {
	return equal("the image architecture", w.Subject().Config.Architecture, args.String(0))
}

func supportsPlatforms(_ context.Context, w *world.World, args step.Args) error {
	for platform := range strings.SplitSeq(args.String(0), ",") {
		if platform = strings.TrimSpace(platform); !slices.Contains(w.Subject().Platforms, platform) {
			return world.Mismatchf("the image has no platform %s: it has %s", platform, strings.Join(w.Subject().Platforms, ", "))
		}
	}
	return nil
}

func layersAtMost(_ context.Context, w *world.World, args step.Args) error {
	if got := w.Subject().Layers; got > args.Int(0) {
		return world.Mismatchf("the image has %d layers, want at most %d", got, args.Int(0))
	}
	return nil
}

func sizeBelow(_ context.Context, w *world.World, args step.Args) error {
	if got := w.Subject().Size; got >= args.Size(0) {
		return world.Mismatchf("the image has %d bytes, want less than %d", got, args.Size(0))
	}
	return nil
}

func configPathEquals(_ context.Context, w *world.World, args step.Args) error {
	return jsonPathEquals("the image configuration", w.Subject().RawConfig, args.String(0), args.String(1))
}
