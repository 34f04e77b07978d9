package rowkey

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/types"
)

// sortColumn is one key of Rows. Each value has a word; a value with a smaller
// word comes first. For numbers and ranks, equal words are equal values; bytes
// with equal words are compared whole.
type sortColumn struct {
	mem    memory.Allocator
	key    SortKey
	kind   sortKind
	arrays []arrow.Array // by batch
	nulls  bool          // some row is NULL, and NULLs have no word

	words []func(row int) uint64 // sortWords
	ints  [][]int64              // sortWords: the values of a batch that has them; else nil
	bytes []func(row int) []byte // sortBytes
	held  int64                  // bytes of what bytes was encoded into

	values *Interner // sortRanks: the distinct values
	ids    [][]int32 // and the number of each row's, by batch
	ranks  []uint64  // of the numbers, once they are asked for
}

type sortKind uint8

const (
	sortUndecided sortKind = iota // before the first batch
	sortWords
	sortBytes
	sortRanks
)

func (c *sortColumn) add(arr arrow.Array) error {
	_, coded := arr.(*array.Dictionary)
	if c.kind == sortUndecided {
		switch {
		case coded:
			c.kind, c.values = sortRanks, NewInterner(c.mem, c.key.Type)
		case words(arr) != nil:
			c.kind = sortWords
		default:
			c.kind = sortBytes
		}
	}
	arr.Retain()
	c.arrays = append(c.arrays, arr)
	switch c.kind {
	case sortRanks:
		ids := make([]int32, arr.Len())
		c.values.Intern(arr, ids)
		c.ids, c.ranks = append(c.ids, ids), nil
		return nil
	case sortWords:
		c.nulls = c.nulls || arr.NullN() > 0
		c.words, c.ints = append(c.words, c.wordsOf(arr)), append(c.ints, intsOf(arr))
		return nil
	}
	c.nulls = c.nulls || arr.NullN() > 0 || arr.DataType().ID() == arrow.NULL
	values, err := c.bytesOf(arr)
	c.bytes = append(c.bytes, values)
	return err
}

// wordsOf are the words of a batch of numbers, in the key's order.
func (c *sortColumn) wordsOf(arr arrow.Array) func(row int) uint64 {
	word := words(arr)
	switch arr.(type) {
	case *array.Float32, *array.Float64:
		if c.key.NullsFirst && !c.key.Group {
			inner := word
			word = func(row int) uint64 {
				w := inner(row)
				if w == math.MaxUint64 {
					return 0 // NaN; -Infinity is more
				}
				return w
			}
		}
	}
	if !c.key.Desc {
		return word
	}
	return func(row int) uint64 { return ^word(row) }
}

// intsOf are the values of an array of 64-bit integers, for which a word is not
// worth a call.
func intsOf(arr arrow.Array) []int64 {
	switch a := arr.(type) {
	case *array.Int64:
		return a.Int64Values()
	case *array.Timestamp:
		return arrow.Int64Traits.CastFromBytes(arrow.TimestampTraits.CastToBytes(a.TimestampValues()))
	}
	return nil
}

// bytesOf are the values of a batch as bytes, in rising order.
func (c *sortColumn) bytesOf(arr arrow.Array) (func(row int) []byte, error) {
	if d, ok := arr.(*array.Dictionary); ok {
		if values, codes := byteValues(d.Dictionary()), vector.Codes(d); values != nil {
			return func(row int) []byte { return values(int(codes[row])) }, nil
		}
	}
	if values := byteValues(arr); values != nil {
		return values, nil
	}
	encode := orderValue(c.key.Type, arr, c.key.NullsFirst)
	if c.key.Group {
		encode = groupValue(c.key.Type, arr)
	}
	var all []byte
	ends := make([]int, arr.Len()+1)
	for row := range arr.Len() {
		if !types.IsNull(arr, row) {
			var err error
			if all, err = encode(all, row); err != nil {
				return nil, err
			}
		}
		ends[row+1] = len(all)
	}
	c.held += int64(cap(all)) + int64(len(ends))*8
	return func(row int) []byte { return all[ends[row]:ends[row+1]] }, nil
}

