package vector

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Unify gives dictionary arrays of varchar one common dictionary. It returns nil
// when they are no such arrays, share one already, or when the dictionaries have
// more than a share of the rows' number of values, so that it would not pay.
func Unify(mem memory.Allocator, arrs []arrow.Array) []arrow.Array {
	if len(arrs) == 0 || !unifies(arrs) {
		return nil
	}
	u := unifier{numbers: map[string]int32{}, values: array.NewStringBuilder(mem), known: map[arrow.ArrayData][]int32{}}
	defer u.values.Release()
	codes := make([]arrow.Array, len(arrs))
	for i, a := range arrs {
		codes[i] = u.translate(mem, a.(*array.Dictionary))
		defer codes[i].Release()
	}
	dict := u.values.NewArray()
	defer dict.Release()
	out := make([]arrow.Array, len(arrs))
	for i, c := range codes {
		out[i] = array.NewDictionaryArray(arrs[i].DataType(), c, dict)
	}
	return out
}

// unifyShare is how many rows there must be for each value of a dictionary.
const unifyShare = 4

func unifies(arrs []arrow.Array) bool {
	rows, values, bytes := 0, 0, int64(0)
	seen := map[arrow.ArrayData]bool{}
	for _, a := range arrs {
		d, ok := a.(*array.Dictionary)
		if !ok || d.Dictionary().DataType().ID() != arrow.STRING || !hasInt32Codes(d) || d.Dictionary().NullN() > 0 {
			return false
		}
		rows += d.Len()
		if id := DictionaryID(d); !seen[id] {
			seen[id] = true
			values += d.Dictionary().Len()
			bytes += valueBytes(id)
		}
	}
	return len(seen) > 1 && values*unifyShare <= rows && bytes <= MaxBytes
}

// unifier numbers the values of dictionaries.
type unifier struct {
	numbers map[string]int32
	values  *array.StringBuilder
	known   map[arrow.ArrayData][]int32 // by dictionary, the number of each value
}

// translate returns the codes of an array in the common dictionary.
func (u *unifier) translate(mem memory.Allocator, a *array.Dictionary) arrow.Array {
	id := DictionaryID(a)
	numbers, ok := u.known[id]
	if !ok {
		numbers = u.add(a.Dictionary().(*array.String))
		u.known[id] = numbers
	}
	values := newBuffer(mem, a.Len()*4)
	out := arrow.Int32Traits.CastFromBytes(values.Bytes())
	if len(numbers) == 0 {
		clear(out) // all are NULL
	} else if a.NullN() == 0 {
		for i, c := range Codes(a) {
			out[i] = numbers[c]
		}
	} else {
		for i, c := range Codes(a) {
			out[i] = 0
			if a.IsValid(i) {
				out[i] = numbers[c]
			}
		}
	}
	valid, nulls := takeValid(mem, a.Data(), firstRows(a))
	return makeArray(arrow.PrimitiveTypes.Int32, a.Len(), nulls, []*memory.Buffer{valid, values}, nil)
}

// firstRows lists the rows of an array with NULLs; of others the list is not looked at.
func firstRows(a arrow.Array) []int32 {
	if a.NullN() == 0 {
		return nil
	}
	rows := make([]int32, a.Len())
	for i := range rows {
		rows[i] = int32(i)
	}
	return rows
}

func (u *unifier) add(values *array.String) []int32 {
	numbers := make([]int32, values.Len())
	for i := range numbers {
		n, ok := u.numbers[values.Value(i)]
		if !ok {
			n = int32(len(u.numbers))
			u.numbers[values.Value(i)] = n
			u.values.Append(values.Value(i))
		}
		numbers[i] = n
	}
	return numbers
}
