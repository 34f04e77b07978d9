package function

import (
	"regexp"
	"strings"
	"testing"
)

// matchSlowly is LIKE by its definition, one character at a time.
func matchSlowly(pattern, s []rune) bool {
	if len(pattern) == 0 {
		return len(s) == 0
	}
	switch pattern[0] {
	case '%':
		return matchSlowly(pattern[1:], s) || len(s) > 0 && matchSlowly(pattern, s[1:])
	case '_':
		return len(s) > 0 && matchSlowly(pattern[1:], s[1:])
	}
	return len(s) > 0 && s[0] == pattern[0] && matchSlowly(pattern[1:], s[1:])
}

// TestLikeByDefinition tries every pattern and text of up to five of a few characters.
func TestLikeByDefinition(t *testing.T) {
	words := func(letters string) []string {
		out, last := []string{""}, []string{""}
		for range 5 {
			var next []string
			for _, w := range last {
				for _, r := range letters {
					next = append(next, w+string(r))
				}
			}
			out, last = append(out, next...), next
		}
		return out
	}
	texts := words("aé")
	for _, pattern := range words("aé%_") {
		match, err := compileLike(pattern, "", false)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range texts {
			if got, want := match(s), matchSlowly([]rune(pattern), []rune(s)); got != want {
				t.Fatalf("%q LIKE %q = %v, want %v", s, pattern, got, want)
			}
		}
	}
}

func BenchmarkLikePieces(b *testing.B) {
	event := `{"eventVersion":"1.08",` + strings.Repeat(`"requestParameters":{"bucketName":"logs","key":"AWSLogs/file.json.gz"},`, 12) + `"errorCode":"NoSuchKey"}`
	match, err := compileLike(`%"eventVersion":_1.08%"bucketName":"logs"%"errorCode":"Access%`, "", false)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("pieces", func(b *testing.B) {
		b.SetBytes(int64(len(event)))
		for b.Loop() {
			match(event)
		}
	})
	b.Run("regexp", func(b *testing.B) {
		re := regexp.MustCompile(`(?s)\A.*"eventVersion":.1\.08.*"bucketName":"logs".*"errorCode":"Access.*\z`)
		b.SetBytes(int64(len(event)))
		for b.Loop() {
			re.MatchString(event)
		}
	})
}
