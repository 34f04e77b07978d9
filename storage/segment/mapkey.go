package segment

import (
	"bytes"
	"slices"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// keyReader reads the value of one key of a map column. It looks at the keys
// first, and at the values of those rows only that have the key.
type keyReader struct {
	mem        memory.Allocator
	keys       *cursor
	vals       *cursor
	key        []byte
	keyBatch   *leafBatch
	valBatch   *leafBatch // of the row at hand; as codes, of the rows at hand
	asCodes    bool
	skippedVal int64
	*keyScratch
	values *lazyDictionary // of codes, once there are any
	data   *memory.Buffer
}

// keyScratch is the memory of a keyReader, which is handed on.
type keyScratch struct {
	hits    []keyHit // in the rows at hand
	present []bool   // per row: has a value
	codes   []int32
	used    usedCodes
	ends    []int32
}

var keyScratches = sync.Pool{New: func() any { return new(keyScratch) }}

func (r *Reader) keyReader(rowGroup int, n *node, key string, codes bool, mem memory.Allocator, read *int64) (columnReader, arrow.DataType, error) {
	k, v := n.children[0], n.children[1]
	chunks := r.meta.RowGroups[rowGroup].Columns
	out := &keyReader{
		mem: mem, key: []byte(key),
		keys: r.cursor(rowGroup, k, read), vals: r.cursor(rowGroup, v, read),
		keyBatch: newLeafBatch(k, hasDictionary(&chunks[k.index].MetaData), mem),
		asCodes:  codes && hasDictionary(&chunks[v.index].MetaData), keyScratch: keyScratches.Get().(*keyScratch),
	}
	out.valBatch = newLeafBatch(v, out.asCodes, mem)
	if out.asCodes {
		return out, dictionaryType, nil
	}
	out.data = memory.NewResizableBuffer(mem)
	return out, arrow.BinaryTypes.String, nil
}

func (k *keyReader) skip(n int64) {
	k.keys.skip(n)
	k.skippedVal += n
}

func (k *keyReader) next(n int) error {
	code, possible, err := k.codeOf()
	if err != nil {
		return err
	}
	at := len(k.present)
	k.present = slices.Grow(k.present, n)[:at+n]
	clear(k.present[at:])
	if !possible {
		k.skip(int64(n))
		return nil
	}
	k.keyBatch.reset(k.mem)
	if err := k.keys.take(n, k.keyBatch); err != nil {
		return err
	}
	k.findHits(code)
	present := k.present[at:]
	if k.asCodes && len(k.hits) > 0 {
		return k.pickCodes(present)
	}
	behind := int32(0)
	for _, hit := range k.hits {
		k.skippedVal += int64(hit.row - behind)
		behind = hit.row + 1
		if present[hit.row], err = k.pick(int(hit.entry - hit.first)); err != nil {
			return err
		}
	}
	k.skippedVal += int64(n) - int64(behind)
	return nil
}

// keyHit is where the key is among the entries at hand.
type keyHit struct{ row, first, entry int32 } // first is the first entry of the row

// findHits finds the key in the rows whose keys are at hand; of several in a row
// the last counts.
func (k *keyReader) findHits(code int32) {
	b := k.keyBatch
	k.hits = k.hits[:0]
	maxDef := uint8(b.leaf.maxDef)
	row, value := int32(-1), 0
	for i, def := range b.def {
		row += 1 - int32(b.rep[i]) // it is 0 or 1
		if def != maxDef {
			continue
		}
		if b.asCodes && b.codes[value] == code || !b.asCodes && k.matches(value) {
			if last := len(k.hits) - 1; last >= 0 && k.hits[last].row == row {
				k.hits = k.hits[:last]
			}
			first := i
			for b.rep[first] != 0 {
				first--
			}
			k.hits = append(k.hits, keyHit{row: row, first: int32(first), entry: int32(i)})
		}
		value++
	}
}

// pickCodes takes the codes of the hits, of which there are some. Rows before the
// first hit and behind the last are passed without a look at their values. Keys and
// values have the same entries.
func (k *keyReader) pickCodes(present []bool) error {
	if k.values == nil {
		var err error
		if k.values, err = k.vals.chunk.lazyDictionary(); err != nil {
			return err
		}
	}
	from, last := k.hits[0], k.hits[len(k.hits)-1]
	k.vals.skip(k.skippedVal + int64(from.row))
	v := k.valBatch
	v.def, v.rep, v.codes = v.def[:0], v.rep[:0], v.codes[:0]
	if err := k.vals.take(int(last.row-from.row)+1, v); err != nil {
		return err
	}
	k.skippedVal = int64(len(present)) - int64(last.row) - 1
	end := int(last.entry) + 1
	for end < len(k.keyBatch.rep) && k.keyBatch.rep[end] != 0 {
		end++
	}
	if !bytes.Equal(v.rep, k.keyBatch.rep[from.first:end]) {
		return corrupt("column %s: its rows have not as many values as keys", v.leaf.path)
	}
	maxDef := []byte{byte(v.leaf.maxDef)}
	value, behind := 0, 0
	for _, hit := range k.hits {
		entry := int(hit.entry - from.first)
		value += bytes.Count(v.def[behind:entry], maxDef)
		behind = entry
		if v.def[entry] == maxDef[0] {
			present[hit.row] = true
			k.codes = append(k.codes, v.codes[value])
		}
	}
	return nil
}

// codeOf finds the key in the dictionary of the keys; possible is false when it is not there.
func (k *keyReader) codeOf() (code int32, possible bool, err error) {
	if !k.keyBatch.asCodes {
		return 0, true, nil
	}
	if err := k.keys.chunk.readDictionary(); err != nil {
		return 0, false, err
	}
	for i, v := range k.keys.chunk.dict {
		if v == string(k.key) {
			return int32(i), true, nil
		}
	}
	return 0, false, nil
}

func (k *keyReader) matches(value int) bool {
	b := k.keyBatch
	start := int32(0)
	if value > 0 {
		start = b.ends[value-1]
	}
	return bytes.Equal(b.data.Bytes()[start:b.ends[value]], k.key)
}

// pick takes entry hit of the next row's values, if it has one.
func (k *keyReader) pick(hit int) (has bool, err error) {
	k.vals.skip(k.skippedVal)
	k.skippedVal = 0
	v := k.valBatch
	v.def, v.rep, v.codes, v.ends = v.def[:0], v.rep[:0], v.codes[:0], v.ends[:0]
	if v.data != nil {
		v.data.ResizeNoShrink(0)
	}
	if err := k.vals.take(1, v); err != nil {
		return false, err
	}
	if hit >= len(v.def) {
		return false, corrupt("column %s: a row has %d values, its keys are more", v.leaf.path, len(v.def))
	}
	at := 0
	for _, d := range v.def[:hit] {
		if int(d) == v.leaf.maxDef {
			at++
		}
	}
	if has = int(v.def[hit]) == v.leaf.maxDef; has {
		start := int32(0)
		if at > 0 {
			start = v.ends[at-1]
		}
		value := v.data.Bytes()[start:v.ends[at]]
		n := k.data.Len()
		if need := n + len(value); need > k.data.Cap() {
			k.data.Reserve(max(need, 2*k.data.Cap()))
		}
		k.data.ResizeNoShrink(n + len(value))
		copy(k.data.Bytes()[n:], value)
		k.ends = append(k.ends, int32(n+len(value)))
	}
	return has, nil
}

func (k *keyReader) flush() (arrow.Array, error) {
	a := assembler{mem: k.mem}
	count := len(k.present)
	var dict arrow.Array
	if k.asCodes {
		var err error
		if dict, err = k.dictionary(k.used.renumber(k.codes, k.vals.chunk.dictCount)); err != nil {
			return nil, err
		}
		defer dict.Release()
	}
	valid := a.bitmap(count)
	for _, p := range k.present {
		valid.add(p)
	}
	var out arrow.Array
	if k.asCodes {
		buf := a.fixed(count, 4)
		spread(buf.Bytes(), k.codes, valid)
		data := newData(arrow.PrimitiveTypes.Int32, count, []*memory.Buffer{valid.buffer(), buf}, nil, valid.nulls)
		defer data.Release()
		codes := array.MakeFromData(data)
		defer codes.Release()
		out = array.NewDictionaryArray(dictionaryType, codes, dict)
	} else {
		offsets, ends := a.int32s(count + 1)
		spreadEnds(ends, k.ends, valid)
		data := newData(arrow.BinaryTypes.String, count, []*memory.Buffer{valid.buffer(), offsets, k.data}, nil, valid.nulls)
		defer data.Release()
		k.data = memory.NewResizableBuffer(k.mem)
		out = array.MakeFromData(data)
	}
	k.present, k.codes, k.ends = k.present[:0], k.codes[:0], k.ends[:0]
	return out, nil
}

// dictionary makes an array of the values of some codes.
func (k *keyReader) dictionary(codes []int32) (arrow.Array, error) {
	b := array.NewStringBuilder(k.mem)
	defer b.Release()
	b.Reserve(len(codes))
	for _, code := range codes {
		v, err := k.values.value(code)
		if err != nil {
			return nil, err
		}
		b.Append(viewString(v))
	}
	return b.NewArray(), nil
}

func (k *keyReader) release() {
	if k.keyBatch == nil {
		return
	}
	if k.values != nil {
		k.values.release()
		k.values = nil
	}
	k.keyBatch.free()
	k.valBatch.free()
	k.keyBatch, k.valBatch = nil, nil
	k.present, k.codes, k.ends = k.present[:0], k.codes[:0], k.ends[:0]
	keyScratches.Put(k.keyScratch)
	k.keyScratch = nil
	k.keys.chunk.release()
	k.vals.chunk.release()
	if k.data != nil {
		k.data.Release()
		k.data = nil
	}
}
