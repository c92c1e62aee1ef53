package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/slipway-build/slipway/cmd/slipway/internal/app"
	"github.com/slipway-build/slipway/sdk/diag"
)

// wrongFlag is the error of a flag that a command does not have, or that has no
// value that it can use.
func wrongFlag(cmd *cobra.Command, err error) error {
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		if hint := flagHint(cmd, unknown.GetSpecifiedName()); hint != "" {
			err = fmt.Errorf("%w; %s", err, hint)
		}
	}
	return &app.UsageError{Err: err, Command: cmd.CommandPath()}
}

// flagHint says what to write instead: for a flag of ansible-playbook what it is
// called here, for another the nearest.
func flagHint(cmd *cobra.Command, name string) string {
	switch {
	case strings.HasPrefix(name, "become"), name == "b", name == "K", name == "ask-become-pass":
		return "nothing needs another user"
	case strings.Contains(name, "vault"), name == "J":
		return `secrets are declared in slipway.yml, and read with secret "NAME"`
	case strings.HasPrefix(name, "ssh-"), strings.HasPrefix(name, "scp-"), strings.HasPrefix(name, "sftp-"):
		return "nothing is connected to"
	}
	switch name {
	case "u", "user", "k", "ask-pass", "c", "connection", "private-key", "key-file", "T", "connection-password-file":
		return "nothing is connected to"
	case "M", "module-path":
		return "actions are built in; what builds images is added with slipway plugin install"
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if hint := diag.Suggest(name, names); len(name) > 1 && hint != "" {
		return hint
	}
	return ""
}
