package cli

import "github.com/spf13/cobra"

// about is what `slipway --help` says first. The exit codes stand here because
// scripts are written with this page open.
const about = `Build, test and launch families of container images.

Exit codes: 0 done; 2 an image failed or was blocked; 3 the gate refused;
4 a registry or runtime did not answer; 5 the command line is wrong; 6 the
input is wrong and nothing ran; 99 interrupted; 1 anything unexpected.`

// usage is cobra's page at 80 columns, for a terminal of any width, with one
// line of usage for a command that holds others.
const usage = `Usage:
  {{if .HasAvailableSubCommands}}{{.CommandPath}} COMMAND{{else}}{{.UseLine}}{{end}}{{if .HasExample}}

Examples:
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}{{range $g := .Groups}}

{{$g.Title}}{{range $.Commands}}{{if and (eq .GroupID $g.ID) .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if not .AllChildCommandsHaveGroup}}

{{if .Groups}}Other:{{else}}Commands:{{end}}{{range .Commands}}{{if and (eq .GroupID "") .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsagesWrapped 80 | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableSubCommands}}

"{{.CommandPath}} COMMAND --help" tells more about a command.{{end}}
`

// groups order the commands of the first page by what they are for. A command
// that is in none stands under "Other".
func groups() []struct {
	title    string
	commands []string
} {
	return []struct {
		title    string
		commands []string
	}{
		{"Run:", []string{"run", "resume", "build", "push", "smoke", "promote", "rollback", "hold", "unhold"}},
		{"Look:", []string{"plan", "why", "outdated", "bases", "lint", "inventory", "inspect", "vars", "doc", "steps", "runs", "logs", "history", "verify"}},
		{"Set up:", []string{"init", "config", "schema", "doctor", "registry", "plugin", "prune"}},
	}
}

// helpful gives the commands of root their page.
func helpful(root *cobra.Command) {
	root.SetUsageTemplate(usage)
	for _, g := range groups() {
		group := &cobra.Group{ID: g.title, Title: g.title}
		for _, name := range g.commands {
			if c, _, err := root.Find([]string{name}); err == nil && c != root {
				c.GroupID = group.ID
				if !root.ContainsGroup(group.ID) {
					root.AddGroup(group)
				}
			}
		}
	}
}
