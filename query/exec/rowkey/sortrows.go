package rowkey

import (
	"cmp"
	"math/bits"
	"slices"
	"sync/atomic"

	"github.com/traillake/traillake/query/exec/vector"
)

const (
	// smallRange is how many rows are sorted by comparing their words beside each
	// other; more are first spread over buckets.
	smallRange = 1 << 14
	// tinyRange is how many are sorted by comparing rows.
	tinyRange  = 16
	bucketBits = 12
)

// Parallel calls fn for 0 to n-1 on goroutines of their own and waits for all.
type Parallel func(n int, fn func(i int) error) error

// rowSort sorts references to rows: large ranges by spreading them over buckets of
// words, which takes no memory but that of the references, small ones by word,
// those with equal words by the next key. It is used by one goroutine.
type rowSort struct {
	rows    *Rows
	stop    func() error
	run     Parallel
	entries []sortEntry
	counts  [1<<bucketBits + 1]int
}

type sortEntry struct {
	word uint64
	ref  vector.Ref
}

// Order returns all rows in order, sorted by so many workers, which run calls. It
// returns the error of stop, which is asked now and then.
func (r *Rows) Order(workers int, run Parallel, stop func() error) ([]vector.Ref, error) {
	refs := make([]vector.Ref, 0, r.rows)
	for b, n := range r.batches {
		for i := range n {
			refs = append(refs, vector.Ref{Batch: int32(b), Row: i})
		}
	}
	for _, c := range r.columns {
		if err := c.seal(); err != nil {
			return nil, err
		}
	}
	s := &rowSort{rows: r, stop: stop, run: run}
	return refs, s.sort(refs, make([]vector.Ref, len(refs)), 0, workers)
}

// sort sorts rows that are equal in the keys before k. spare is as long as refs.
func (s *rowSort) sort(refs, spare []vector.Ref, k, workers int) error {
	if len(refs) <= 1 || k == len(s.rows.columns) {
		return nil
	}
	if len(refs) <= tinyRange {
		s.tiny(refs, k)
		return nil
	}
	c := s.rows.columns[k]
	if c.nulls {
		nulls := s.splitNulls(c, refs, spare)
		if c.key.NullsFirst {
			if err := s.sort(refs[:nulls], spare[:nulls], k+1, workers); err != nil {
				return err
			}
			refs, spare = refs[nulls:], spare[nulls:]
		} else {
			values := len(refs) - nulls
			if err := s.sort(refs[values:], spare[values:], k+1, workers); err != nil {
				return err
			}
			refs, spare = refs[:values], spare[:values]
		}
		if len(refs) <= 1 {
			return nil
		}
	}
	if len(refs) <= smallRange {
		return s.small(c, refs, spare, k)
	}
	if err := s.stop(); err != nil {
		return err
	}
	return s.spread(c, refs, spare, k, workers)
}

// tiny sorts by insertion.
func (s *rowSort) tiny(refs []vector.Ref, k int) {
	for i := 1; i < len(refs); i++ {
		for j := i; j > 0 && s.less(refs[j], refs[j-1], k); j-- {
			refs[j], refs[j-1] = refs[j-1], refs[j]
		}
	}
}

func (s *rowSort) less(a, b vector.Ref, k int) bool {
	for _, c := range s.rows.columns[k:] {
		if order := c.compare(a, b); order != 0 {
			return order < 0
		}
	}
	return false
}

// splitNulls puts the NULLs where they belong and returns how many there are.
func (s *rowSort) splitNulls(c *sortColumn, refs, spare []vector.Ref) int {
	nulls, values := spare[:0], refs[:0]
	for _, r := range refs {
		if c.isNull(r) {
			nulls = append(nulls, r)
		} else {
			values = append(values, r)
		}
	}
	if c.key.NullsFirst {
		copy(refs[len(nulls):], values)
		copy(refs, nulls)
	} else {
		copy(refs[len(values):], nulls)
	}
	return len(nulls)
}

