package inventory

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExpandName(t *testing.T) {
	tests := []struct {
		key     string
		want    string // names joined by blanks
		problem string
	}{
		{key: "web", want: "web"},
		{key: "", want: ""},
		{key: "jdk-[17:21:4]", want: "jdk-17 jdk-21"},
		{key: "jdk-[17:20:4]", want: "jdk-17"},
		{key: "web[1:3]", want: "web1 web2 web3"},
		{key: "web[3:3]", want: "web3"},
		{key: "web[08:11]", want: "web08 web09 web10 web11"},
		{key: "web[0:2]", want: "web0 web1 web2"},
		{key: "web[00:2:2]", want: "web00 web02"},
		{key: "db-[a:c]-x", want: "db-a-x db-b-x db-c-x"},
		{key: "db-[a:e:2]", want: "db-a db-c db-e"},
		{key: "db-[A:B]", want: "db-A db-B"},
		{key: "a[1:2]b[x:y]", want: "a1bx a1by a2bx a2by"},
		{key: "web[1:3", problem: "'[' is not closed"},
		{key: "web1]", problem: "']' has no '['"},
		{key: "]web[1:2]", problem: "']' has no '['"},
		{key: "web[1:2]]", problem: "']' has no '['"},
		{key: "web[]", problem: "[] is not a range: want [first:last] or [first:last:step]"},
		{key: "web[1]", problem: "[1] is not a range: want [first:last] or [first:last:step]"},
		{key: "web[1:2:3:4]", problem: "[1:2:3:4] is not a range: want [first:last] or [first:last:step]"},
		{key: "web[1:]", problem: "the ends of [1:] are neither two numbers nor two letters"},
		{key: "web[-1:2]", problem: "the ends of [-1:2] are neither two numbers nor two letters"},
		{key: "web[a:2]", problem: "the ends of [a:2] are neither two numbers nor two letters"},
		{key: "web[1:99999999999]", problem: "the ends of [1:99999999999] are neither two numbers nor two letters"},
		{key: "web[a:C]", problem: "[a:C] mixes capitals and small letters"},
		{key: "web[3:1]", problem: "[3:1] runs backwards: its end comes before its start"},
		{key: "web[c:a]", problem: "[c:a] runs backwards: its end comes before its start"},
		{key: "web[1:3:0]", problem: "the step of [1:3:0] is not a number above zero"},
		{key: "web[1:3:x]", problem: "the step of [1:3:x] is not a number above zero"},
		{key: "web[1:10001]", problem: "[1:10001] stands for more than 10000 names"},
		{key: "web[1:200][1:200]", problem: "it stands for more than 10000 names"},
	}
	for _, tt := range tests {
		t.Run(tt.key, func(t *testing.T) {
			names, problem := expandName(tt.key)
			if diff := cmp.Diff([2]string{tt.want, tt.problem}, [2]string{strings.Join(names, " "), problem}); diff != "" {
				t.Errorf("expandName(%q) (-want +got):\n%s", tt.key, diff)
			}
		})
	}
}

func TestExpandNameHoldsTheMost(t *testing.T) {
	names, problem := expandName("web[1:10000]")
	if len(names) != maxRange || problem != "" {
		t.Errorf("expandName answers %d names and the problem %q, want %d and none", len(names), problem, maxRange)
	}
}

func FuzzExpandName(f *testing.F) {
	for _, seed := range []string{"web", "jdk-[17:21:4]", "a[01:2]b[x:y]", "[", "]", "[:]", "x[2147483647:2147483647:2147483647]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, key string) {
		names, problem := expandName(key)
		if (len(names) == 0) == (problem == "") {
			t.Fatalf("expandName(%q) answers %d names and the problem %q, want one or the other", key, len(names), problem)
		}
		for _, name := range names {
			if strings.ContainsAny(name, "[]") {
				t.Fatalf("expandName(%q) leaves a bracket in %q", key, name)
			}
		}
		if len(names) > maxRange {
			t.Fatalf("expandName(%q) answers %d names, want at most %d", key, len(names), maxRange)
		}
	})
}
