package segment

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"math/bits"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/bloom"
	"github.com/parquet-go/parquet-go/bloom/xxhash"
	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// Sizes of pages, before compression.
const (
	pageRows         = 16384
	pageBytes        = 256 << 10
	payloadPageBytes = 2 << 20
	bloomBitsPer     = 12
)

// chunk is an encoded column chunk. Offsets in it count from its first byte.
type chunk struct {
	body        []byte // dictionary page and data pages
	meta        format.ColumnMetaData
	columnIndex *format.ColumnIndex // nil for leaves without bounds, and for one page
	offsetIndex format.OffsetIndex
	bloom       []byte
	text        []byte // the text filter
	stats       ColumnStats
}

// chunkOptions say how a leaf is stored.
type chunkOptions struct {
	plain     bool // no dictionary
	bloom     bool
	text      bool // a text filter
	fast      bool // text without a dictionary is compressed at the fastest level
	pageBytes int
}

// chunkEncoder encodes the chunks of one leaf.
type chunkEncoder struct {
	leaf  *node
	opts  chunkOptions
	zstd  *zstd.Encoder
	vals  *shredded
	keys  func() []string // of the values of a map; nil of others
	body  []byte          // room for the chunk
	dict  []string        // of text
	ints  []int64         // the dictionary of integers
	codes []int32         // nil without a dictionary
	asked []int32         // by code, the last call of outermost that saw it
	asks  int32           // calls of outermost

	out      chunk
	protocol thrift.CompactProtocol
	raw      []byte // page under construction
	levels   []byte // levels or codes before, the compressed page after
	lengths  []int32
}

// encode turns a shredded leaf into a chunk.
func (e *chunkEncoder) encode() (*chunk, error) {
	e.raw, e.levels = e.vals.raw, e.vals.packed
	defer func() { e.vals.raw, e.vals.packed = e.raw, e.levels }()
	e.out = chunk{body: e.body[:0], meta: format.ColumnMetaData{
		Type:         e.leaf.kind.physical(),
		PathInSchema: e.leaf.parquetPath,
		Codec:        format.Zstd,
		NumValues:    int64(len(e.vals.def)),
	}}
	if err := e.chooseDictionary(); err != nil {
		return nil, err
	}
	if e.opts.fast && (e.codes != nil || e.leaf.kind != kindUTF8) {
		e.zstd = columnZstd() // numbers and codes are small and shrink well
	}
	e.out.stats = e.statistics()
	if e.hasBounds() {
		e.out.columnIndex = &format.ColumnIndex{}
	}
	encoding, pages := e.encoding(), int32(0)
	if encoding == format.DeltaLengthByteArray || encoding == format.DeltaBinaryPacked {
		e.zstd = fastZstd()
	}
	for p := (pageSpan{}); ; {
		var ok bool
		if p, ok = e.nextPage(p); !ok {
			break
		}
		if err := e.dataPage(p, encoding); err != nil {
			return nil, err
		}
		pages++
	}
	if pages == 1 {
		e.out.columnIndex = nil // it would say what the chunk's statistics say
	}
	m := &e.out.meta
	m.TotalCompressedSize = int64(len(e.out.body))
	m.Encoding = thrift.Slice[format.Encoding]{encoding, format.RLE}
	if e.codes != nil {
		m.Encoding = thrift.Slice[format.Encoding]{format.Plain, format.RLE, format.RLEDictionary}
		m.EncodingStats = append(m.EncodingStats, format.PageEncodingStats{PageType: format.DictionaryPage, Encoding: format.Plain, Count: 1})
	}
	m.EncodingStats = append(m.EncodingStats, format.PageEncodingStats{PageType: format.DataPage, Encoding: encoding, Count: pages})
	m.Statistics = format.Statistics{NullCount: e.out.stats.Nulls}
	if e.out.stats.Min != nil {
		m.Statistics.MinValue = plainBound(e.leaf.kind, e.out.stats.Min)
		m.Statistics.MaxValue = plainBound(e.leaf.kind, e.out.stats.Max)
	}
	if e.opts.bloom {
		e.out.bloom = e.bloomFilter()
	}
	if e.opts.text {
		e.out.text = e.textFilter()
	}
	return &e.out, nil
}

