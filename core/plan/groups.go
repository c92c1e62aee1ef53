package plan

import "maps"

// Uses reports whether a play of the plan depends on a computed group: whether
// it selects other images when the group holds all than when it is empty.
func (p *Plan) Uses(group string) bool {
	for _, play := range p.Plays {
		without, with := maps.Clone(p.Groups), maps.Clone(p.Groups)
		delete(without, group)
		if with == nil {
			with = map[string][]string{}
		}
		with[group] = play.inv.Names()
		few, _ := play.Select(without)
		many, _ := play.Select(with)
		if len(few) != len(many) {
			return true
		}
	}
	return false
}
