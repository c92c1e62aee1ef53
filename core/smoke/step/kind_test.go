package step

import (
	"fmt"
	"slices"
	"testing"
)

func TestKinds(t *testing.T) {
	tests := []struct{ kind, text, want string }{
		{"path", "/a", "/a"},
		{"path", "a", `error: "a" is not an absolute path`},
		{"url", "http://web/x", "http://web/x"},
		{"url", "web/x", `error: "web/x" is not an address like "http://web:8080/health"`},
		{"url", "http://:80/", `error: "http://:80/" is not an address like "http://web:8080/health"`},
		{"mode", "4755", "2541"},
		{"mode", "u+x", `error: "u+x" is not a file mode like "0755"`},
		{"who", "all", `error: "all" is none of "owner", "group", "other", "any"`},
		{"numbers", "80, 443", "[80 443]"},
		{"numbers", "80,", `error: "" is not a number from 0 to 65535`},
		{"array", `["a b", "c"]`, "[a b c]"},
		{"array", `[1]`, `error: [1] is not an array of strings like ["a", "b"]`},
		{"port", "0", `error: "0" is not a number from 1 to 65535`},
		{"status", "999", `error: "999" is not a number from 100 to 599`},
		{"duration", "1m30s", "1m30s"},
		{"duration", "30d", "720h0m0s"},
		{"duration", "-1s", `error: "-1s" is not a positive duration like "500ms", "30s", "5m" or "30d"`},
		{"duration", "0d", `error: "0d" is not a positive duration like "500ms", "30s", "5m" or "30d"`},
		{"size", "512", "512"},
		{"size", "1.5 GB", "1500000000"},
		{"size", "2KiB", "2048"},
		{"size", "60MBit", `error: "60MBit" is not a size like "60MB" or "256MiB"`},
		{"size", "-1MB", `error: "-1MB" is not a size like "60MB" or "256MiB"`},
	}
	for _, tt := range tests {
		k, ok := kindOf(tt.kind)
		if !ok {
			t.Fatalf("no kind %s", tt.kind)
		}
		value, err := k.parse(tt.text)
		got := fmt.Sprint(value)
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != tt.want {
			t.Errorf("%s %q: %s, want %s", tt.kind, tt.text, got, tt.want)
		}
	}
}

func TestSplitCommand(t *testing.T) {
	tests := []struct {
		text string
		want []string
		err  string
	}{
		{`java -version`, []string{"java", "-version"}, ""},
		{`sh -c 'echo "a b"'`, []string{"sh", "-c", `echo "a b"`}, ""},
		{`a "b \"c\" \d" '' d\ e`, []string{"a", `b "c" \d`, "", "d e"}, ""},
		{`  a	b  `, []string{"a", "b"}, ""},
		{`a;b | c #d`, []string{"a;b", "|", "c", "#d"}, ""},
		{`a 'b`, nil, `the command "a 'b" has an open '`},
		{`a\`, nil, `the command "a\\" ends in a backslash`},
		{` `, nil, `the command is empty`},
	}
	for _, tt := range tests {
		got, err := SplitCommand(tt.text)
		if !slices.Equal(got, tt.want) || err != nil && err.Error() != tt.err || err == nil && tt.err != "" {
			t.Errorf("SplitCommand(%q) = %q, %v, want %q, %s", tt.text, got, err, tt.want, tt.err)
		}
	}
}

func FuzzKinds(f *testing.F) {
	for _, seed := range []string{`a "b`, "1.5GB", "30d", `["a"]`, "0755", "99999999999999TB", "1e300GB", "NaN"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if d, err := ParseDuration(text); err == nil && d <= 0 {
			t.Errorf("ParseDuration(%q) = %s", text, d)
		}
		if words, err := SplitCommand(text); err == nil && len(words) == 0 {
			t.Errorf("SplitCommand(%q) is empty", text)
		}
		for _, name := range []string{"mode", "numbers", "array", "regexp", "port"} {
			k, _ := kindOf(name)
			if value, err := k.parse(text); (value == nil) == (err == nil) {
				t.Errorf("%s %q: %v, %v", name, text, value, err)
			}
		}
	})
}