// chooseDictionary writes the dictionary page of a chunk that gains by one, as its
// first page.
func (e *chunkEncoder) chooseDictionary() error {
	switch {
	case e.opts.plain:
	case e.leaf.kind == kindUTF8:
		dict, codes, ok := textDictionary(e.vals.strs)
		if ok && e.keys != nil {
			dict, codes = groupByKey(dict, codes, e.keys())
		}
		if ok {
			e.dict, e.codes = dict, codes
		}
	case e.leaf.kind.isInt():
		if dict, codes, ok := intDictionary(e.vals.ints); ok {
			e.ints, e.codes = dict, codes
		}
	}
	if e.codes == nil {
		return nil
	}
	if err := e.dictionaryPage(); err != nil {
		return err
	}
	if e.dict != nil && len(e.dict) > len(e.codes)/sureDictionary && !e.codesPay() {
		e.dict, e.codes = nil, nil
		e.out.body, e.out.meta.TotalUncompressedSize = e.out.body[:0], 0
	}
	return nil
}

// encoding is how the values of the data pages are stored. Texts of one length are
// ids, hashes and such, in which the compressor finds nothing but that some bytes are
// rare; lengths among them would only disturb it. Of integers that differ, mostly times
// in order for each principal, the differences have fewer bits, and reading them needs
// no decompression to speak of: to the compressor they are noise.
func (e *chunkEncoder) encoding() format.Encoding {
	switch {
	case e.codes != nil:
		return format.RLEDictionary
	case e.leaf.kind.isBytes() && (e.opts.pageBytes == payloadPageBytes || oneLength(e.vals.strs)):
		return format.DeltaLengthByteArray
	case e.leaf.kind.physical() == format.Int64 && len(e.vals.ints) > 0:
		return format.DeltaBinaryPacked
	}
	return format.Plain
}

func oneLength(texts []string) bool {
	for _, t := range texts {
		if len(t) != len(texts[0]) {
			return false
		}
	}
	return len(texts) > 0
}

// hasBounds tells whether the leaf has min and max values.
func (e *chunkEncoder) hasBounds() bool {
	return e.leaf.kind != kindBinary && e.opts.pageBytes != payloadPageBytes
}

// pageSpan is the part of the chunk that a page holds.
type pageSpan struct {
	row, rows         int // rows before it, rows of it
	entries, entryEnd int
	values, valueEnd  int
}

// nextPage returns the span after p: whole rows, bounded by rows and bytes.
func (e *chunkEncoder) nextPage(p pageSpan) (pageSpan, bool) {
	q := pageSpan{row: p.row + p.rows, entries: p.entryEnd, entryEnd: p.entryEnd, values: p.valueEnd, valueEnd: p.valueEnd}
	if q.entries == len(e.vals.def) {
		return q, false
	}
	rows := pageRows
	if e.out.stats.Values == 0 {
		rows = math.MaxInt // nothing to skip
	}
	size := 0
	for q.entryEnd < len(e.vals.def) && q.rows < rows && size < e.opts.pageBytes {
		// One row: the entry that starts it and those that repeat in it.
		for first := true; q.entryEnd < len(e.vals.def) && (first || e.vals.rep != nil && e.vals.rep[q.entryEnd] != 0); first = false {
			if int(e.vals.def[q.entryEnd]) == e.leaf.maxDef {
				size += e.valueSize(q.valueEnd)
				q.valueEnd++
			}
			q.entryEnd++
		}
		q.rows++
	}
	return q, true
}

// valueSize estimates the encoded size of a value.
func (e *chunkEncoder) valueSize(i int) int {
	switch {
	case e.codes != nil:
		return 1
	case e.leaf.kind.isBytes():
		return 4 + len(e.vals.strs[i])
	case e.leaf.kind == kindBool:
		return 0
	}
	return 8
}

