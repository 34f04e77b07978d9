package export

import (
	"encoding/json"
	"testing"
)

// A string of any bytes is the JSON that the standard library writes, which
// escapes <, > and & besides.
func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "plain", `"`, `\`, "\x00", "\x1f", " ", "\x7f", "ä", "\u2028", "\xff", "a\nb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var got, want string
		raw, _ := json.Marshal(s)
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatal(err)
		}
		text := appendString(nil, s)
		if err := json.Unmarshal(text, &got); err != nil || got != want {
			t.Errorf("%q is %s, which reads as %q, %v, want %q", s, text, got, err, want)
		}
	})
}
