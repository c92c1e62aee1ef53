package config

// Settings returns every setting there is, in the order of their names. Those
// with a default of "" are worked out by whoever reads them, as their text says.
func Settings() []Setting {
	return []Setting{
		{Name: "allow_empty", Kind: Truth, Default: "false", Flag: "allow-empty", Doc: "patterns that match nothing are no mistake"},
		{Name: "color", Kind: Text, Among: []string{"auto", "always", "never"}, Default: "auto", Flag: "color", Doc: "paint the output; auto: on a terminal, unless NO_COLOR is set"},
		{Name: "diff", Kind: Truth, Default: "false", Flag: "diff", Doc: "show what steps change, as unified diffs"},
		{Name: "fail_fast", Kind: Truth, Default: "false", Flag: "fail-fast", Doc: "stop a run at its first failure"},
		{Name: "force_handlers", Kind: Truth, Default: "false", Flag: "force-handlers", Doc: "run notified handlers for failed images, too"},
		{Name: "forks", Kind: Number, Default: "0", Flag: "forks", Doc: "steps under way at once; 0: twice the processors"},
		{Name: "format", Kind: Text, Among: []string{"text", "json", "yaml", "jsonl", "minimal", "oneline", "sarif", "github"}, Default: "", Flag: "format", Doc: "how commands that know the word answer; empty: text"},
		{Name: "gate.min_scenarios", Kind: Number, Default: "0", Doc: "scenarios that must have passed for any image, whatever its image.yml says"},
		{Name: "gate.trust", Kind: Text, Among: []string{"registry"}, Default: "registry", Doc: "whose evidence counts; registry: that of everyone who may write the repository"},
		{Name: "heartbeat", Kind: Number, Default: "30", Doc: "seconds of silence after which a step is said to be under way; 0: never"},
		{Name: "inventory", Kind: Paths, Default: "", Flag: "inventory", Doc: "the inventory; empty: inventory/ of the project, else the project"},
		{Name: "isolation", Kind: Text, Among: []string{"chroot", "oci"}, Default: "chroot", Doc: "how RUN steps are kept apart where image.yml does not say"},
		{Name: "lint.error", Kind: List, Default: "", Doc: "rules of lint that are errors"},
		{Name: "lint.skip", Kind: List, Default: "", Flag: "skip", Doc: "rules of lint that are off"},
		{Name: "lint.warn", Kind: List, Default: "", Flag: "warn", Doc: "rules of lint that are warnings"},
		{Name: "locked", Kind: Truth, Default: "false", Flag: "locked", Doc: "use plugins as slipway.lock names them"},
		{Name: "offline", Kind: Truth, Default: "false", Flag: "offline", Doc: "ask no registry but the embedded one"},
		{Name: "roles_path", Kind: Paths, Default: "", Doc: "folders with roles, after roles/ beside the playbook"},
		{Name: "stall_timeout", Kind: Text, Default: "0s", Flag: "stall-timeout", Doc: "end a build whose strategy gave no sign of life for this long; 0s: never"},
		{Name: "storage.root", Kind: Path, Default: "", Flag: "root", Doc: "the container storage; empty: $XDG_DATA_HOME/slipway/storage"},
		{Name: "storage.runroot", Kind: Path, Default: "", Flag: "runroot", Doc: "its runtime state; empty: below $XDG_RUNTIME_DIR"},
		{Name: "strict", Kind: Truth, Default: "false", Flag: "strict", Doc: "take every warning that is told before a run for an error"},
		{Name: "verbosity", Kind: Number, Default: "0", Flag: "verbose", Doc: "how much a run tells, 0 to 4: see slipway run --help"},
	}
}

// Sections returns the parts of the file that others read, whole.
func Sections() []string { return []string{"builders", "plugins", "secrets"} }