// size is the memory held outside of Arrow arrays.
func (c *sortColumn) size() int64 {
	n := c.held
	for _, ids := range c.ids {
		n += int64(len(ids)) * 4
	}
	if c.values != nil {
		n += c.values.Size() + int64(c.values.Len())*16
	}
	return n
}

// seal makes the ranks.
func (c *sortColumn) seal() error {
	if c.kind != sortRanks || c.ranks != nil {
		return nil
	}
	c.ranks = make([]uint64, c.values.Len())
	all, err := c.values.All()
	if err != nil {
		return err
	}
	defer all.Release()
	value := byteValues(all)
	order := make([]int32, 0, all.Len())
	null := -1
	for id := range all.Len() {
		if all.IsNull(id) {
			null = id
		} else {
			order = append(order, int32(id))
		}
	}
	slices.SortFunc(order, func(a, b int32) int {
		if c.key.Desc {
			a, b = b, a
		}
		return bytes.Compare(value(int(a)), value(int(b)))
	})
	for rank, id := range order {
		c.ranks[id] = uint64(rank) + 1
	}
	if null >= 0 && !c.key.NullsFirst {
		c.ranks[null] = uint64(len(order)) + 1
	}
	return nil
}

// isNull is asked only when there are nulls.
func (c *sortColumn) isNull(r vector.Ref) bool { return types.IsNull(c.arrays[r.Batch], int(r.Row)) }

// exact reports whether values with equal words are equal.
func (c *sortColumn) exact() bool { return c.kind != sortBytes }

// word is that of a row which is not NULL; of bytes, those from skip on.
func (c *sortColumn) word(r vector.Ref, skip int) uint64 {
	switch c.kind {
	case sortRanks:
		return c.ranks[c.ids[r.Batch][r.Row]]
	case sortWords:
		ints := c.ints[r.Batch]
		if ints == nil {
			return c.words[r.Batch](int(r.Row))
		}
		w := uint64(ints[r.Row]) ^ 1<<63
		if c.key.Desc {
			return ^w
		}
		return w
	}
	w := prefixWord(c.bytes[r.Batch](int(r.Row))[skip:])
	if c.key.Desc {
		return ^w
	}
	return w
}

// prefixWord is the first eight bytes; zeros follow the end.
func prefixWord(b []byte) uint64 {
	if len(b) >= 8 {
		return binary.BigEndian.Uint64(b)
	}
	var w uint64
	for i, c := range b {
		w |= uint64(c) << (56 - 8*i)
	}
	return w
}

// shared is how many bytes all values of rows begin with.
func (c *sortColumn) shared(refs []vector.Ref) int {
	if c.kind != sortBytes {
		return 0
	}
	first := c.bytes[refs[0].Batch](int(refs[0].Row))
	for _, r := range refs[1:] {
		v := c.bytes[r.Batch](int(r.Row))
		n := min(len(v), len(first))
		if bytes.Equal(v[:n], first[:n]) {
			first = first[:n]
			continue
		}
		at := 0
		for v[at] == first[at] {
			at++
		}
		first = first[:at]
	}
	return len(first)
}

// compare orders two rows.
func (c *sortColumn) compare(a, b vector.Ref) int {
	if c.nulls {
		if an, bn := c.isNull(a), c.isNull(b); an || bn {
			switch {
			case an && bn:
				return 0
			case an == c.key.NullsFirst:
				return -1
			}
			return 1
		}
	}
	switch c.kind {
	case sortRanks:
		if x, y := c.ids[a.Batch][a.Row], c.ids[b.Batch][b.Row]; x != y {
			return cmp.Compare(c.ranks[x], c.ranks[y])
		}
		return 0
	case sortWords:
		return cmp.Compare(c.word(a, 0), c.word(b, 0))
	}
	order := bytes.Compare(c.bytes[a.Batch](int(a.Row)), c.bytes[b.Batch](int(b.Row)))
	if c.key.Desc {
		return -order
	}
	return order
}

func (c *sortColumn) release() {
	for _, a := range c.arrays {
		a.Release()
	}
	if c.values != nil {
		c.values.Release()
	}
	*c = sortColumn{mem: c.mem, key: c.key}
}
