package lint

// Rules returns every rule, in the order in which docs/lint.md tells of them:
// what a run does, how it is written, what images stand on, the layout.
func Rules() []Rule {
	return []Rule{
		named(), ignoredErrors(), alwaysChanged(), loggedPassword(), decimalMode(), unreachableTask(), promoteUnproved(),
		literalCompare(), defaultTrue(), jinjaStatement(), rawTag(), hostsAlias(), unusedVariable(),
		latestBase(), unpinnedBase(), unpinnedArchive(), unprovedImage(),
		keyOrder(), trailingSpace(), finalNewline(), uselessIgnore(),
	}
}
