package report

import "strings"

// Path returns a path as the reader would write it: from the folder he stands
// in when it lies below that, else unchanged.
func (s Style) Path(path string) string {
	if path == s.Dir && path != "" {
		return "."
	}
	return s.Paths(path)
}

// Paths returns text with every path in it as [Style.Path] would show it. It
// works on text, so that paths which messages quote (the other place, a
// command's words) look like those in front of them.
func (s Style) Paths(text string) string {
	if s.Dir == "" || s.Dir == "/" {
		return text
	}
	below := strings.TrimSuffix(s.Dir, "/") + "/"
	var b strings.Builder
	for {
		at := strings.Index(text, below)
		if at < 0 {
			return b.String() + text
		}
		b.WriteString(text[:at])
		if at > 0 && inPath(text[at-1]) {
			b.WriteString(below) // the end of a longer path
		}
		text = text[at+len(below):]
	}
}

// inPath reports whether a path goes on through c: "/srv/home/me/x" is not
// below /home/me.
func inPath(c byte) bool {
	return c == '/' || c == '.' || c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= 0x80
}
