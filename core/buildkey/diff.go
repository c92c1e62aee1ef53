package buildkey

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// A Reason is one difference between two builds. Old or New is "" when What
// is new or gone.
type Reason struct {
	Kind string `json:"kind"` // strategy, version, plugin, config, arg, label, platform, epoch, source, fingerprint, file, url or image
	What string `json:"what"` // which arg, label, source, file, URL or image; "" where there is only one
	Old  string `json:"old"`
	New  string `json:"new"`
}

// Diff explains why the key of after is another than that of before: parents
// first, then what the build is told, then files. It is empty exactly when the
// keys are equal.
func Diff(before, after Facts) []Reason {
	var out []Reason
	out = append(out, compare("image", images(before), images(after))...)
	out = append(out, diffSources(before.Sources, after.Sources)...)
	for _, one := range []Reason{
		{"strategy", "", before.Strategy, after.Strategy},
		{"version", "", before.Version, after.Version},
		{"plugin", "", before.Plugin, after.Plugin},
		{"config", "", canonical(before.Config), canonical(after.Config)},
		{"platform", "", before.Platform, after.Platform},
		{"epoch", "", fmt.Sprint(before.Epoch), fmt.Sprint(after.Epoch)},
		{"fingerprint", "", before.Fingerprint, after.Fingerprint},
	} {
		if one.Old != one.New {
			out = append(out, one)
		}
	}
	out = append(out, compare("arg", before.Args, after.Args)...)
	out = append(out, compare("label", lasting(before.Labels), lasting(after.Labels))...)
	out = append(out, compare("url", urls(before), urls(after))...)
	return append(out, counted(compare("file", files(before), files(after)), before, after)...)
}

// counted adds to what is said of changed files how many lines they have.
func counted(reasons []Reason, was, is Facts) []Reason {
	before, after := lineCounts(was), lineCounts(is)
	for i, r := range reasons {
		reasons[i].Old = r.Old + before[r.What]
		reasons[i].New = r.New + after[r.What]
	}
	return reasons
}

func lineCounts(f Facts) map[string]string {
	out := map[string]string{}
	for _, file := range f.Files {
		if file.Lines > 0 {
			out[file.Path] = fmt.Sprintf(" (%d lines)", file.Lines)
		}
		if file.Lines == 1 {
			out[file.Path] = " (1 line)"
		}
	}
	return out
}

// compare explains what differs between two tables. An entry that exists and
// is empty is shown as `""`, to be told from one that does not exist.
func compare(kind string, was, is map[string]string) []Reason {
	var out []Reason
	for _, k := range slices.Sorted(maps.Keys(merged(was, is))) {
		a, before := was[k]
		b, after := is[k]
		if a != b || before != after {
			out = append(out, Reason{kind, k, shown(a, before), shown(b, after)})
		}
	}
	return out
}

func merged(a, b map[string]string) map[string]string {
	all := maps.Clone(b)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, a)
	return all
}

func shown(value string, exists bool) string {
	if !exists {
		return ""
	}
	return cmp.Or(value, `""`)
}

func lasting(labels map[string]string) map[string]string {
	out := maps.Clone(labels)
	maps.DeleteFunc(out, func(k, _ string) bool { return volatile(k) })
	return out
}

func images(f Facts) map[string]string {
	return tabled(rows(f.Images, func(i ImageIdentity) []string {
		return []string{i.String(), i.Identity}
	}))
}

func urls(f Facts) map[string]string {
	return tabled(rows(f.URLs, func(u URL) []string { return []string{u.URL, u.ETag} }))
}

func files(f Facts) map[string]string {
	return tabled(rows(f.Files, func(f File) []string { return []string{f.Path, f.String()} }))
}

// tabled turns rows of name and value into a table; a name with several values
// has them all.
func tabled(rows [][]string) map[string]string {
	out := map[string]string{}
	for _, r := range rows {
		if known, ok := out[r[0]]; ok {
			r[1] = known + ", " + r[1]
		}
		out[r[0]] = r[1]
	}
	return out
}

// String returns what is known about f besides its path: "file 0644
// sha256:…", "link → ../etc".
func (f File) String() string {
	switch {
	case f.Link != "":
		return f.Mode + " → " + f.Link
	case f.Digest != "":
		return f.Mode + " " + f.Digest
	default:
		return f.Mode
	}
}
