package rowkey

import (
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/types"
)

// Interner numbers the distinct values of one column from 0, NULL included, and
// keeps one row of each. Dictionary codes are translated through a table made
// once per dictionary, and fixed-width values are hashed as words.
type Interner struct {
	typ    types.Type
	mem    memory.Allocator
	bytes  Table
	words  WordTable
	recent *recentLongs // of words, made when it is used
	null   int32        // number of NULL + 1, 0 before the first
	count  int32
	values []arrow.Array // the values in number order, a chunk per batch
	held   int64         // bytes of values
	dict   arrow.Array   // the dictionary of translate, retained
	codes  []int32       // code → number, -1 when not seen yet
	key    []byte
	fresh  []int32 // rows of the current array that hold new values
}

// NewInterner returns an empty Interner for values of type t.
func NewInterner(mem memory.Allocator, t types.Type) *Interner { return &Interner{typ: t, mem: mem} }

// Len is the number of distinct values.
func (in *Interner) Len() int { return int(in.count) }

// Size is the memory held outside Arrow arrays, in bytes.
func (in *Interner) Size() int64 {
	n := in.bytes.Size() + in.words.Size() + int64(cap(in.codes))*4
	if in.recent != nil {
		n += int64(unsafe.Sizeof(*in.recent))
	}
	return n
}

// Bytes is the memory held in Arrow arrays.
func (in *Interner) Bytes() int64 { return in.held }

// Intern sets ids[i] to the number of row i.
func (in *Interner) Intern(arr arrow.Array, ids []int32) {
	in.fresh = in.fresh[:0]
	switch a := arr.(type) {
	case *array.Dictionary:
		if a.Dictionary().Len() > 4*a.Len() && !in.translates(a) {
			plain := vector.Decode(in.mem, a)
			defer plain.Release()
			in.Intern(plain, ids)
			return
		}
		in.internCodes(a, ids)
	default:
		if w := words(arr); w != nil {
			in.internWords(arr, w, ids)
		} else {
			in.internBytes(arr, ids)
		}
		in.keep(arr)
	}
}

// keep stores the rows of arr that held new values.
func (in *Interner) keep(arr arrow.Array) {
	if len(in.fresh) > 0 {
		kept := vector.Take(in.mem, arr, in.fresh)
		in.held += vector.Bytes(kept)
		in.values = append(in.values, kept)
	}
}

func (in *Interner) internNull(row int) int32 {
	if in.null == 0 {
		in.null = in.next(row) + 1
	}
	return in.null - 1
}

func (in *Interner) next(row int) int32 {
	in.fresh = append(in.fresh, int32(row))
	in.count++
	return in.count - 1
}

func (in *Interner) internWords(arr arrow.Array, word func(int) uint64, ids []int32) {
	nulls := arr.NullN() > 0
	if values := longs(arr); values != nil && !nulls {
		in.internLongs(values, ids)
		return
	}
	for i := range ids {
		if nulls && types.IsNull(arr, i) {
			ids[i] = in.internNull(i)
			continue
		}
		id, isNew := in.words.Insert(word(i))
		ids[i] = in.number(id, isNew, i)
	}
}

// internLongs is internWords of values without NULLs.
func (in *Interner) internLongs(values []int64, ids []int32) {
	if in.recent == nil {
		if len(ids) < len(in.recent) {
			in.internFew(values, ids)
			return
		}
		in.recent = new(recentLongs)
	}
	for i, v := range values[:len(ids)] {
		r := in.recent.of(v)
		if r.value != v || r.number == 0 {
			id, isNew := in.words.Insert(uint64(v) ^ signBit)
			*r = recentLong{v, in.number(id, isNew, i) + 1}
		}
		ids[i] = r.number - 1
	}
}

// internFew is internLongs of a short batch; like values often follow each other.
func (in *Interner) internFew(values []int64, ids []int32) {
	for i, v := range values[:len(ids)] {
		if i > 0 && v == values[i-1] {
			ids[i] = ids[i-1]
			continue
		}
		id, isNew := in.words.Insert(uint64(v) ^ signBit)
		ids[i] = in.number(id, isNew, i)
	}
}

// recentLongs has the numbers of values seen not long ago, such as the hours of some
// days: each has one place to look at, where a table has to search.
type recentLongs [1 << recentBits]recentLong

const recentBits = 12

// recentLong is a value and its number + 1; 0 is none.
type recentLong struct {
	value  int64
	number int32
}

