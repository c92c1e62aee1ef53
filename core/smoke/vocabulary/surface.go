package vocabulary

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-build/slipway/core/smoke/step"
	"github.com/slipway-build/slipway/core/smoke/world"
)

func surface() []step.Definition {
	return []step.Definition{
		{
			Pattern: `the image exposes port {port}/{protocol}`, Keyword: step.Then, Run: exposes,
			Example: `the image exposes port 8080/tcp`,
			Doc:     "The image declares the port.",
		},
		{
			Pattern: `the image does not expose port {port}/{protocol}`, Keyword: step.Then, Run: exposesNot,
			Example: `the image does not expose port 22/tcp`,
			Doc:     "The image does not declare the port.",
		},
		{
			Pattern: `the image declares the volume {path}`, Keyword: step.Then, Run: declaresVolume,
			Example: `the image declares the volume "/data"`,
			Doc:     "The image declares the volume.",
		},
	}
}

func exposed(w *world.World, args step.Args) bool {
	declared := w.Subject().Config.Config.ExposedPorts
	port, protocol := strconv.Itoa(args.Int(0)), args.String(1)
	_, full := declared[port+"/"+protocol]
	_, bare := declared[port] // means tcp
	return full || bare && protocol == "tcp"
}

func exposes(_ context.Context, w *world.World, args step.Args) error {
	if !exposed(w, args) {
		ports := slices.Sorted(maps.Keys(w.Subject().Config.Config.ExposedPorts))
		return world.Mismatchf("the image does not expose port %d/%s: it exposes %q", args.Int(0), args.String(1), ports)
	}
	return nil
}

func exposesNot(_ context.Context, w *world.World, args step.Args) error {
	if exposed(w, args) {
		return world.Mismatchf("the image exposes port %d/%s", args.Int(0), args.String(1))
	}
	return nil
}

func declaresVolume(_ context.Context, w *world.World, args step.Args) error {
	if _, ok := w.Subject().Config.Config.Volumes[args.String(0)]; !ok {
		return world.Mismatchf("the image does not declare the volume %s", args.String(0))
	}
	return nil
}

func hygiene() []step.Definition {
	return []step.Definition{
		{
			Pattern: `the image user is not root`, Keyword: step.Then, Run: userNotRoot,
			Example: `the image user is not root`,
			Doc:     "The image sets a user, and it is neither root nor 0.",
		},
		{
			Pattern: `the image user is numeric`, Keyword: step.Then, Run: userNumeric,
			Example: `the image user is numeric`,
			Doc:     "The image sets a user by number, so that a cluster can tell that it is not root.",
		},
		{
			Pattern: `the image has no setuid or setgid files`, Keyword: step.Then, Run: noSetID,
			Example: `the image has no setuid or setgid files`,
			Doc:     "No file of the image runs as somebody else.",
		},
		{
			Pattern: `the image has no secrets in environment or labels`, Keyword: step.Then, Run: noSecrets,
			Example: `the image has no secrets in environment or labels`,
			Doc:     "No environment variable or label is named like a password, token, secret or private key and has a value. Values are never shown.",
		},
	}
}

// userName returns the user without the group.
func userName(w *world.World) string {
	name, _, _ := strings.Cut(w.Subject().Config.Config.User, ":")
	return or(name, "root")
}

func userNotRoot(_ context.Context, w *world.World, _ step.Args) error {
	name := userName(w)
	if number, err := strconv.Atoi(name); name == "root" || err == nil && number == 0 {
		return world.Mismatchf("the image user is root")
	}
	return nil
}

func userNumeric(_ context.Context, w *world.World, _ step.Args) error {
	if _, err := strconv.ParseUint(userName(w), 10, 32); err != nil {
		return world.Mismatchf("the image user is %q, not a number", userName(w))
	}
	return nil
}

func noSetID(ctx context.Context, w *world.World, _ step.Args) error {
	return noneUnder(ctx, w, "/", "is setuid or setgid", func(info fs.FileInfo) bool {
		return info.Mode().IsRegular() && info.Mode()&(fs.ModeSetuid|fs.ModeSetgid) != 0
	})
}

func noSecrets(_ context.Context, w *world.World, _ step.Args) error {
	secret := regexp.MustCompile(`(?i)(password|passwd|secret|private[_-]?key|api[_-]?key|access[_-]?key|token)$`)
	var found []string
	for _, variable := range w.Subject().Config.Config.Env {
		if name, value, _ := strings.Cut(variable, "="); value != "" && secret.MatchString(name) {
			found = append(found, fmt.Sprintf("the env %q", name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(w.Subject().Config.Config.Labels)) {
		if secret.MatchString(name) && w.Subject().Config.Config.Labels[name] != "" {
			found = append(found, fmt.Sprintf("the label %q", name))
		}
	}
	if len(found) > 0 {
		return world.Mismatchf("the image has what looks like secrets: %s", strings.Join(found, ", "))
	}
	return nil
}
