package vector

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// tooLarge is the panic of a result over MaxBytes; Recovered turns it into an error.
type tooLarge struct{}

// Recovered returns the error that a recovered panic value of this package means.
func Recovered(v any) (error, bool) {
	if _, ok := v.(tooLarge); ok {
		return ErrTooLarge, true
	}
	return nil, false
}

// ErrTooLarge says that a column of one batch would not fit into an Arrow array.
var ErrTooLarge = fmt.Errorf("a column of one batch holds over %d bytes", MaxBytes)

// Concat joins arrays of one type end to end. Dictionary arrays that share one
// dictionary stay codes; otherwise dictionaries are decoded.
func Concat(mem memory.Allocator, arrs []arrow.Array) (arrow.Array, error) {
	parts := make([]arrow.Array, 0, len(arrs))
	for _, a := range arrs {
		if a.Len() > 0 {
			parts = append(parts, a)
		}
	}
	switch len(parts) {
	case 0:
		if len(arrs) == 0 {
			return nil, fmt.Errorf("concatenation of no arrays")
		}
		arrs[0].Retain()
		return arrs[0], nil
	case 1:
		parts[0].Retain()
		return parts[0], nil
	}
	if SameDictionary(parts) {
		return concatCodes(mem, parts)
	}
	var size int64
	for i, a := range parts {
		parts[i] = Decode(mem, a)
		defer parts[i].Release()
		size += valueBytes(parts[i].Data())
	}
	if size > MaxBytes {
		return nil, ErrTooLarge
	}
	return array.Concatenate(parts, mem)
}

// valueBytes is the size of the values of a varchar or varbinary array.
func valueBytes(data arrow.ArrayData) int64 {
	switch data.DataType().ID() {
	case arrow.STRING, arrow.BINARY:
		if off := sourceOffsets(data); off != nil {
			return int64(off[data.Len()] - off[0])
		}
	}
	return 0
}

// SameDictionary reports whether all arrays are codes of one and the same dictionary.
func SameDictionary(arrs []arrow.Array) bool {
	if !IsDictionary(arrs[0]) {
		return false
	}
	first := DictionaryID(arrs[0].(*array.Dictionary))
	for _, a := range arrs[1:] {
		d, ok := a.(*array.Dictionary)
		if !ok || DictionaryID(d) != first {
			return false
		}
	}
	return true
}

// DictionaryID identifies the dictionary of arr for as long as that dictionary is retained.
func DictionaryID(arr *array.Dictionary) arrow.ArrayData { return arr.Data().Dictionary() }

func concatCodes(mem memory.Allocator, arrs []arrow.Array) (arrow.Array, error) {
	codes := make([]arrow.Array, len(arrs))
	for i, a := range arrs {
		codes[i] = a.(*array.Dictionary).Indices()
	}
	joined, err := array.Concatenate(codes, mem)
	if err != nil {
		return nil, err
	}
	defer joined.Release()
	return array.NewDictionaryArray(arrs[0].DataType(), joined, arrs[0].(*array.Dictionary).Dictionary()), nil
}

// Piece is part of a column: element k of Array goes to row Rows[k]. With Const
// the one element of Array goes to all of Rows.
type Piece struct {
	Array arrow.Array
	Const bool
	Rows  []int32
}

// Scatter puts pieces together to an array of n rows of type dt; rows in no piece are NULL.
func Scatter(mem memory.Allocator, dt arrow.DataType, pieces []Piece, n int) (arrow.Array, error) {
	if len(pieces) == 0 {
		return Nulls(mem, dt, n), nil
	}
	arrs := make([]arrow.Array, len(pieces))
	order := make([]int32, n)
	for i := range order {
		order[i] = -1
	}
	base := int32(0)
	for i, p := range pieces {
		arr, err := Conform(p.Array, dt)
		if err != nil {
			return nil, err
		}
		defer arr.Release()
		arrs[i] = arr
		for k, r := range p.Rows {
			if p.Const {
				k = 0
			}
			order[r] = base + int32(k)
		}
		base += int32(arr.Len())
	}
	all, err := Concat(mem, arrs)
	if err != nil {
		return nil, err
	}
	defer all.Release()
	return Take(mem, all, order), nil
}

// Interleave returns the rows of refs, which point into cols, all of one type.
func Interleave(mem memory.Allocator, cols []arrow.Array, refs []Ref) (arrow.Array, error) {
	return NewGatherer(cols).Take(mem, refs)
}

// interleave is Interleave for arrays of any type.
func interleave(mem memory.Allocator, cols []arrow.Array, refs []Ref) (arrow.Array, error) {
	perBatch := map[int32][]int32{}
	var batches []int32
	for _, r := range refs {
		rows, ok := perBatch[r.Batch]
		if !ok {
			batches = append(batches, r.Batch)
		}
		perBatch[r.Batch] = append(rows, r.Row)
	}
	if len(batches) == 1 {
		return Take(mem, cols[batches[0]], perBatch[batches[0]]), nil
	}
	base := make(map[int32]int32, len(batches))
	parts := make([]arrow.Array, len(batches))
	total := int32(0)
	for i, b := range batches {
		parts[i] = Take(mem, cols[b], perBatch[b])
		defer parts[i].Release()
		base[b] = total
		total += int32(parts[i].Len())
	}
	all, err := Concat(mem, parts)
	if err != nil {
		return nil, err
	}
	defer all.Release()
	order := make([]int32, len(refs))
	for i, r := range refs {
		order[i] = base[r.Batch]
		base[r.Batch]++
	}
	return Take(mem, all, order), nil
}