// of is the place of a value. A multiplication spreads it into its upper bits.
func (r *recentLongs) of(v int64) *recentLong {
	return &r[uint64(v)*0x9e3779b97f4a7c15>>(64-recentBits)]
}

// number maps a table's number to the Interner's: the tables do not hold NULL.
func (in *Interner) number(id int32, isNew bool, row int) int32 {
	if isNew {
		return in.next(row)
	}
	if in.null != 0 && id >= in.null-1 {
		return id + 1
	}
	return id
}

func (in *Interner) internBytes(arr arrow.Array, ids []int32) {
	nulls := arr.NullN() > 0 || arr.DataType().ID() == arrow.NULL
	value := byteValues(arr)
	encode := equalValueUnlessBytes(in.typ, arr, value != nil)
	for i := range ids {
		if nulls && types.IsNull(arr, i) {
			ids[i] = in.internNull(i)
			continue
		}
		var key []byte
		if value != nil {
			key = value(i)
		} else {
			in.key, _ = encode(in.key[:0], i)
			key = in.key
		}
		id, isNew := in.bytes.Insert(key)
		ids[i] = in.number(id, isNew, i)
	}
}

func equalValueUnlessBytes(t types.Type, arr arrow.Array, isBytes bool) Equal {
	if isBytes {
		return nil
	}
	return equalValue(t, arr)
}

// translates reports whether codes belongs to the dictionary of a.
func (in *Interner) translates(a *array.Dictionary) bool {
	return in.dict != nil && in.dict.Data() == vector.DictionaryID(a)
}

func (in *Interner) internCodes(a *array.Dictionary, ids []int32) {
	dict := a.Dictionary()
	if !in.translates(a) {
		dict.Retain()
		if in.dict != nil {
			in.dict.Release()
		}
		in.dict = dict
		in.codes = make([]int32, dict.Len())
		for i := range in.codes {
			in.codes[i] = -1
		}
	}
	value := byteValues(dict)
	codes := vector.Codes(a)
	nulls, gaps := a.NullN() > 0, dict.NullN() > 0
	from := 0
	if !nulls && !gaps {
		from = translate(ids, codes, in.codes)
	}
	for i := from; i < len(ids); i++ {
		if nulls && a.IsNull(i) || gaps && dict.IsNull(int(codes[i])) {
			ids[i] = in.internNull(-1)
			continue
		}
		c := codes[i]
		if in.codes[c] < 0 {
			id, isNew := in.bytes.Insert(value(int(c)))
			in.codes[c] = in.number(id, isNew, int(c))
		}
		ids[i] = in.codes[c]
		if !nulls && !gaps {
			i += translate(ids[i+1:], codes[i+1:], in.codes)
		}
	}
	in.keep(dict)
}

// translate sets the number of each row up to the first whose code has none yet, and
// returns how many rows that are.
func translate(ids, codes, numbers []int32) int {
	codes = codes[:len(ids)]
	for i, c := range codes {
		n := numbers[c]
		if n < 0 {
			return i
		}
		ids[i] = n
	}
	return len(ids)
}

// Values returns the values of the listed numbers, plain.
func (in *Interner) Values(ids []int32) (arrow.Array, error) {
	all, err := in.All()
	if err != nil {
		return nil, err
	}
	defer all.Release()
	return vector.Take(in.mem, all, ids), nil
}

// All returns the values in number order, plain. It keeps them as one chunk, so
// that asking again, as a reader in batches does, costs nothing.
func (in *Interner) All() (arrow.Array, error) {
	if len(in.values) == 0 {
		return vector.Empty(in.mem, in.typ.Arrow()), nil
	}
	if len(in.values) == 1 {
		return vector.Conform(in.values[0], in.typ.Arrow())
	}
	parts := make([]arrow.Array, len(in.values))
	for i, v := range in.values {
		part, err := vector.Conform(v, in.typ.Arrow())
		if err != nil {
			return nil, err
		}
		defer part.Release()
		parts[i] = part
	}
	all, err := vector.Concat(in.mem, parts)
	if err != nil {
		return nil, err
	}
	for _, v := range in.values {
		v.Release()
	}
	all.Retain()
	in.values = []arrow.Array{all}
	return all, nil
}

// Release gives back what the Interner holds; it is empty afterwards.
func (in *Interner) Release() {
	for _, v := range in.values {
		v.Release()
	}
	if in.dict != nil {
		in.dict.Release()
	}
	*in = Interner{typ: in.typ, mem: in.mem}
}
