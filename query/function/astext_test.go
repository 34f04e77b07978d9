package function

import "testing"

// The texts are those that CloudTrail's records hold (ISO 8601 in UTC, JSON);
// what they are for is in query/bind.
func TestAsText(t *testing.T) {
	if got := isoText(1704067200000000); got != "2024-01-01T00:00:00Z" {
		t.Errorf("isoText = %s", got)
	}
	if got := isoText(1704067200120000); got != "2024-01-01T00:00:00.120Z" {
		t.Errorf("isoText with milliseconds = %s", got)
	}
	if got := isoText(-1000); got != "1969-12-31T23:59:59.999Z" {
		t.Errorf("isoText before 1970 = %s", got)
	}
	for part, want := range map[string]string{"year": "2024", "month": "01", "day": "01", "hour": "00", "date": "2024/01/01", "calendarday": "20240101"} {
		if got, err := eventPart(1704067200000000, part); err != nil || got != want {
			t.Errorf("eventPart(%s) = %s, %v; want %s", part, got, err, want)
		}
	}
	for in, want := range map[string]string{"1": "01", "01": "01", "x": "x", "": "", "2024": "2024"} {
		if got := partText(in); got != want {
			t.Errorf("partText(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"2024-01-31": "2024/01/31", "2024/01/31": "2024/01/31", "2024-13-31": "2024-13-31", "2024-01": "2024-01"} {
		if got := dayText(in); got != want {
			t.Errorf("dayText(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"791.0": "791.0", "true": "true", `{"a":[1]}`: `{"a":[1]}`, "abc": `"abc"`, "": `""`, "null": `"null"`,
		`"q"`: `"\"q\""`, "01": `"01"`, `{"a":`: `"{\"a\":"`, "1 2": `"1 2"`,
	} {
		if got := string(appendMapValue(nil, in)); got != want {
			t.Errorf("appendMapValue(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestTopLevel(t *testing.T) {
	got, ok := topLevel(`{"a": 1, "b":{"c": [ 2 ]}, "d":"x\"y", "a":null}`)
	want := []jsonEntry{{"a", "null"}, {"b", `{"c": [ 2 ]}`}, {"d", `"x\"y"`}}
	if !ok || len(got) != len(want) {
		t.Fatalf("topLevel = %v, %v", got, ok)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("entry %d = %v, want %v", i, got[i], want[i])
		}
	}
	if s := unquotedJSON(got[2].value); s != `x"y` {
		t.Errorf("unquotedJSON = %s", s)
	}
	for _, bad := range []string{"", "[]", `"x"`, "{", `{"a":1}x`} {
		if _, ok := topLevel(bad); ok {
			t.Errorf("topLevel(%s) is an object", bad)
		}
	}
}