func (e *chunkEncoder) dictionaryPage() error {
	e.raw = e.raw[:0]
	for _, v := range e.dict {
		e.raw = appendBytesValue(e.raw, v)
	}
	e.raw = appendInts(e.raw, e.leaf.kind, e.ints)
	header := format.PageHeader{Type: format.DictionaryPage}
	header.DictionaryPageHeader = thrift.New(format.DictionaryPageHeader{NumValues: int32(len(e.dict) + len(e.ints)), Encoding: format.Plain})
	return e.writePage(&header)
}

func (e *chunkEncoder) dataPage(p pageSpan, encoding format.Encoding) error {
	e.raw = e.raw[:0]
	var err error
	if e.vals.rep != nil {
		if err = e.appendLevels(e.vals.rep[p.entries:p.entryEnd], e.leaf.maxRep); err != nil {
			return err
		}
	}
	if err = e.appendLevels(e.vals.def[p.entries:p.entryEnd], e.leaf.maxDef); err != nil {
		return err
	}
	if err = e.appendValues(p.values, p.valueEnd, encoding); err != nil {
		return err
	}
	nulls := int64((p.entryEnd - p.entries) - (p.valueEnd - p.values))
	header := format.PageHeader{Type: format.DataPage}
	header.DataPageHeader = thrift.New(format.DataPageHeader{
		NumValues:               int32(p.entryEnd - p.entries),
		Encoding:                encoding,
		DefinitionLevelEncoding: format.RLE,
		RepetitionLevelEncoding: format.RLE,
		Statistics:              format.Statistics{NullCount: nulls},
	})
	offset := len(e.out.body)
	if err := e.writePage(&header); err != nil {
		return err
	}
	e.out.offsetIndex.PageLocations = append(e.out.offsetIndex.PageLocations, format.PageLocation{
		Offset: int64(offset), CompressedPageSize: int32(len(e.out.body) - offset), FirstRowIndex: int64(p.row),
	})
	e.indexPage(p, nulls)
	return nil
}

// appendLevels adds levels with their length, as version 1 pages have them.
func (e *chunkEncoder) appendLevels(levels []uint8, maxLevel int) error {
	enc := rle.Encoding{BitWidth: bits.Len8(uint8(maxLevel))}
	var err error
	if e.levels, err = enc.EncodeLevels(e.levels[:0], levels); err != nil {
		return fmt.Errorf("levels of %s: %w", e.leaf.path, err)
	}
	e.raw = binary.LittleEndian.AppendUint32(e.raw, uint32(len(e.levels)))
	e.raw = append(e.raw, e.levels...)
	return nil
}

func (e *chunkEncoder) appendValues(from, to int, encoding format.Encoding) error {
	switch {
	case e.codes != nil:
		return e.appendCodes(e.codes[from:to])
	case encoding == format.DeltaLengthByteArray:
		return e.appendDeltaLengths(e.vals.strs[from:to])
	case encoding == format.DeltaBinaryPacked:
		return e.appendPacked(e.vals.ints[from:to])
	case e.leaf.kind.isBytes():
		for _, v := range e.vals.strs[from:to] {
			e.raw = appendBytesValue(e.raw, v)
		}
	case e.leaf.kind == kindBool:
		for i := from; i < to; i++ {
			if (i-from)%8 == 0 {
				e.raw = append(e.raw, 0)
			}
			if e.vals.bools[i] {
				e.raw[len(e.raw)-1] |= 1 << ((i - from) % 8)
			}
		}
	case e.leaf.kind == kindFloat64:
		for _, v := range e.vals.floats[from:to] {
			e.raw = binary.LittleEndian.AppendUint64(e.raw, math.Float64bits(v))
		}
	default:
		e.raw = appendInts(e.raw, e.leaf.kind, e.vals.ints[from:to])
	}
	return nil
}

