package regex

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// The answers are those of Trino 483.
func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"b", "abc", true}, {"^b", "abc", false}, {"", "", true},
		{`a.b`, "a\nb", false}, {`(?s)a.b`, "a\nb", true},
		{`a$`, "a\n", true}, {`a\z`, "a\n", false}, {`a\Z`, "a\n", true}, {`a$`, "a\na", true}, {`a$`, "a\nb", false},
		{`^b`, "a\nb", false}, {`(?m)^b`, "a\nb", true}, {`(?m)a$`, "a\nb", true},
		{`\w`, "é", false}, {`é\b`, "é a", true}, {`\s`, "\u00a0", false}, {`\s`, "\v", true}, {`\d`, "٣", false},
		{`\p{L}+\p{N}+`, "ab12", true}, {`\p{Alpha}`, "é", true}, {`\p{Punct}`, "$", false}, {`\P{Ll}`, "A", true},
		{`(ab)\1`, "abab", true}, {`(ab)\1`, "abac", false}, {`(?<x>ab)\k<x>`, "abab", true}, {`(?i)(ab)\1`, "abAB", true},
		{`foo(?=bar)`, "foobar", true}, {`foo(?!bar)`, "foobaz", true}, {`(?<=foo)bar`, "foobar", true}, {`(?<!foo)bar`, "foobar", false},
		{`a++a`, "aaa", false}, {`(?>a+)a`, "aaa", false}, {`a?+a`, "aaa", true}, {`^a{1,2}+a`, "aa", false},
		{`[a-z&&[^aeiou]]`, "b", true}, {`[a-z&&[^aeiou]]`, "a", false}, {`[a-c[x-z]]`, "x", true}, {`[]a]`, "]", true},
		{`[^a&&b]`, "b", true}, {`(?i)[A-C&&[^a]]`, "b", true}, {`(?i)[^A]`, "a", false}, {`[[:^alpha:]]`, "a", false},
		{`[[:punct:]]`, "+", false}, {`[[:alpha:]]`, "é", true}, {`[:alpha:]`, "x", false},
		{`a\hb`, "a b", false}, {`\141`, "a", true}, {`\0141`, "a", false}, {`\x{61}`, "a", true}, {`\u0061`, "a", true}, {`\x`, "x", true},
		{`(?x) a b # c`, "ab", true}, {`a(?i)b|c`, "aC", true}, {`((?i)A)b`, "aB", false},
		{`a**`, "a", true}, {`^a{2}{3}$`, "aaaaaa", true}, {`a{x}`, "a{x}", true}, {`^a{,2}$`, "aa", false}, {`^*`, "a", true},
		{`\Qa.b\E`, "axb", false}, {`a{99999}`, "a", false}, {`\Gab`, "ab", true}, {`\Gb`, "ab", false}, {`\pL`, "L", true},
	} {
		t.Run(c.pattern+" in "+c.text, func(t *testing.T) {
			re, err := Compile(c.pattern)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := re.Match(c.text); err != nil || got != c.want {
				t.Errorf("Match = %v, %v, want %v", got, err, c.want)
			}
		})
	}
}

