package secret

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/sdk/diag"
)

// referenceKey is the only key of a mapping that stands for a text with
// secrets in it: a list of what the text is made of.
const referenceKey = "$secret"

// A part is a piece of a text: as it is, or where it is kept.
type part struct {
	Text    string         `json:"text,omitempty"`
	Env     string         `json:"env,omitempty"`
	File    string         `json:"file,omitempty"` // absolute
	Command []string       `json:"command,omitempty"`
	Dir     string         `json:"dir,omitempty"`     // where the command runs
	Form    string         `json:"form,omitempty"`    // of the value: "text base64", "line 2"
	Literal map[string]any `json:"literal,omitempty"` // no reference, though it looks like one
}

// Refer returns a value as it may be journaled: nil, texts, booleans, numbers,
// []any and map[string]any, with every text that holds a secret of this vault
// replaced by where the secret is. [Vault.Restore] is its reverse. Anything
// else in value goes by its JSON.
func (v *Vault) Refer(value any) any {
	known := v.known()
	if len(known) == 0 && !holdsReference(value) {
		return value
	}
	return referrer{occurrences(known)}.refer(value)
}

// Restore returns what [Vault.Refer] was given, reading the secrets again.
func (v *Vault) Restore(ctx context.Context, value any) (any, error) {
	switch value := value.(type) {
	case []any:
		out := make([]any, len(value))
		for i, item := range value {
			var err error
			if out[i], err = v.Restore(ctx, item); err != nil {
				return nil, err
			}
		}
		return out, nil
	case map[string]any:
		if parts, ok := value[referenceKey]; ok && len(value) == 1 {
			return v.assemble(ctx, parts)
		}
		return v.restoreAll(ctx, value)
	default:
		return value, nil
	}
}

// restoreAll restores the values of a mapping.
func (v *Vault) restoreAll(ctx context.Context, mapping map[string]any) (any, error) {
	out := make(map[string]any, len(mapping))
	for key, item := range mapping {
		var err error
		if out[key], err = v.Restore(ctx, item); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// assemble puts a text together again.
func (v *Vault) assemble(ctx context.Context, raw any) (any, error) {
	parts, err := decodeParts(raw)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for _, p := range parts {
		if p.Literal != nil {
			return v.restoreAll(ctx, p.Literal)
		}
		text, err := v.piece(ctx, p)
		if err != nil {
			return nil, err
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

func decodeParts(raw any) ([]part, error) {
	data, err := json.Marshal(raw)
	if err != nil {
		return nil, fmt.Errorf("reading a reference to a secret: %w", err)
	}
	var parts []part
	if err := json.Unmarshal(data, &parts); err != nil {
		return nil, fmt.Errorf("reading a reference to a secret: %w", err)
	}
	return parts, nil
}

// piece returns the text that a part stands for.
func (v *Vault) piece(ctx context.Context, p part) (string, error) {
	s := Source{Env: p.Env, File: p.File, Command: p.Command, Dir: p.Dir}
	if s.ways() == 0 {
		return p.Text, nil
	}
	s.Name = s.key()
	value, err := v.Value(ctx, s)
	if err != nil {
		return "", err
	}
	forms := formsOf(strings.Trim(string(value), "\r\n"))
	i := slices.IndexFunc(forms, func(f form) bool { return f.name == p.Form })
	if i < 0 {
		return "", diag.Errorf("changed-secret", diag.Pos{}, "the secret from %s is another one than the run has used: it has no %s", s.Name, p.Form).
			WithFix("run anew")
	}
	return forms[i].text, nil
}

// An occurrence is a form of a secret that a text may hold.
type occurrence struct {
	text string
	part part
}

// occurrences are all forms of secrets, the longest first.
func occurrences(known []*reading) []occurrence {
	var out []occurrence
	for _, r := range known {
		s := r.source
		for _, f := range formsOf(strings.Trim(string(r.value), "\r\n")) {
			p := part{Env: s.Env, Command: s.Command, Form: f.name}
			switch {
			case s.File != "":
				p.File = s.path()
			case s.Command != nil:
				p.Dir = s.Dir
			}
			out = append(out, occurrence{f.text, p})
		}
	}
	slices.SortStableFunc(out, func(a, b occurrence) int { return len(b.text) - len(a.text) })
	return out
}

// A referrer replaces secrets by where they are.
type referrer struct{ occurrences []occurrence }

func (r referrer) refer(value any) any {
	switch value := value.(type) {
	case nil, bool, int, int64, uint64, float64, json.Number:
		return value
	case string:
		return r.text(value)
	case []any:
		out := make([]any, len(value))
		for i, item := range value {
			out[i] = r.refer(item)
		}
		return out
	case map[string]any:
		return r.mapping(value)
	default:
		return r.refer(plain(value))
	}
}

// mapping refers the values of a mapping. One that looks like a reference by
// itself is kept from being taken for one.
func (r referrer) mapping(value map[string]any) any {
	out := make(map[string]any, len(value))
	for key, item := range value {
		out[r.key(key)] = r.refer(item)
	}
	if _, ok := out[referenceKey]; ok && len(out) == 1 {
		return map[string]any{referenceKey: []any{map[string]any{"literal": out}}}
	}
	return out
}

// key hides secrets in a key, which can hold no reference.
func (r referrer) key(key string) string {
	for _, o := range r.occurrences {
		key = strings.ReplaceAll(key, o.text, Masked)
	}
	return key
}

// text splits a text at the secrets in it.
func (r referrer) text(text string) any {
	var parts []any
	begin := 0
	for i := 0; i < len(text); {
		o := slices.IndexFunc(r.occurrences, func(o occurrence) bool { return strings.HasPrefix(text[i:], o.text) })
		if o < 0 {
			i++
			continue
		}
		if begin < i {
			parts = append(parts, part{Text: text[begin:i]})
		}
		parts = append(parts, r.occurrences[o].part)
		i += len(r.occurrences[o].text)
		begin = i
	}
	if parts == nil {
		return text
	}
	if begin < len(text) {
		parts = append(parts, part{Text: text[begin:]})
	}
	return map[string]any{referenceKey: plain(parts)}
}

// plain is a value as its JSON reads.
func plain(value any) any {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		return string(data)
	}
	return out
}

// holdsReference reports whether a value has a mapping that looks like a
// reference.
func holdsReference(value any) bool {
	switch value := value.(type) {
	case []any:
		return slices.ContainsFunc(value, holdsReference)
	case map[string]any:
		for key, item := range value {
			if key == referenceKey || holdsReference(item) {
				return true
			}
		}
	}
	return false
}
