package engine

import (
	"cmp"
	"maps"
	"slices"
)

// distinctHashes bounds the hashes kept to count distinct values: up to so many
// the count is exact, beyond its standard error is about 1 %.
const distinctHashes = 16 << 10

// distinctCounter counts distinct values by their hashes: all of them, or, when
// they become too many, the sample of those that end in level zero bits, which
// stands for 2^level times as many (Wegman's adaptive sampling).
type distinctCounter struct {
	hashes map[uint64]struct{}
	level  uint
}

func (d *distinctCounter) add(hash uint64) {
	if hash&(1<<d.level-1) != 0 {
		return
	}
	if d.hashes == nil {
		d.hashes = map[uint64]struct{}{}
	}
	d.hashes[hash] = struct{}{}
	for len(d.hashes) > distinctHashes {
		d.level++
		maps.DeleteFunc(d.hashes, func(h uint64, _ struct{}) bool { return h&(1<<d.level-1) != 0 })
	}
}

// count returns the number of distinct values and whether it is exact.
func (d *distinctCounter) count() (n int64, exact bool) {
	return int64(len(d.hashes)) << d.level, d.level == 0
}

// frequentKeys bounds the values whose occurrences are counted at a time.
const frequentKeys = 4096

// frequentCounter finds the most frequent values by their hashes. While there are
// no more than frequentKeys it counts them; beyond, it keeps candidates, among
// them every value that has more than one in frequentKeys of the occurrences
// (Misra and Gries), whose counts a second reading must take.
type frequentCounter struct {
	seen map[uint64]*occurrence
	over bool // candidates only
}

// occurrence is a value: how often it was seen, and the number of a row that has it.
type occurrence struct{ count, row int64 }

func (f *frequentCounter) add(hash uint64, row int64) {
	if o := f.seen[hash]; o != nil {
		o.count++
		return
	}
	if f.seen == nil {
		f.seen = map[uint64]*occurrence{}
	}
	if len(f.seen) < frequentKeys {
		f.seen[hash] = &occurrence{count: 1, row: row}
		return
	}
	f.over = true
	maps.DeleteFunc(f.seen, func(_ uint64, o *occurrence) bool {
		o.count--
		return o.count == 0
	})
}

// recount makes the candidates ready for a second reading of all values.
func (f *frequentCounter) recount() {
	for _, o := range f.seen {
		o.count = 0
	}
}

// addAgain counts a value of the second reading.
func (f *frequentCounter) addAgain(hash uint64) {
	if o := f.seen[hash]; o != nil {
		o.count++
	}
}

// top returns the n most frequent values, the earlier row first among equals, and
// whether no value of all that were added, total in number, can be missing.
func (f *frequentCounter) top(n int, total int64) (values []occurrence, exact bool) {
	for _, o := range f.seen {
		values = append(values, *o)
	}
	slices.SortFunc(values, func(a, b occurrence) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.row, b.row))
	})
	values = values[:min(n, len(values))]
	exact = !f.over || len(values) == n && values[n-1].count > total/(frequentKeys+1)
	return values, exact
}
