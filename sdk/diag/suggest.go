package diag

import (
	"fmt"
	"slices"
	"strings"
)

// Suggest returns the hint `did you mean "x"?` for the candidate nearest to
// word, or "" when none is near: at most two edits away (one for words of up
// to three letters), or the candidate starts with word. Of two that are equally
// near it is the one that has every letter of word: people leave letters out more
// often than they take another.
func Suggest(word string, candidates []string) string {
	best, bound := "", 3
	if len(word) <= 3 {
		bound = min(2, len(word))
	}
	for _, c := range slices.Sorted(slices.Values(candidates)) {
		d := distance(strings.ToLower(word), strings.ToLower(c))
		if d < bound || best != "" && d == bound && holds(c, word) && !holds(best, word) {
			best, bound = c, d
		}
	}
	if best == "" && len(word) > 1 {
		best = firstWithPrefix(word, candidates)
	}
	if best == "" || best == word {
		return ""
	}
	return fmt.Sprintf("did you mean %q?", best)
}

// holds reports whether every letter of word is in c.
func holds(c, word string) bool {
	return !strings.ContainsFunc(word, func(r rune) bool { return !strings.ContainsRune(c, r) })
}

func firstWithPrefix(word string, candidates []string) string {
	for _, c := range slices.Sorted(slices.Values(candidates)) {
		if strings.HasPrefix(c, word) {
			return c
		}
	}
	return ""
}

// distance is the number of insertions, deletions, replacements and swaps of
// neighbours between a and b (optimal string alignment).
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	before, prev := make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range s {
		cur := make([]int, len(t)+1)
		cur[0] = i + 1
		for j := range t {
			cost := 1
			if s[i] == t[j] {
				cost = 0
			}
			cur[j+1] = min(prev[j+1]+1, cur[j]+1, prev[j]+cost)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				cur[j+1] = min(cur[j+1], before[j-1]+1)
			}
		}
		before, prev = prev, cur
	}
	return prev[len(t)]
}
