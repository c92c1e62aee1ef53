package playbook

import (
	"strconv"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A Batch is the size of one wave of a play: a number of images or a share of
// them.
type Batch struct {
	Count   int     // 0: by share
	Percent float64 // of the images of the play; at least one image
}

// Size returns how many images the wave has, of all those of the play.
func (b Batch) Size(images int) int {
	if b.Count > 0 {
		return b.Count
	}
	return max(1, int(b.Percent*float64(images)/100))
}

// serial is the sizes of waves: one or a list of them.
type serial []Batch

// DecodeNode reads the sizes.
func (s *serial) DecodeNode(n document.Node) diag.List {
	var found diag.List
	for _, one := range n.List() {
		b, ok := batch(one.Text())
		if !ok {
			found.Add(diag.Errorf("wrong-type", one.Pos(), "want a number of images from 1, or a share of them, found %s", one.Describe()).
				WithFix(`write serial: 5, serial: "30%%", or a list of those`))
		}
		*s = append(*s, b)
	}
	return found
}

func batch(text string) (Batch, bool) {
	if share, ok := strings.CutSuffix(text, "%"); ok {
		percent, err := strconv.ParseFloat(share, 64)
		return Batch{Percent: percent}, err == nil && percent > 0 && percent <= 100
	}
	count, err := strconv.Atoi(text)
	return Batch{Count: count}, err == nil && count > 0
}

// percentage is a number from 0 to 100.
type percentage float64

// DecodeNode reads the number; "30%" is fine as well.
func (p *percentage) DecodeNode(n document.Node) diag.List {
	value, err := strconv.ParseFloat(strings.TrimSuffix(n.Text(), "%"), 64)
	if n.Kind() != document.Scalar || err != nil || !(value >= 0 && value <= 100) {
		return diag.List{diag.Errorf("wrong-type", n.Pos(), "want a number from 0 to 100, found %s", n.Describe())}
	}
	*p = percentage(value)
	return nil
}

// throttle is how many steps of an action may be under way at once in a play.
type throttle struct {
	document.Node
	bounds map[string]int
}

// DecodeNode reads the pools.
func (t *throttle) DecodeNode(n document.Node) diag.List {
	if n.Kind() == document.Scalar {
		return diag.List{diag.Errorf("wrong-type", n.Pos(), "want actions with their bounds, found %s", n.Describe()).
			WithFix("write throttle: {smoke: 4}; a bound for all steps of the play is forks")}
	}
	var pools map[string]positive
	found := document.Decode(n, &pools)
	t.Node, t.bounds = n, map[string]int{}
	for action, bound := range pools {
		t.bounds[action] = int(bound)
	}
	return found
}

// checkThrottle refuses bounds of actions that do not exist.
func (r *reader) checkThrottle(t throttle) {
	for _, e := range t.Entries() {
		if _, ok := r.options.Actions[e.Key.Text()]; !ok {
			r.add(unknownAction(e.Key, r.options.Actions))
		}
	}
}
