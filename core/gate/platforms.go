package gate

import (
	"fmt"
	"slices"
	"strings"
)

// An Image is one of those that an index names.
type Image struct {
	Platform string // "linux/arm64"
	ImageID  string // "" when the index does not tell
}

// holds reports whether m is an image, or names it.
func (m Manifest) holds(imageID string) bool {
	return m.ImageID == imageID || slices.ContainsFunc(m.Images, func(i Image) bool { return i.ImageID == imageID })
}

// imageIDs names the images of m for people.
func (m Manifest) imageIDs() string {
	ids := []string{m.ImageID}
	if m.Images != nil {
		ids = nil
	}
	for _, i := range m.Images {
		ids = append(ids, i.ImageID)
	}
	return orNone(strings.Join(ids, ", "))
}

// platforms are those that need a verdict of their own; "" stands for a manifest
// that is an image itself.
func (m Manifest) platforms() []string {
	if m.Images == nil {
		return []string{""}
	}
	var out []string
	for _, i := range m.Images {
		out = append(out, i.Platform)
	}
	return out
}

// together is what the verdicts of all platforms of an index amount to: that of
// each, wherever it was given. It is passed when every one is that is not
// waived, and as old as the oldest of them.
func together(subject Manifest, best map[string]Verdict) Verdict {
	if subject.Images == nil {
		return best[""]
	}
	v := Verdict{Repository: subject.Repository, Digest: subject.Digest, State: Passed}
	for _, platform := range subject.platforms() {
		one := best[platform]
		one.Platform = platform
		v.Platforms = append(v.Platforms, one)
		v.add(one)
	}
	return v
}

// add adds the verdict of one platform.
func (v *Verdict) add(one Verdict) {
	switch {
	case one.State == "" && v.State == Passed:
		v.State = Incomplete
	case one.State != Passed && one.State != Waived && one.State != "":
		v.State = one.State
	}
	if one.State == "" || one.State == Waived {
		return
	}
	if v.Finished.IsZero() || one.Finished.Before(v.Finished) {
		v.Started, v.Finished, v.Binding = one.Started, one.Finished, one.Binding
		v.Image, v.RunID, v.Actor = one.Image, one.RunID, one.Actor
	}
	v.Planned, v.Executed, v.Passed = v.Planned+one.Planned, v.Executed+one.Executed, v.Passed+one.Passed
}

// each asks about every platform that has to be proved, and says in front of
// every answer which one it is about.
func (v Verdict) each(ask func(Verdict) []string) []string {
	var out []string
	for _, one := range v.Platforms {
		if one.State == Waived {
			continue
		}
		for _, text := range ask(one) {
			out = append(out, one.Platform+": "+text)
		}
	}
	return out
}

// Proved returns the platforms of an index that passed, and those that are waived.
func (v Verdict) Proved() (passed, waived []string) {
	for _, one := range v.Platforms {
		if one.State == Passed {
			passed = append(passed, one.Platform)
		}
		if one.State == Waived {
			waived = append(waived, one.Platform)
		}
	}
	return passed, waived
}

// For returns the verdict of one platform; the verdict itself for "".
func (v Verdict) For(platform string) Verdict {
	for _, one := range v.Platforms {
		if one.Platform == platform {
			return one
		}
	}
	if platform == "" {
		return v
	}
	return Verdict{Platform: platform}
}

// waivedFaults are why platforms may not go without a verdict: it is for today's
// image.yml to say which may, and evidence of it has to be there.
func (v Verdict) waivedFaults(today []string) []string {
	passed, waived := v.Proved()
	var out []string
	for _, platform := range waived {
		if !slices.Contains(today, platform) {
			out = append(out, fmt.Sprintf("%s: it was waived, and gate.platforms asks for it now: smoke-test it", platform))
		}
	}
	if len(waived) > 0 && len(passed) == 0 {
		out = append(out, "no platform of it passed: smoke-test one at least")
	}
	return out
}
