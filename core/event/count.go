package event

// A Count is the recap of one image: how many of its steps ended how. Rescued
// and Ignored stay zero until a playbook can rescue and ignore; they are part
// of the line because Ansible's readers look for them.
type Count struct {
	Image       string
	OK          int // includes Changed, as in Ansible
	Changed     int
	Unreachable int
	Failed      int // includes refused steps
	Skipped     int
	Rescued     int
	Ignored     int
	Blocked     int
	Promoted    int
	Held        int
}

// Add counts one finished step.
func (c *Count) Add(o Outcome, r Result) {
	switch o {
	case OK:
		c.OK++
	case Changed:
		c.OK++
		c.Changed++
	case Skipped:
		c.Skipped++
	case Failed, Refused:
		c.Failed++
	case Unreachable:
		c.Unreachable++
	case Blocked:
		c.Blocked++
	}
	if r.Promoted {
		c.Promoted++
	}
	if r.Held {
		c.Held++
	}
}

// Good reports whether nothing went wrong on the image.
func (c Count) Good() bool {
	return c.Unreachable == 0 && c.Failed == 0 && c.Blocked == 0 && c.Held == 0
}
