package segment

import (
	"bytes"

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
	hits       []int32 // per row at hand: the key's place among its entries, or -1

	present []bool // per row: has a value
	codes   []int32
	used    usedCodes
	values  *lazyDictionary // of codes, once there are any
	data    *memory.Buffer
	ends    []int32
}

func (r *Reader) keyReader(rowGroup int, n *node, key string, codes bool, mem memory.Allocator, read *int64) (columnReader, arrow.DataType, error) {
	k, v := n.children[0], n.children[1]
	chunks := r.meta.RowGroups[rowGroup].Columns
	out := &keyReader{
		mem: mem, key: []byte(key),
		keys: r.cursor(rowGroup, k, read), vals: r.cursor(rowGroup, v, read),
		keyBatch: newLeafBatch(k, hasDictionary(&chunks[k.index].MetaData), mem),
		asCodes:  codes && hasDictionary(&chunks[v.index].MetaData),
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
	if !possible {
		k.skip(int64(n))
		k.present = append(k.present, make([]bool, n)...)
		return nil
	}
	k.keyBatch.reset(k.mem)
	if err := k.keys.take(n, k.keyBatch); err != nil {
		return err
	}
	if k.findHits(n, code); k.asCodes {
		return k.pickCodes()
	}
	for _, hit := range k.hits {
		if err := k.pick(int(hit)); err != nil {
			return err
		}
	}
	return nil
}

// findHits finds the key in each of the n rows whose keys are at hand.
func (k *keyReader) findHits(n int, code int32) {
	b := k.keyBatch
	k.hits = k.hits[:0]
	value, entry := 0, 0
	for range n {
		first, hit := entry, -1
		for ; entry < len(b.def) && (entry == first || b.rep[entry] != 0); entry++ {
			if int(b.def[entry]) != b.leaf.maxDef {
				continue
			}
			if k.matches(value, code) {
				hit = entry - first
			}
			value++
		}
		k.hits = append(k.hits, int32(hit))
	}
}

// pickCodes takes the codes of the hits. Rows before the first hit and behind the
// last are passed without a look at their values.
func (k *keyReader) pickCodes() error {
	from, to := 0, len(k.hits)
	for from < to && k.hits[from] < 0 {
		from++
	}
	for to > from && k.hits[to-1] < 0 {
		to--
	}
	k.skippedVal += int64(from)
	k.present = append(k.present, make([]bool, from)...)
	if from < to {
		if k.values == nil {
			var err error
			if k.values, err = k.vals.chunk.lazyDictionary(); err != nil {
				return err
			}
		}
		k.vals.skip(k.skippedVal)
		k.skippedVal = 0
		v := k.valBatch
		v.def, v.rep, v.codes = v.def[:0], v.rep[:0], v.codes[:0]
		if err := k.vals.take(to-from, v); err != nil {
			return err
		}
		value, entry := 0, 0
		for _, hit := range k.hits[from:to] {
			first, has := entry, false
			for ; entry < len(v.def) && (entry == first || v.rep[entry] != 0); entry++ {
				if int(v.def[entry]) != v.leaf.maxDef {
					continue
				}
				if int32(entry-first) == hit {
					has = true
					k.codes = append(k.codes, v.codes[value])
				}
				value++
			}
			if int(hit) >= entry-first {
				return corrupt("column %s: a row has %d values, its keys are more", v.leaf.path, entry-first)
			}
			k.present = append(k.present, has)
		}
	}
	k.skippedVal += int64(len(k.hits) - to)
	k.present = append(k.present, make([]bool, len(k.hits)-to)...)
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

func (k *keyReader) matches(value int, code int32) bool {
	b := k.keyBatch
	if b.asCodes {
		return b.codes[value] == code
	}
	start := int32(0)
	if value > 0 {
		start = b.ends[value-1]
	}
	return bytes.Equal(b.data.Bytes()[start:b.ends[value]], k.key)
}

// pick takes entry hit of the next row's values; -1 is none.
func (k *keyReader) pick(hit int) error {
	if hit < 0 {
		k.skippedVal++
		k.present = append(k.present, false)
		return nil
	}
	k.vals.skip(k.skippedVal)
	k.skippedVal = 0
	v := k.valBatch
	v.def, v.rep, v.codes, v.ends = v.def[:0], v.rep[:0], v.codes[:0], v.ends[:0]
	if v.data != nil {
		v.data.ResizeNoShrink(0)
	}
	if err := k.vals.take(1, v); err != nil {
		return err
	}
	if hit >= len(v.def) {
		return corrupt("column %s: a row has %d values, its keys are more", v.leaf.path, len(v.def))
	}
	at := 0
	for _, d := range v.def[:hit] {
		if int(d) == v.leaf.maxDef {
			at++
		}
	}
	has := int(v.def[hit]) == v.leaf.maxDef
	k.present = append(k.present, has)
	if has {
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
	return nil
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
	k.keys.chunk.release()
	k.vals.chunk.release()
	if k.data != nil {
		k.data.Release()
		k.data = nil
	}
}