// small sorts by words that lie beside each other.
func (s *rowSort) small(c *sortColumn, refs, spare []vector.Ref, k int) error {
	skip := c.shared(refs)
	entries, sorted := s.entries[:0], true
	for _, r := range refs {
		w := c.word(r, skip)
		sorted = sorted && (len(entries) == 0 || entries[len(entries)-1].word <= w)
		entries = append(entries, sortEntry{w, r})
	}
	s.entries = entries
	if !sorted {
		slices.SortFunc(entries, func(a, b sortEntry) int {
			return cmp.Or(cmp.Compare(a.word, b.word), compareRefs(a.ref, b.ref))
		})
	}
	// Sorting ties makes use of the entries again: what they tell must be kept.
	var ties [][2]int
	from := 0
	for i, e := range entries {
		refs[i] = e.ref
		if i+1 < len(entries) && entries[i+1].word == e.word {
			continue
		}
		if i > from {
			ties = append(ties, [2]int{from, i + 1})
		}
		from = i + 1
	}
	for _, t := range ties {
		if err := s.ties(c, refs[t[0]:t[1]], spare[t[0]:t[1]], k, 1); err != nil {
			return err
		}
	}
	return nil
}

// compareRefs orders rows as they came.
func compareRefs(a, b vector.Ref) int {
	return cmp.Or(cmp.Compare(a.Batch, b.Batch), cmp.Compare(a.Row, b.Row))
}

// ties sorts rows with equal words of key k.
func (s *rowSort) ties(c *sortColumn, refs, spare []vector.Ref, k, workers int) error {
	if len(refs) <= 1 {
		return nil
	}
	if c.exact() {
		return s.sort(refs, spare, k+1, workers)
	}
	slices.SortFunc(refs, func(a, b vector.Ref) int { return cmp.Or(c.compare(a, b), compareRefs(a, b)) })
	from := 0
	for i := range refs {
		if i+1 == len(refs) || c.compare(refs[i], refs[i+1]) != 0 {
			if err := s.sort(refs[from:i+1], spare[from:i+1], k+1, workers); err != nil {
				return err
			}
			from = i + 1
		}
	}
	return nil
}

// spread spreads rows over buckets by their words, and sorts the buckets.
func (s *rowSort) spread(c *sortColumn, refs, spare []vector.Ref, k, workers int) error {
	skip := c.shared(refs)
	low := c.word(refs[0], skip)
	high, last, sorted := low, low, true
	for _, r := range refs {
		w := c.word(r, skip)
		low, high = min(low, w), max(high, w)
		sorted = sorted && w >= last
		last = w
	}
	if low == high {
		return s.ties(c, refs, spare, k, workers)
	}
	shift := max(0, bits.Len64(high-low)-bucketBits)
	counts := s.counts[:(high-low)>>shift+2]
	clear(counts)
	for _, r := range refs {
		counts[(c.word(r, skip)-low)>>shift+1]++
	}
	for i := range counts[1:] {
		counts[i+1] += counts[i]
	}
	ends := slices.Clone(counts[1:])
	if !sorted {
		for _, r := range refs {
			at := &counts[(c.word(r, skip)-low)>>shift]
			spare[*at] = r
			*at++
		}
		copy(refs, spare)
	}
	return s.inBuckets(ends, workers, func(s *rowSort, from, to int) error {
		if shift == 0 {
			return s.ties(c, refs[from:to], spare[from:to], k, 1)
		}
		return s.sort(refs[from:to], spare[from:to], k, 1)
	})
}

// inBuckets calls fn for each bucket with rows.
func (s *rowSort) inBuckets(ends []int, workers int, fn func(s *rowSort, from, to int) error) error {
	var next atomic.Int64
	work := func(own *rowSort) error {
		for {
			i := int(next.Add(1)) - 1
			if i >= len(ends) {
				return nil
			}
			from := 0
			if i > 0 {
				from = ends[i-1]
			}
			if ends[i] == from {
				continue
			}
			if err := fn(own, from, ends[i]); err != nil {
				return err
			}
		}
	}
	if workers <= 1 {
		return work(s)
	}
	return s.run(workers, func(int) error { return work(&rowSort{rows: s.rows, stop: s.stop}) })
}