// appendCodes adds codes in as many bits as begin and end with bytes: the compressor
// sees bytes, and finds what repeats among codes of 16 bits, but not of 13.
func (e *chunkEncoder) appendCodes(codes []int32) error {
	most := int32(0)
	for _, c := range codes {
		most = max(most, c)
	}
	enc := rle.Encoding{BitWidth: bits.Len32(uint32(most))}
	for enc.BitWidth&(enc.BitWidth-1) != 0 {
		enc.BitWidth++
	}
	var err error
	if e.levels, err = enc.EncodeInt32(e.levels[:0], codes); err != nil {
		return fmt.Errorf("codes of %s: %w", e.leaf.path, err)
	}
	e.raw = append(append(e.raw, byte(enc.BitWidth)), e.levels...)
	return nil
}

// appendDeltaLengths adds the lengths of the texts, then the texts.
func (e *chunkEncoder) appendDeltaLengths(texts []string) error {
	lengths := e.lengths[:0]
	for _, v := range texts {
		lengths = append(lengths, int32(len(v)))
	}
	e.lengths = lengths
	var enc delta.BinaryPackedEncoding
	var err error
	if e.levels, err = enc.EncodeInt32(e.levels[:0], lengths); err != nil {
		return fmt.Errorf("lengths of %s: %w", e.leaf.path, err)
	}
	e.raw = append(e.raw, e.levels...)
	for _, v := range texts {
		e.raw = append(e.raw, v...)
	}
	return nil
}

// appendPacked adds integers by their differences.
func (e *chunkEncoder) appendPacked(values []int64) error {
	var enc delta.BinaryPackedEncoding
	var err error
	if e.levels, err = enc.EncodeInt64(e.levels[:0], values); err != nil {
		return fmt.Errorf("integers of %s: %w", e.leaf.path, err)
	}
	e.raw = append(e.raw, e.levels...)
	return nil
}

func appendInts(dst []byte, k kind, values []int64) []byte {
	for _, v := range values {
		if k == kindInt32 {
			dst = binary.LittleEndian.AppendUint32(dst, uint32(v))
		} else {
			dst = binary.LittleEndian.AppendUint64(dst, uint64(v))
		}
	}
	return dst
}

func appendBytesValue(dst []byte, v string) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(v)))
	return append(dst, v...)
}

// writePage compresses the page under construction and appends it with its header.
func (e *chunkEncoder) writePage(header *format.PageHeader) error {
	if len(e.raw) > math.MaxInt32 {
		return fmt.Errorf("page of %s has %d bytes: a page must stay below 2 GiB", e.leaf.path, len(e.raw))
	}
	e.levels = e.zstd.EncodeAll(e.raw, e.levels[:0])
	header.UncompressedPageSize = int32(len(e.raw))
	header.CompressedPageSize = int32(len(e.levels))
	header.CRC = int32(crc32.ChecksumIEEE(e.levels))
	head, err := thrift.Marshal(&e.protocol, header)
	if err != nil {
		return fmt.Errorf("page header of %s: %w", e.leaf.path, err)
	}
	e.out.body = append(append(e.out.body, head...), e.levels...)
	e.out.meta.TotalUncompressedSize += int64(len(head) + len(e.raw))
	return nil
}

// bloomFilter builds the split block filter over the distinct or all values.
func (e *chunkEncoder) bloomFilter() []byte {
	hashes := make([]uint64, 0, len(e.dict))
	var buf [8]byte
	switch {
	case e.dict != nil:
		for _, v := range e.dict {
			hashes = append(hashes, xxhash.Sum64(viewBytes(v)))
		}
	case e.leaf.kind.isBytes():
		for _, v := range e.vals.strs {
			hashes = append(hashes, xxhash.Sum64(viewBytes(v)))
		}
	case e.leaf.kind.isInt():
		values := e.vals.ints
		if e.codes != nil {
			values = e.ints
		}
		for _, v := range values {
			hashes = append(hashes, xxhash.Sum64(appendInts(buf[:0], e.leaf.kind, []int64{v})))
		}
	default:
		return nil // floats and booleans: equal values need not have equal bytes, or there are two
	}
	filter := make(bloom.SplitBlockFilter, max(1, bloom.NumSplitBlocksOf(int64(len(hashes)), bloomBitsPer)))
	filter.InsertBulk(hashes)
	return filter.Bytes()
}
