package regex

import (
	"strings"

	"github.com/dlclark/regexp2"
)

// search is one text as the backtracking library sees it.
type search struct {
	re      *Regexp
	runes   []rune
	offsets []int // byte offset of each rune and of the end; nil in ASCII
}

func (r *Regexp) backtracking(s string) *search {
	t := &search{re: r, runes: []rune(s)}
	if len(t.runes) == len(s) {
		return t
	}
	t.offsets = make([]int, 0, len(t.runes)+1)
	for i := range s {
		t.offsets = append(t.offsets, i)
	}
	t.offsets = append(t.offsets, len(s))
	return t
}

// find is Regexp.Find.
func (t *search) find(from int) ([]int, error) {
	slow, err := t.re.slow()
	if err != nil {
		return nil, err
	}
	m, err := slow.FindRunesMatchStartingAt(t.runes, t.runeAt(from))
	if err != nil {
		if strings.Contains(err.Error(), "timeout") {
			err = ErrTooLong
		}
		return nil, err
	}
	if m == nil {
		return nil, nil
	}
	out := make([]int, 0, 2*(t.re.groups+1))
	for i := range t.re.groups + 1 {
		out = t.appendGroup(out, m.GroupByNumber(i))
	}
	return out, nil
}

func (t *search) appendGroup(dst []int, g *regexp2.Group) []int {
	if g == nil || len(g.Captures) == 0 {
		return append(dst, -1, -1)
	}
	return append(dst, t.byteAt(g.Index), t.byteAt(g.Index+g.Length))
}

func (t *search) byteAt(runeIndex int) int {
	if t.offsets == nil {
		return runeIndex
	}
	return t.offsets[runeIndex]
}

// runeAt is the number of the rune that begins at a byte offset.
func (t *search) runeAt(offset int) int {
	if t.offsets == nil {
		return offset
	}
	lo, hi := 0, len(t.offsets)-1
	for lo < hi {
		mid := (lo + hi) / 2
		if t.offsets[mid] < offset {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}