// The messages are those of Trino 483, whose engine is Joni.
func TestCompileErrors(t *testing.T) {
	for pattern, want := range map[string]string{
		"(": "end pattern with unmatched parenthesis", ")": "unmatched close parenthesis", "[": "premature end of char-class",
		"*": "target of repeat operator is not specified", "a|*": "target of repeat operator is not specified",
		"a{2,1}": "upper is smaller than lower in repeat range", "a{100001}": "too big number for repeat range",
		`\`: "end pattern at escape", `\1`: "invalid backref number/name", `(a)\2`: "invalid backref number/name",
		"(?P<x>a)": "undefined group option", "(?i": "end pattern in group", "[b-a]": "empty range in char class", "[]": "empty char-class",
		`[a-\d]`: "char-class value at end of range", "[[:foo:]]": "invalid POSIX bracket type", `\p{foo}`: "invalid character property name <foo>",
		"(?<1>a)": "invalid group name <1>", "(?<>a)": "group name is empty", "(?<x>a)(?<x>a)": "multiplex defined name <x>",
		`\k<y>`: "undefined name <y> reference", "(?<=a*)b": "invalid pattern in look-behind", `\c`: "end pattern at control",
	} {
		if _, err := Compile(pattern); err == nil || err.Error() != want {
			t.Errorf("Compile(%q) = %v, want %s", pattern, err, want)
		}
	}
	deep := strings.Repeat("(", 10000)
	if _, err := Compile(deep); err == nil {
		t.Error("10000 open groups compile")
	}
}

func TestAll(t *testing.T) {
	for _, c := range []struct{ pattern, text, want string }{
		{"a*", "aaa", "[[0 3] [3 3]]"},
		{"b*", "aba", "[[0 0] [1 2] [2 2] [3 3]]"},
		{"", "é€", "[[0 0] [2 2] [5 5]]"},
		{"(a)|(b)", "ab", "[[0 1 0 1 -1 -1] [1 2 -1 -1 1 2]]"},
		{"(?m)^", "a\nb\n", "[[0 0] [2 2]]"},
		{"(?m)$", "a\nb\n", "[[1 1] [3 3] [4 4]]"},
		{"$", "a\n", "[[1 1] [2 2]]"},
		{`(?<=(.))b`, "éb€b", "[[2 3 0 2] [6 7 3 6]]"},
		{`\b`, "é a", "[[0 0] [2 2] [3 3] [4 4]]"},
		{`\Ga`, "aab", "[[0 1] [1 2]]"},
	} {
		re, err := Compile(c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		all, err := re.All(c.text)
		if got := fmt.Sprint(all); err != nil || got != c.want {
			t.Errorf("All(%q, %q) = %v, %v, want %s", c.pattern, c.text, got, err, c.want)
		}
	}
}

// Both libraries must answer alike where both can.
func FuzzEngines(f *testing.F) {
	for _, s := range []string{`a+b*`, `(a|b)*c`, `[^a-c]+`, `\bfoo\b`, `(?i)a(b)?`, `x{2,3}?y`, `^a$`, `(?m)^a|b$`} {
		f.Add(s, "aab foo\nabc xxxy A")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 30 || len(text) > 60 || strings.ToValidUTF8(text, "") != text {
			t.Skip()
		}
		re, err := Compile(pattern)
		if err != nil || re.fast == nil || !re.linearFor(text) || strings.ContainsAny(pattern, "*{+") && re.traits.canEmpty {
			t.Skip()
		}
		slow, err := re.backtracking(text).find(0)
		if err != nil {
			t.Skip()
		}
		fast := re.fast.FindStringSubmatchIndex(text)
		if (fast == nil) != (slow == nil) || fast != nil && (fast[0] != slow[0] || fast[1] != slow[1]) {
			t.Errorf("%q in %q: RE2 %v, backtracking %v", pattern, text, fast, slow)
		}
		if m, err := re.Match(text); err != nil || m != (fast != nil) {
			t.Errorf("%q in %q: Match = %v, %v; Find = %v", pattern, text, m, err, fast)
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	event := `{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::123456789012:assumed-role/x/y"},` +
		strings.Repeat(`"requestParameters":{"bucketName":"logs","key":"AWSLogs/2024/05/06/file.json.gz"},`, 12) + `"errorCode":"NoSuchKey"}`
	for _, pattern := range []string{`.*"errorCode":"AccessDenied".*`, `"errorCode":"(Access|Client)\w*Denied"`, `key":"\w+/\d+/.*gz`} {
		b.Run("needed/"+pattern, func(b *testing.B) {
			re, err := Compile(pattern)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(event)))
			for b.Loop() {
				_, _ = re.Match(event)
			}
		})
		b.Run("regexp/"+pattern, func(b *testing.B) {
			re := regexp.MustCompile(pattern)
			b.SetBytes(int64(len(event)))
			for b.Loop() {
				re.MatchString(event)
			}
		})
	}
}
