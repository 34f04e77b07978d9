package difftest

import "slices"

// reduceTries bounds how many smaller statements are tried.
const reduceTries = 150

// reduce returns the smallest statement found that is still wanted, by making
// the tape shorter: a part that made an expression or a relation is replaced by
// zeros, which make the simplest one.
func reduce(s *Statement, wanted func(*Statement) bool) *Statement {
	tries := 0
	for better := true; better && tries < reduceTries; {
		better = false
		spans := slices.Clone(s.spans)
		slices.SortFunc(spans, func(a, b span) int { return (b.to - b.from) - (a.to - a.from) })
		for _, sp := range spans {
			if smaller := shorten(s, sp, wanted, &tries); smaller != nil {
				s, better = smaller, true
				break
			}
			if tries >= reduceTries {
				break
			}
		}
	}
	return s
}

// shorten tries some numbers of zeros for a span of the tape, as what follows
// is read differently after each.
func shorten(s *Statement, sp span, wanted func(*Statement) bool, tries *int) *Statement {
	for _, zeros := range []int{1, 2, 3, 4, 6} {
		if sp.to-sp.from < zeros {
			return nil
		}
		tape := slices.Concat(s.tape[:sp.from], make([]uint32, zeros), s.tape[sp.to:])
		smaller := replay(s, tape, s.guard)
		if len(smaller.SQL) >= len(s.SQL) {
			continue
		}
		*tries++
		if wanted(smaller) {
			return smaller
		}
	}
	return nil
}
