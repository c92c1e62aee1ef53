package inventory

import (
	"fmt"
	"strconv"
	"strings"
)

// maxRange bounds how many names one key may stand for: more is a slip of the
// finger, and would be noticed only when memory runs out.
const maxRange = 10_000

// expandName returns the names that a key of images: stands for, in order, or
// says what is wrong with it. "jdk-[17:21:4]" is jdk-17 and jdk-21: the end
// counts, the third number is the step (1 when it is not given), leading zeros
// of the start are kept, and single letters count as well: "db-[a:c]". Each
// range of several is combined with each of the others. A key without brackets
// stands for itself.
func expandName(key string) (names []string, problem string) {
	before, rest, ok := strings.Cut(key, "[")
	if strings.Contains(before, "]") {
		return nil, "']' has no '['"
	}
	if !ok {
		return []string{key}, ""
	}
	inner, after, ok := strings.Cut(rest, "]")
	if !ok {
		return nil, "'[' is not closed"
	}
	values, problem := expandRange(inner)
	if problem != "" {
		return nil, problem
	}
	tails, problem := expandName(after)
	if problem != "" {
		return nil, problem
	}
	if len(values)*len(tails) > maxRange {
		return nil, fmt.Sprintf("it stands for more than %d names", maxRange)
	}
	for _, value := range values {
		for _, tail := range tails {
			names = append(names, before+value+tail)
		}
	}
	return names, ""
}

// expandRange returns the values of what stands between brackets.
func expandRange(text string) (values []string, problem string) {
	parts := strings.Split(text, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return nil, fmt.Sprintf("[%s] is not a range: want [first:last] or [first:last:step]", text)
	}
	step := 1
	if len(parts) == 3 {
		n, ok := wholeNumber(parts[2])
		if !ok || n == 0 {
			return nil, fmt.Sprintf("the step of [%s] is not a number above zero", text)
		}
		step = n
	}
	if isLetter(parts[0]) && isLetter(parts[1]) {
		return countLetters(text, parts[0][0], parts[1][0], step)
	}
	return countNumbers(text, parts[0], parts[1], step)
}

func countNumbers(text, first, last string, step int) (values []string, problem string) {
	from, fromOK := wholeNumber(first)
	to, toOK := wholeNumber(last)
	switch {
	case !fromOK || !toOK:
		return nil, fmt.Sprintf("the ends of [%s] are neither two numbers nor two letters", text)
	case to < from:
		return nil, backwards(text)
	case (to-from)/step >= maxRange:
		return nil, fmt.Sprintf("[%s] stands for more than %d names", text, maxRange)
	}
	for i := range (to-from)/step + 1 {
		values = append(values, fmt.Sprintf("%0*d", padding(first), from+i*step))
	}
	return values, ""
}

// padding is the width that leading zeros ask for: 2 for "01", 0 for "1".
func padding(first string) int {
	if len(first) > 1 && first[0] == '0' {
		return len(first)
	}
	return 0
}

func countLetters(text string, first, last byte, step int) (values []string, problem string) {
	if (first < 'a') != (last < 'a') {
		return nil, fmt.Sprintf("[%s] mixes capitals and small letters", text)
	}
	if last < first {
		return nil, backwards(text)
	}
	for i := int(first); i <= int(last); i += step {
		values = append(values, string(rune(i)))
	}
	return values, ""
}

func backwards(text string) string {
	return fmt.Sprintf("[%s] runs backwards: its end comes before its start", text)
}

// wholeNumber reads digits, and nothing else: no sign, and no more than an int
// can hold on every machine.
func wholeNumber(text string) (int, bool) {
	n, err := strconv.ParseUint(text, 10, 31)
	return int(n), err == nil
}

func isLetter(text string) bool {
	return len(text) == 1 && (text[0] >= 'a' && text[0] <= 'z' || text[0] >= 'A' && text[0] <= 'Z')
}
