package pluginhost

// HangUp ends the plugin's standard input and nothing else, as the death of the
// host would.
func (p *Process) HangUp() { _ = p.child.lifeline.Close() }
