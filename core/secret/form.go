package secret

import (
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"
)

// minLength is how many bytes a value, a line of it, or an encoding of either
// must have to be hidden.
const minLength = 4

// A form is one way in which a value may turn up in text. The forms of a value
// are always the same, so that a name finds the form again.
type form struct {
	name string
	text string
}

// formsOf returns the forms of a value: itself, each of its lines, and the
// encodings of all these.
func formsOf(value string) []form {
	out := encodings("text", value)
	lines := strings.Split(value, "\n")
	if len(lines) == 1 {
		return out
	}
	for i, line := range lines {
		if line = strings.TrimSpace(line); len(line) >= minLength {
			out = append(out, encodings(fmt.Sprintf("line %d", i+1), line)...)
		}
	}
	return out
}

// encodings returns a text, and what it becomes in JSON, Go, shells, URLs, XML,
// HTML and base64, without those that change nothing.
func encodings(name, text string) []form {
	out := []form{{name, text}}
	seen := map[string]bool{text: true}
	add := func(as, encoded string) {
		if !seen[encoded] && len(encoded) >= minLength {
			seen[encoded] = true
			out = append(out, form{name + " " + as, encoded})
		}
	}
	add("json", jsonText(text, true))
	add("plain json", jsonText(text, false))
	quoted := strconv.Quote(text)
	add("quoted", quoted[1:len(quoted)-1])
	add("shell", strings.ReplaceAll(text, "'", `'\''`))
	add("query", url.QueryEscape(text))
	add("path", url.PathEscape(text))
	add("html", html.EscapeString(text))
	add("xml", xmlText(text))
	for _, alphabet := range []struct {
		name     string
		encoding *base64.Encoding
	}{{"base64", base64.StdEncoding}, {"base64url", base64.URLEncoding}} {
		add(alphabet.name, alphabet.encoding.EncodeToString([]byte(text)))
		add(alphabet.name+" bare", alphabet.encoding.WithPadding(base64.NoPadding).EncodeToString([]byte(text)))
		for shift := range 3 {
			add(fmt.Sprintf("%s+%d", alphabet.name, shift), inner(alphabet.encoding, text, shift))
		}
	}
	return out
}

// inner is what stays the same of a text in base64 when other text stands
// before and after it, as a password does in "user:password": the characters
// that none of the neighbours' bits are in. shift is how many bytes of the
// first group of three belong to the neighbour.
func inner(e *base64.Encoding, text string, shift int) string {
	encoded := e.EncodeToString([]byte(strings.Repeat("\x00", shift) + text + "\x00\x00"))
	first, end := (8*shift+5)/6, 8*(shift+len(text))/6
	return encoded[first:end]
}

// jsonText is text as a JSON string without its quotes; escaped says whether
// <, > and & are escaped as well, which some encoders do.
func jsonText(text string, escaped bool) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(escaped)
	_ = e.Encode(text) // text always has a JSON form
	s := strings.TrimSuffix(b.String(), "\n")
	return s[1 : len(s)-1]
}

func xmlText(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a builder never fails
	return b.String()
}
