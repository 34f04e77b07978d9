package segment

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of the statistics.
const (
	maxBoundBytes = 64 // longer utf8 bounds are shortened
	maxSetValues  = 64 // a set with more values is not kept
	maxSetBytes   = 2048
)

// ColumnStats are the statistics of a leaf, of a row group or of a segment.
type ColumnStats struct {
	// Nulls counts entries without a value: NULL leaves, and for leaves below
	// lists and maps also the lists that are NULL or empty.
	Nulls int64
	// Values counts the entries with a value.
	Values int64
	// Min and Max bound the values: string, int64 (also timestamps, in
	// microseconds), float64 or bool. They are nil when unknown or without values.
	// Long strings are shortened so that they still bound; Exact says that both
	// are values of the column.
	Min, Max any
	Exact    bool
	// Set has every distinct value of a utf8 leaf in order, when there are few;
	// nil means unknown.
	Set []string
}

type statsJSON struct {
	Nulls  int64           `json:"n"`
	Values int64           `json:"v"`
	Kind   string          `json:"k,omitempty"`
	Min    json.RawMessage `json:"min,omitempty"`
	Max    json.RawMessage `json:"max,omitempty"`
	Exact  bool            `json:"x,omitempty"`
	Set    []string        `json:"set,omitempty"`
}

// MarshalJSON keeps the kind of the bounds, so that an int64 survives JSON.
func (s ColumnStats) MarshalJSON() ([]byte, error) {
	out := statsJSON{Nulls: s.Nulls, Values: s.Values, Set: s.Set}
	if s.Min != nil && s.Max != nil {
		switch s.Min.(type) {
		case string:
			out.Kind = "s"
		case int64:
			out.Kind = "i"
		case float64:
			out.Kind = "f"
		case bool:
			out.Kind = "b"
		default:
			return nil, fmt.Errorf("column statistics: bound of type %T", s.Min)
		}
		var err error
		if out.Min, err = json.Marshal(s.Min); err != nil {
			return nil, err
		}
		if out.Max, err = json.Marshal(s.Max); err != nil {
			return nil, err
		}
		out.Exact = s.Exact
	}
	return json.Marshal(out)
}

// UnmarshalJSON is the inverse of MarshalJSON.
func (s *ColumnStats) UnmarshalJSON(data []byte) error {
	var in statsJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	*s = ColumnStats{Nulls: in.Nulls, Values: in.Values, Exact: in.Exact, Set: in.Set}
	var err error
	switch in.Kind {
	case "":
	case "s":
		err = boundsInto[string](s, in)
	case "i":
		err = boundsInto[int64](s, in)
	case "f":
		err = boundsInto[float64](s, in)
	case "b":
		err = boundsInto[bool](s, in)
	default:
		err = fmt.Errorf("column statistics: unknown kind %q", in.Kind)
	}
	return err
}

func boundsInto[T any](s *ColumnStats, in statsJSON) error {
	var lo, hi T
	if err := json.Unmarshal(in.Min, &lo); err != nil {
		return err
	}
	if err := json.Unmarshal(in.Max, &hi); err != nil {
		return err
	}
	s.Min, s.Max = lo, hi
	return nil
}

// merge adds the statistics of another part of the same leaf.
func (s *ColumnStats) merge(o ColumnStats) {
	if o.Values > 0 {
		switch {
		case s.Values == 0:
			s.Min, s.Max, s.Exact = o.Min, o.Max, o.Exact
		case s.Min == nil || o.Min == nil:
			s.Min, s.Max, s.Exact = nil, nil, false
		default:
			if compareValues(o.Min, s.Min) < 0 {
				s.Min = o.Min
			}
			if compareValues(o.Max, s.Max) > 0 {
				s.Max = o.Max
			}
			s.Exact = s.Exact && o.Exact
		}
		s.Set = mergeSets(s.Set, s.Values > 0, o.Set)
	}
	s.Nulls += o.Nulls
	s.Values += o.Values
}

func mergeSets(a []string, haveA bool, b []string) []string {
	if !haveA {
		return b
	}
	if a == nil || b == nil {
		return nil
	}
	out := slices.Concat(a, b)
	slices.Sort(out)
	return boundedSet(slices.Compact(out))
}

// boundedSet returns the set, or nil when it is too large to keep.
func boundedSet(set []string) []string {
	size := 0
	for _, v := range set {
		size += len(v)
		if !utf8.ValidString(v) {
			return nil // JSON would change it
		}
	}
	if len(set) > maxSetValues || size > maxSetBytes {
		return nil
	}
	return set
}

// compareValues orders two bounds of one kind.
func compareValues(a, b any) int {
	switch x := a.(type) {
	case string:
		return strings.Compare(x, b.(string))
	case int64:
		y := b.(int64)
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	case float64:
		y := b.(float64)
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	case bool:
		y := b.(bool)
		switch {
		case x == y:
			return 0
		case y:
			return -1
		}
		return 1
	}
	return 0
}

// shortMin returns a lower bound of s of at most n bytes: a prefix, cut at a
// character when s is text.
func shortMin(s string, n int) string {
	if len(s) <= n {
		return s
	}
	if !utf8.ValidString(s) {
		return s[:n]
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// shortMax returns an upper bound of s of at most about n bytes: a prefix whose
// last character that can grow is raised. ok is false when none can.
func shortMax(s string, n int) (bound string, ok bool) {
	if len(s) <= n {
		return s, true
	}
	if !utf8.ValidString(s) {
		return raiseBytes([]byte(s[:n]))
	}
	prefix := shortMin(s, n)
	for len(prefix) > 0 {
		r, size := utf8.DecodeLastRuneInString(prefix)
		prefix = prefix[:len(prefix)-size]
		switch {
		case r == utf8.MaxRune:
			continue // the character before it is raised instead
		case r == 0xD7FF:
			r = 0xE000 // surrogates are no characters
		default:
			r++
		}
		return prefix + string(r), true
	}
	return "", false
}

func raiseBytes(b []byte) (string, bool) {
	b = bytes.Clone(b)
	for len(b) > 0 {
		if last := len(b) - 1; b[last] == math.MaxUint8 {
			b = b[:last]
		} else {
			b[last]++
			return string(b), true
		}
	}
	return "", false
}
