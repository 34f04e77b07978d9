package exec

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/exec/rowkey"
	"github.com/traillake/traillake/query/types"
)

// grouper numbers distinct combinations of values from 0. Each column has its
// own interner; a combination is the pair of the combination of the columns
// before and the value of the last one. Without columns there is one combination.
type grouper struct {
	columns []*rowkey.Interner
	pairs   []*rowkey.WordTable // pairs[i] combines column i with those before it; pairs[0] is unused
	ids     []int32             // scratch
	out     []int32             // what number returned last
}

func newGrouper(mem memory.Allocator, keys []types.Type) *grouper {
	g := &grouper{columns: make([]*rowkey.Interner, len(keys)), pairs: make([]*rowkey.WordTable, len(keys))}
	for i, t := range keys {
		g.columns[i] = rowkey.NewInterner(mem, t)
		g.pairs[i] = &rowkey.WordTable{}
	}
	return g
}

// count is the number of combinations.
func (g *grouper) count() int {
	switch n := len(g.columns); n {
	case 0:
		return 1
	case 1:
		return g.columns[0].Len()
	default:
		return g.pairs[n-1].Len()
	}
}

// number returns the combination of each row; the slice is valid until the next call.
func (g *grouper) number(cols []arrow.Array, rows int) []int32 {
	if cap(g.out) < rows {
		g.out = make([]int32, rows)
	}
	out := g.out[:rows]
	if len(cols) == 0 {
		clear(out)
		return out
	}
	g.columns[0].Intern(cols[0], out)
	if len(cols) > 1 && cap(g.ids) < rows {
		g.ids = make([]int32, rows)
	}
	for c := 1; c < len(cols); c++ {
		ids := g.ids[:rows]
		g.columns[c].Intern(cols[c], ids)
		table := g.pairs[c]
		before, last := int32(-1), int32(-1) // like rows often follow each other
		for i, id := range ids {
			if i == 0 || out[i] != before || id != ids[i-1] {
				before = out[i]
				last, _ = table.Insert(pairKey(before, id))
			}
			out[i] = last
		}
	}
	return out
}

// find is number that adds nothing: it gives -1 to a combination that was not seen.
func (g *grouper) find(cols []arrow.Array, rows int) []int32 {
	out := make([]int32, rows)
	if len(cols) == 0 {
		return out
	}
	g.columns[0].Find(cols[0], out)
	ids := make([]int32, rows)
	for c := 1; c < len(cols); c++ {
		g.columns[c].Find(cols[c], ids)
		for i, id := range ids {
			if out[i] >= 0 && id >= 0 {
				out[i] = g.pairs[c].Lookup(pairKey(out[i], id))
			} else {
				out[i] = -1
			}
		}
	}
	return out
}

func pairKey(a, b int32) uint64 { return uint64(uint32(a))<<32 | uint64(uint32(b)) }

// values returns the columns of the listed combinations, plain.
func (g *grouper) values(list []int32) ([]arrow.Array, error) {
	out := make([]arrow.Array, len(g.columns))
	left := append([]int32(nil), list...)
	ids := make([]int32, len(list))
	for c := len(g.columns) - 1; c >= 0; c-- {
		if c == 0 {
			copy(ids, left)
		} else {
			for i, id := range left {
				key := g.pairs[c].Key(id)
				left[i], ids[i] = int32(key>>32), int32(uint32(key))
			}
		}
		arr, err := g.columns[c].Values(ids)
		if err != nil {
			releaseArrays(out)
			return nil, err
		}
		out[c] = arr
	}
	return out, nil
}

// size is the memory held outside Arrow arrays.
func (g *grouper) size() (n int64) {
	for i, c := range g.columns {
		n += c.Size() + g.pairs[i].Size()
	}
	return n
}

// bytes is the memory held in Arrow arrays.
func (g *grouper) bytes() (n int64) {
	for _, c := range g.columns {
		n += c.Bytes()
	}
	return n
}

func (g *grouper) release() {
	for _, c := range g.columns {
		c.Release()
	}
}

// firstN lists the numbers 0 to n-1.
func firstN(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}
