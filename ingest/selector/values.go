package selector

import (
	"bytes"
	"slices"
)

// values are the values of three operators, each looked up in the logarithm of
// their number: a store may have 500.
type values struct {
	equal  [][]byte // sorted
	starts affixes
	ends   affixes
}

func newValues(equal, starts, ends []string) values {
	v := values{
		equal:  asBytes(equal),
		starts: newAffixes(starts, bytes.Compare, bytes.HasPrefix),
		ends:   newAffixes(ends, compareFromEnd, bytes.HasSuffix),
	}
	slices.SortFunc(v.equal, bytes.Compare)
	return v
}

func asBytes(list []string) [][]byte {
	out := make([][]byte, len(list))
	for i, s := range list {
		out[i] = []byte(s)
	}
	return out
}

// meets reports whether value equals, begins or ends with one of the values.
func (v *values) meets(value []byte) bool {
	if len(v.equal) > 0 {
		if _, ok := slices.BinarySearchFunc(v.equal, value, bytes.Compare); ok {
			return true
		}
	}
	return v.starts.meets(value) || v.ends.meets(value)
}

// affixes are beginnings in the order of bytes, or endings in the order of bytes
// from the end. None of them is an affix of another, so that of a value they can
// only have the last that is not behind it: whatever lay between would begin with
// that one too.
type affixes struct {
	sorted  [][]byte
	compare func(a, b []byte) int
	has     func(value, affix []byte) bool
}

func newAffixes(list []string, compare func(a, b []byte) int, has func(value, affix []byte) bool) affixes {
	a := affixes{compare: compare, has: has}
	all := asBytes(list)
	slices.SortFunc(all, compare)
	for _, v := range all {
		if n := len(a.sorted); n == 0 || !has(v, a.sorted[n-1]) {
			a.sorted = append(a.sorted, v)
		}
	}
	return a
}

func (a *affixes) meets(value []byte) bool {
	if len(a.sorted) == 0 {
		return false
	}
	i, same := slices.BinarySearchFunc(a.sorted, value, a.compare)
	return same || i > 0 && a.has(value, a.sorted[i-1])
}

// compareFromEnd orders by the last bytes first.
func compareFromEnd(a, b []byte) int {
	for i := 1; i <= min(len(a), len(b)); i++ {
		if x, y := a[len(a)-i], b[len(b)-i]; x != y {
			return int(x) - int(y)
		}
	}
	return len(a) - len(b)
}
