package config

import (
	"fmt"
	"strings"
)

// page is docs/settings.md.
func page(rows []row) string {
	var b strings.Builder
	b.WriteString(strings.TrimLeft(`
# Settings

Written by `+"`slipway config list --format markdown`"+`; change core/config/table.go, not this page.

One file is read, the first of: what `+"`$SLIPWAY_CONFIG`"+` names; the nearest `+"`slipway.yml`"+` upward from the working directory
(its folder is the project's root; one to which everybody may write is passed over with a warning, for the file names programs);
`+"`~/.slipway.yml`"+`; `+"`/etc/slipway/slipway.yml`"+`. Files are not merged. A variable of the environment wins over the file, a flag over
both, each setting by itself. A key that is no setting is an error.

Paths in the file begin at its folder. `+"`slipway config dump --only-changed`"+` shows what is set, and where.

| setting | takes | default | variable | flag | what it is |
|---|---|---|---|---|---|
`, "\n"))
	for _, r := range rows {
		kind := r.Kind
		if r.Among != nil {
			kind = strings.Join(r.Among, ", ")
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", code(r.Name), kind, code(r.Default), code(r.Variable), code(r.Flag), r.Doc)
	}
	b.WriteString("\nThree more keys of the file are told of elsewhere: `builders` ([playbooks](playbooks.md#builders)), `plugins`, with `slipway plugin`, and `secrets`.\n")
	return b.String()
}

// code is a word of the computer's; none stays none.
func code(word string) string {
	if word == "" {
		return ""
	}
	return "`" + word + "`"
}
