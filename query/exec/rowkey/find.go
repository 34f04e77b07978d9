package rowkey

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/types"
)

// Find is Intern that adds nothing: ids[i] is -1 where row i holds a value that
// was not seen.
func (in *Interner) Find(arr arrow.Array, ids []int32) {
	if d, ok := arr.(*array.Dictionary); ok {
		in.findCodes(d, ids)
		return
	}
	var word func(int) uint64
	var value func(int) []byte
	if word = words(arr); word == nil {
		value = byteValues(arr)
	}
	encode := equalValueUnlessBytes(in.typ, arr, word != nil || value != nil)
	nulls := arr.NullN() > 0 || arr.DataType().ID() == arrow.NULL
	for i := range ids {
		switch {
		case nulls && types.IsNull(arr, i):
			ids[i] = in.null - 1
		case word != nil:
			ids[i] = in.found(in.words.Lookup(word(i)))
		case value != nil:
			ids[i] = in.found(in.bytes.Lookup(value(i)))
		default:
			in.key, _ = encode(in.key[:0], i)
			ids[i] = in.found(in.bytes.Lookup(in.key))
		}
	}
}

// found maps a table's number, or -1, to the Interner's.
func (in *Interner) found(id int32) int32 {
	if id < 0 {
		return -1
	}
	return in.number(id, false, 0)
}

// findCodes looks each code that occurs up once.
func (in *Interner) findCodes(a *array.Dictionary, ids []int32) {
	const unknown = -2
	dict := a.Dictionary()
	value := byteValues(dict)
	ofCode := make([]int32, dict.Len())
	for i := range ofCode {
		ofCode[i] = unknown
	}
	for i, c := range vector.Codes(a) {
		if a.IsNull(i) || dict.IsNull(int(c)) {
			ids[i] = in.null - 1
			continue
		}
		if ofCode[c] == unknown {
			ofCode[c] = in.found(in.bytes.Lookup(value(int(c))))
		}
		ids[i] = ofCode[c]
	}
}
