package engine

import (
	"regexp"
	"unicode/utf8"
)

// The patterns of the CloudTrail API model.
var (
	identifierPattern = regexp.MustCompile(`^[a-zA-Z0-9._/\-:]+$`)
	namePattern       = regexp.MustCompile(`^[a-zA-Z0-9._\-]+$`)
	hexIDPattern      = regexp.MustCompile(`^[a-f0-9\-]+$`)
)

// checkText holds a string member against the model's length and pattern; a nil pattern allows anything.
func checkText(member, value string, low, high int, pattern *regexp.Regexp) error {
	if n := utf8.RuneCountInString(value); n < low || n > high {
		return Errorf(InvalidParameter, "%s %q: is %d characters long, must be %d to %d", member, clip(value), n, low, high)
	}
	if pattern != nil && !pattern.MatchString(value) {
		return Errorf(InvalidParameter, "%s %q: must match %s", member, clip(value), pattern)
	}
	return nil
}

// checkUUID holds an import or query id against the model.
func checkUUID(member, value string) error {
	return checkText(member, value, 36, 36, hexIDPattern)
}

// clip shortens a value for a message.
func clip(s string) string {
	if len(s) <= 128 {
		return s
	}
	cut := 128
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

// oneOf reports whether value is among the allowed ones.
func oneOf[T comparable](value T, allowed ...T) bool {
	for _, a := range allowed {
		if a == value {
			return true
		}
	}
	return false
}
