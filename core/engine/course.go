package engine

import (
	"github.com/slipway-build/slipway/core/inventory"
)

// A course is the way of one image through a program, or of one item of a
// looped block. One step at a time touches it.
type course struct {
	image   *inventory.Image
	index   int            // of the image in its wave
	next    int            // the place that is dealt with next
	end     int            // the place after the last one
	lost    int            // places before this one were passed over because of a failure
	failure *failure       // what has failed and was not rescued
	last    *failure       // what failed last: rescue and always see it
	over    bool           // the play is over for the image
	parents []int          // indexes of the images it is made from
	items   map[string]any // what the loops around name
	labels  string         // of the items of the looped blocks around
	path    string         // their indexes
}

// A failure is why an image is not well.
type failure struct {
	task   map[string]any // .failed_task
	result map[string]any // .failed_result
	blame  string         // the image that failed first
	quiet  bool           // the play ended: the image itself has not failed
}

// pass goes on after a place that went well.
func (c *course) pass(p *program) {
	c.next++
	c.settle(p)
}

// skip goes on at a later place, with nothing gone wrong.
func (c *course) skip(p *program, to int) {
	c.next = to
	c.settle(p)
}

// fail goes on where the place says that a failure goes.
func (c *course) fail(p *program, f *failure) {
	c.failure, c.last = f, f
	c.lose(p, p.places[c.next].fail)
}

// drop ends the course where no rescue goes on from it: what stands below
// always is met, and nothing else.
func (c *course) drop(p *program) {
	c.failure = &failure{blame: c.image.Name, quiet: true}
	c.lose(p, p.places[c.next].drop)
}

func (c *course) lose(p *program, to int) {
	c.next, c.lost = to, to
	c.settle(p)
}

// settle goes on to a place where there is something to do.
func (c *course) settle(p *program) {
	for c.next < c.end {
		here := p.places[c.next]
		switch {
		case here.kind == aJump:
			c.next = here.to
		case here.kind == saved:
			c.failure = nil
			c.next++
		case here.kind == settled && c.failure == nil:
			c.next++
		case here.kind == settled && c.failure.quiet:
			c.next, c.lost = here.drop, here.drop
		case here.kind == settled:
			c.next, c.lost = here.fail, here.fail
		default:
			return
		}
	}
}
