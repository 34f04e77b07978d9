package regex

import (
	"slices"
	"unicode"
)

// span is a range of characters, both ends included.
type span struct{ lo, hi rune }

// set is a set of characters: spans in order that neither touch nor overlap.
type set []span

var everything = set{{0, unicode.MaxRune}}

func setOf(r rune) set { return set{{r, r}} }

// union merges sets.
func union(sets ...set) set {
	all := slices.Concat(sets...)
	slices.SortFunc(all, func(a, b span) int { return int(a.lo) - int(b.lo) })
	out := all[:0]
	for _, s := range all {
		if n := len(out); n > 0 && s.lo <= out[n-1].hi+1 {
			out[n-1].hi = max(out[n-1].hi, s.hi)
			continue
		}
		out = append(out, s)
	}
	return out
}

// without returns the characters that are not in s.
func without(s set) set {
	out := set{}
	next := rune(0)
	for _, r := range s {
		if r.lo > next {
			out = append(out, span{next, r.lo - 1})
		}
		next = r.hi + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, span{next, unicode.MaxRune})
	}
	return out
}

func intersect(a, b set) set { return without(union(without(a), without(b))) }

// foldLimit is how many characters of a range are folded one by one; a larger
// range is taken to hold its characters in either case.
const foldLimit = 70000

// folded adds the other cases of every character.
func folded(s set) set {
	extra := set{}
	for _, r := range s {
		if r.hi-r.lo > foldLimit {
			continue
		}
		for c := r.lo; c <= r.hi; c++ {
			for f := unicode.SimpleFold(c); f != c; f = unicode.SimpleFold(f) {
				extra = append(extra, span{f, f})
			}
		}
	}
	return union(s, extra)
}

// tableSet lists the characters of Unicode tables.
func tableSet(tables ...*unicode.RangeTable) set {
	var all set
	for _, t := range tables {
		for _, r := range t.R16 {
			all = appendStrided(all, rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range t.R32 {
			all = appendStrided(all, rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	return union(all)
}

func appendStrided(dst set, lo, hi, stride rune) set {
	if stride == 1 {
		return append(dst, span{lo, hi})
	}
	for c := lo; c <= hi; c += stride {
		dst = append(dst, span{c, c})
	}
	return dst
}
