package step

import (
	"regexp"
	"strings"
)

// tokens returns the words of a sentence or of a pattern; every argument and
// every parameter is the same word, so that only the wording counts.
func tokens(text string) []string {
	argument := regexp.MustCompile(quoted + `|` + number + `|\{[a-z]+\}`)
	return strings.Fields(strings.ToLower(argument.ReplaceAllString(text, " * ")))
}

// wordDistance is twice the number of words to insert, delete or replace
// between a and b, where replacing a word by one that begins alike ("exist",
// "exists") or is argument for argument costs half.
func wordDistance(a, b []string) int {
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = 2 * j
	}
	for i := range a {
		cur := make([]int, len(b)+1)
		cur[0] = 2 * (i + 1)
		for j := range b {
			cur[j+1] = min(prev[j+1]+2, cur[j]+2, prev[j]+replaceCost(a[i], b[j]))
		}
		prev = cur
	}
	return prev[len(b)]
}

func replaceCost(a, b string) int {
	switch {
	case a == b:
		return 0
	case len(a) > 2 && len(b) > 2 && (strings.HasPrefix(a, b[:3]) || strings.HasPrefix(b, a[:3])):
		return 1
	default:
		return 2
	}
}
