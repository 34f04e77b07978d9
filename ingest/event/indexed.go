package event

// indexed is valid text with the place where each string, object and array in it
// ends. A record is stepped through several times and level by level, which would
// otherwise look at every byte as often. Without ends the text itself is looked at.
type indexed struct {
	b    []byte
	ends []int32 // by the place where it begins; of other places without meaning
}

// walk begins at the object or array at that place.
func (t indexed) walk(at span) walker { return walker{indexed: t, i: skipSpace(t.b, at.from+1)} }

// skip returns the index after the value that begins at i.
func (t indexed) skip(i int) int {
	switch t.b[i] {
	case '"', '{', '[':
		if t.ends != nil {
			return int(t.ends[i])
		}
	}
	return skipValue(t.b, i)
}

// skipKey returns the index after the key that begins at i.
func (t indexed) skipKey(i int) int {
	if t.ends != nil {
		return int(t.ends[i])
	}
	return skipString(t.b, i)
}

// indexer finds the ends. Its buffers are kept between records.
type indexer struct {
	ends []int32
	open []int32 // beginnings of the objects and arrays that are open
}

// index returns the valid text with its ends, good until the next call, and how
// deeply it nests. The text must stay below 2 GiB.
func (x *indexer) index(b []byte) (t indexed, depth int) {
	if cap(x.ends) < len(b) || cap(x.ends) > keepBytes && len(b) <= keepBytes {
		x.ends = make([]int32, len(b)+len(b)/2)
	}
	ends, open := x.ends[:len(b)], x.open[:0]
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			to := skipString(b, i)
			ends[i] = int32(to)
			i = to - 1
		case '{', '[':
			open = append(open, int32(i))
			depth = max(depth, len(open))
		case '}', ']':
			last := len(open) - 1
			ends[open[last]] = int32(i + 1)
			open = open[:last]
		}
	}
	x.open = open
	return indexed{b, ends}, depth
}
