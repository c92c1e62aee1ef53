package event

// A Count is the recap of one image: how many of its steps ended how. A step
// that a rescue goes on from, and one whose failure is ignored, have not failed. Its
// JSON is part of what machines are told of a run.
type Count struct {
	Image       string `json:"image"`
	OK          int    `json:"ok"` // includes Changed and Ignored, as in Ansible
	Changed     int    `json:"changed"`
	Unreachable int    `json:"unreachable"`
	Failed      int    `json:"failed"` // includes refused steps
	Skipped     int    `json:"skipped"`
	Rescued     int    `json:"rescued"`
	Ignored     int    `json:"ignored"`
	Blocked     int    `json:"blocked"`
	Promoted    int    `json:"promoted"`
	Held        int    `json:"held"`
}

// Add counts one finished step.
func (c *Count) Add(e StepFinished) {
	if e.Result.Promoted {
		c.Promoted++
	}
	if e.Result.Held {
		c.Held++
	}
	switch {
	case e.Rescued:
		c.Rescued++
	case e.Ignored:
		c.OK++
		c.Ignored++
	default:
		c.addOutcome(e.Outcome)
	}
}

func (c *Count) addOutcome(o Outcome) {
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
}

// Good reports whether nothing went wrong on the image.
func (c Count) Good() bool {
	return c.Unreachable == 0 && c.Failed == 0 && c.Blocked == 0 && c.Held == 0
}

// Since returns what was counted after an earlier count of the same image.
func (c Count) Since(earlier Count) Count {
	return Count{
		Image: c.Image, OK: c.OK - earlier.OK, Changed: c.Changed - earlier.Changed,
		Unreachable: c.Unreachable - earlier.Unreachable, Failed: c.Failed - earlier.Failed,
		Skipped: c.Skipped - earlier.Skipped, Rescued: c.Rescued - earlier.Rescued, Ignored: c.Ignored - earlier.Ignored,
		Blocked: c.Blocked - earlier.Blocked, Promoted: c.Promoted - earlier.Promoted, Held: c.Held - earlier.Held,
	}
}
