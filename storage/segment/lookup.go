package segment

import (
	"encoding/binary"
	"io"
	"math"

	"github.com/parquet-go/parquet-go/bloom"
	"github.com/parquet-go/parquet-go/bloom/xxhash"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// Stats returns the statistics of a leaf in a row group; ok is false for a path
// that is no leaf. Bounds of utf8 leaves may be shortened and Set is nil.
func (r *Reader) Stats(rowGroup int, path string) (s ColumnStats, ok bool) {
	leaf := r.tree.leafByPath(path)
	if leaf == nil || rowGroup < 0 || rowGroup >= len(r.meta.RowGroups) {
		return s, false
	}
	m := &r.meta.RowGroups[rowGroup].Columns[leaf.index].MetaData
	s.Nulls = m.Statistics.NullCount
	s.Values = m.NumValues - s.Nulls
	if m.Statistics.MinValue == nil || m.Statistics.MaxValue == nil {
		return s, true
	}
	lo, hi := readBound(leaf.kind, m.Statistics.MinValue), readBound(leaf.kind, m.Statistics.MaxValue)
	if lo == nil || hi == nil {
		return s, true
	}
	s.Min, s.Max, s.Exact = lo, hi, leaf.kind != kindUTF8
	return s, true
}

// MayContain tells whether the leaf can hold the value (string, int64, float64
// or bool) in the row group, by bounds and bloom filter. false is a proof; a
// value of another kind than the leaf's, or an unknown path, is always possible.
func (r *Reader) MayContain(rowGroup int, path string, value any) (possible bool, err error) {
	defer guard(&err, "column "+path)
	leaf := r.tree.leafByPath(path)
	s, ok := r.Stats(rowGroup, path)
	if !ok || !sameKind(leaf.kind, value) {
		return true, nil
	}
	if s.Values == 0 {
		return false, nil
	}
	if s.Min != nil && (compareValues(value, s.Min) < 0 || compareValues(value, s.Max) > 0) {
		return false, nil
	}
	return r.bloomContains(rowGroup, leaf, value)
}

func sameKind(k kind, value any) bool {
	switch v := value.(type) {
	case string:
		return k.isBytes()
	case int64:
		return k == kindInt64 || k == kindTimestamp || k == kindInt32 && v >= math.MinInt32 && v <= math.MaxInt32
	case float64:
		return k == kindFloat64 && !math.IsNaN(v)
	case bool:
		return k == kindBool
	}
	return false
}

// bloomContains asks the bloom filter; true when there is none.
func (r *Reader) bloomContains(rowGroup int, leaf *node, value any) (bool, error) {
	m := &r.meta.RowGroups[rowGroup].Columns[leaf.index].MetaData
	if m.BloomFilterOffset == 0 {
		return true, nil
	}
	var b []byte
	switch v := value.(type) {
	case string:
		b = viewBytes(v)
	case int64:
		if b = binary.LittleEndian.AppendUint64(nil, uint64(v)); leaf.kind == kindInt32 {
			b = b[:4]
		}
	default:
		return true, nil
	}
	place, err := r.bloomPlace(rowGroup, leaf)
	if err != nil {
		return false, err
	}
	return bloom.CheckSplitBlock(io.NewSectionReader(r.src, place[0], place[1]), place[1], xxhash.Sum64(b))
}

// bloomKey names a bloom filter of a segment.
type bloomKey struct{ rowGroup, leaf int }

// bloomPlace finds where the bits of a bloom filter are; its header is read once.
func (r *Reader) bloomPlace(rowGroup int, leaf *node) (filterPlace, error) {
	key := bloomKey{rowGroup, leaf.index}
	if place, ok := r.blooms.Load(key); ok {
		return place.(filterPlace), nil
	}
	at := r.meta.RowGroups[rowGroup].Columns[leaf.index].MetaData.BloomFilterOffset
	head := make([]byte, max(0, min(64, r.size-at)))
	if at < 0 || len(head) == 0 {
		return filterPlace{}, corrupt("column %s: bloom filter at offset %d", leaf.path, at)
	}
	if n, err := r.src.ReadAt(head, at); n < len(head) {
		if err == io.EOF {
			return filterPlace{}, corrupt("column %s: the file ends inside a bloom filter", leaf.path)
		}
		return filterPlace{}, err
	}
	var h format.BloomFilterHeader
	in := new(thrift.CompactProtocol).NewReaderFromBytes(head)
	if err := thrift.NewDecoder(in).Decode(&h); err != nil {
		return filterPlace{}, corrupt("column %s: bloom filter: %w", leaf.path, err)
	}
	place := filterPlace{at + int64(in.BytesRead()), int64(h.NumBytes)}
	if h.NumBytes <= 0 || h.NumBytes%bloom.BlockSize != 0 || place[1] > r.size-place[0] {
		return filterPlace{}, corrupt("column %s: bloom filter of %d bytes", leaf.path, h.NumBytes)
	}
	r.blooms.Store(key, place)
	return place, nil
}

// Dictionary returns the distinct values of a utf8 leaf of a row group, in the
// order of its dictionary; ok is false when the row group has none for it.
func (r *Reader) Dictionary(rowGroup int, path string) (values []string, ok bool, err error) {
	leaf := r.tree.leafByPath(path)
	if leaf == nil || leaf.kind != kindUTF8 || rowGroup < 0 || rowGroup >= len(r.meta.RowGroups) {
		return nil, false, nil
	}
	var read int64
	c := r.chunk(rowGroup, leaf, &read)
	// Read no further than the dictionary.
	if c.meta.DataPageOffset > c.pos {
		c.end = c.meta.DataPageOffset
	}
	if err := c.readDictionary(); err != nil {
		return nil, false, err
	}
	return c.dict, c.haveDict, nil
}

// HasDictionary tells whether Dictionary has values to give, without reading.
func (r *Reader) HasDictionary(rowGroup int, path string) bool {
	leaf := r.tree.leafByPath(path)
	return leaf != nil && rowGroup >= 0 && rowGroup < len(r.meta.RowGroups) &&
		leaf.kind == kindUTF8 && hasDictionary(&r.meta.RowGroups[rowGroup].Columns[leaf.index].MetaData)
}

// HasBloom tells whether the row group has a bloom filter for the leaf.
func (r *Reader) HasBloom(rowGroup int, path string) bool {
	leaf := r.tree.leafByPath(path)
	return leaf != nil && rowGroup >= 0 && rowGroup < len(r.meta.RowGroups) &&
		r.meta.RowGroups[rowGroup].Columns[leaf.index].MetaData.BloomFilterOffset != 0
}

// LeafBytes is the number of compressed bytes of a leaf's chunk.
func (r *Reader) LeafBytes(rowGroup int, path string) int64 {
	leaf := r.tree.leafByPath(path)
	if leaf == nil || rowGroup < 0 || rowGroup >= len(r.meta.RowGroups) {
		return 0
	}
	return r.meta.RowGroups[rowGroup].Columns[leaf.index].MetaData.TotalCompressedSize
}
