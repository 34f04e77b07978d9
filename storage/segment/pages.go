package segment

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math/bits"
	"sync"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

const (
	readAhead   = 256 << 10
	maxPageSize = 1 << 30 // decompressed; a page holds at most one row more than its bound
)

// decoders are zstd decoders not in use. They are costly to make.
var decoders = sync.Pool{New: func() any {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxPageSize))
	if err != nil {
		panic(err) // the options are constant
	}
	return d
}}

// page is a decoded data page.
type page struct {
	def, rep []uint8
	codes    []int32 // with a dictionary
	data     []byte  // without: the values, as stored
	apart    bool    // data has the bytes of texts only, and lengths their lengths
	lengths  []int32
	packed   bool // the values are ints, and data means nothing
	ints     []int64
	rows     int
	values   int
	buf      []byte // what data lies in
}

// chunkReader reads the pages of a column chunk one after the other.
type chunkReader struct {
	src    Source
	leaf   *node
	meta   *format.ColumnMetaData
	column *format.ColumnChunk
	rows   int64 // of the row group

	pos, end int64 // in the file
	window   []byte
	winStart int64
	entries  int64 // of the pages read
	read     *int64

	dict      []string // of text, unless only its bytes were asked for
	ints      []int64  // the dictionary of integers
	dictCount int
	haveDict  bool
	delayed   bool            // the dictionary is read when a value is wanted, not before the pages
	texts     *lazyDictionary // of text then, as far as values are wanted
	page      *page           // in scratch
	scratch   *scratch
	protocol  thrift.CompactProtocol
	index     []format.PageLocation
}

func (r *Reader) chunk(rowGroup int, leaf *node, read *int64) *chunkReader {
	c := &r.meta.RowGroups[rowGroup].Columns[leaf.index]
	m := &c.MetaData
	start := chunkStart(m)
	out := &chunkReader{
		src: r.src, leaf: leaf, meta: m, column: c, rows: r.meta.RowGroups[rowGroup].NumRows,
		pos: start, end: start + m.TotalCompressedSize, read: read,
	}
	out.takeScratch()
	return out
}

// hasDictionary tells whether all of the chunk is coded with a dictionary.
func hasDictionary(m *format.ColumnMetaData) bool { return m.DictionaryPageOffset != 0 }

// peek returns n bytes at the position.
func (c *chunkReader) peek(n int64) ([]byte, error) {
	if n > c.end-c.pos {
		return nil, corruptAt(c.pos, "column %s: page runs past its chunk", c.leaf.path)
	}
	if c.pos >= c.winStart && c.pos+n <= c.winStart+int64(len(c.window)) {
		return c.window[c.pos-c.winStart:][:n], nil
	}
	want := min(max(n, readAhead), c.end-c.pos)
	var kept int
	if off := c.pos - c.winStart; off >= 0 && off < int64(len(c.window)) {
		kept = copy(c.window, c.window[off:])
	}
	if int64(cap(c.window)) < want {
		c.window = append(make([]byte, 0, want), c.window[:kept]...)
	}
	c.window, c.winStart = c.window[:want], c.pos
	if got, err := c.src.ReadAt(c.window[kept:], c.pos+int64(kept)); got < len(c.window)-kept {
		c.window = c.window[:0]
		if err == io.EOF || err == nil {
			return nil, corruptAt(c.pos, "column %s: the file ends inside a page", c.leaf.path)
		}
		return nil, fmt.Errorf("read column %s: %w", c.leaf.path, err)
	}
	*c.read += want - int64(kept)
	return c.window[:n], nil
}

// body reads a page's header and compressed bytes. The bytes are valid until the next call.
func (c *chunkReader) body() (*format.PageHeader, []byte, error) {
	offset := c.pos
	head, err := c.peek(min(512, c.end-c.pos))
	if err != nil {
		return nil, nil, err
	}
	r := c.protocol.NewReaderFromBytes(head)
	header := new(format.PageHeader)
	if err := thrift.NewDecoder(r).Decode(header); err != nil {
		return nil, nil, corruptAt(offset, "column %s: page header: %w", c.leaf.path, err)
	}
	c.pos += int64(r.BytesRead())
	if header.CompressedPageSize < 0 || header.UncompressedPageSize < 0 || header.UncompressedPageSize > maxPageSize {
		return nil, nil, corruptAt(offset, "column %s: page has %d bytes, %d compressed", c.leaf.path, header.UncompressedPageSize, header.CompressedPageSize)
	}
	b, err := c.peek(int64(header.CompressedPageSize))
	if err != nil {
		return nil, nil, err
	}
	c.pos += int64(len(b))
	if sum := crc32.ChecksumIEEE(b); sum != uint32(header.CRC) {
		return nil, nil, corruptAt(offset, "column %s: page: CRC is %08x, want %08x", c.leaf.path, sum, uint32(header.CRC))
	}
	return header, b, nil
}

func decompress(dst, src []byte, size int32) ([]byte, error) {
	d := decoders.Get().(*zstd.Decoder)
	defer decoders.Put(d)
	if cap(dst) < int(size) {
		dst = make([]byte, 0, size)
	}
	out, err := d.DecodeAll(src, dst[:0])
	if err == nil && len(out) != int(size) {
		err = fmt.Errorf("%d bytes after decompression, want %d", len(out), size)
	}
	return out, err
}

// readDictionary reads the dictionary page, once.
func (c *chunkReader) readDictionary() (err error) {
	if c.haveDict || !hasDictionary(c.meta) {
		return nil
	}
	defer guard(&err, "column "+c.leaf.path)
	// Its own memory: the dictionary outlives the pages.
	data, err := c.dictionaryBytes(nil)
	if err != nil {
		return err
	}
	if c.leaf.kind.isInt() {
		c.ints, c.haveDict = appendStored(nil, c.leaf.kind, data), true
		return nil
	}
	c.dict = make([]string, 0, c.dictCount)
	for range c.dictCount {
		v, rest, ok := nextBytes(data)
		if !ok {
			return corrupt("column %s: dictionary ends early", c.leaf.path)
		}
		c.dict, data = append(c.dict, viewString(v)), rest
	}
	c.haveDict = true
	return nil
}

// dictionaryBytes reads the dictionary page into dst, as far as it has room. The
// caller says when the dictionary is there.
func (c *chunkReader) dictionaryBytes(dst []byte) ([]byte, error) {
	at := c.pos
	header, body, err := c.dictionaryPage()
	if err != nil {
		return nil, err
	}
	data, err := decompress(dst, body, header.UncompressedPageSize)
	if err == nil {
		err = checkSize(c.leaf.kind, data, c.dictCount)
	}
	if err != nil {
		return nil, corrupt("column %s: dictionary: %w", c.leaf.path, err)
	}
	c.backTo(at)
	return data, nil
}

// dictionaryPage reads the header and the compressed bytes of the dictionary page.
func (c *chunkReader) dictionaryPage() (*format.PageHeader, []byte, error) {
	c.pos = c.meta.DictionaryPageOffset
	header, body, err := c.body()
	if err != nil {
		return nil, nil, err
	}
	if header.Type != format.DictionaryPage || !header.DictionaryPageHeader.Valid || c.leaf.kind != kindUTF8 && !c.leaf.kind.isInt() {
		return nil, nil, corruptAt(c.meta.DictionaryPageOffset, "column %s: not a dictionary page", c.leaf.path)
	}
	n, size := header.DictionaryPageHeader.V.NumValues, header.UncompressedPageSize
	if n < 0 || n > size/4 {
		return nil, nil, corrupt("column %s: dictionary of %d values in %d bytes", c.leaf.path, n, size)
	}
	c.dictCount = int(n)
	return header, body, nil
}

// backTo goes back to where the reading was before the dictionary was needed.
func (c *chunkReader) backTo(pos int64) {
	if pos > c.meta.DictionaryPageOffset {
		c.pos = pos
	}
}

// nextBytes splits a length-prefixed value off.
func nextBytes(data []byte) (v, rest []byte, ok bool) {
	if len(data) < 4 {
		return nil, nil, false
	}
	n := uint64(binary.LittleEndian.Uint32(data))
	if n > uint64(len(data)-4) {
		return nil, nil, false
	}
	return data[4 : 4+n : 4+n], data[4+n:], true
}

// nextPage decodes the next data page into c.page; io.EOF at the end.
func (c *chunkReader) nextPage() (err error) {
	defer guard(&err, "column "+c.leaf.path)
	offset, entries, err := c.nextBody()
	if err != nil {
		return err
	}
	if err = c.decode(c.page, entries); err != nil {
		return corruptAt(offset, "column %s: page: %w", c.leaf.path, err)
	}
	return nil
}

// nextBody reads the next data page, decompressed, into the page's memory, and returns
// where it begins and how many entries it has; io.EOF at the end.
func (c *chunkReader) nextBody() (offset int64, entries int, err error) {
	if !c.delayed {
		if err := c.readDictionary(); err != nil {
			return 0, 0, err
		}
	}
	if c.pos >= c.end {
		return 0, 0, io.EOF
	}
	offset = c.pos
	header, body, err := c.body()
	if err != nil {
		return 0, 0, err
	}
	h := header.DataPageHeader
	p := c.page
	p.apart = c.leaf.kind.isBytes() && !hasDictionary(c.meta) && h.V.Encoding == format.DeltaLengthByteArray
	p.packed = c.leaf.kind.physical() == format.Int64 && !hasDictionary(c.meta) && h.V.Encoding == format.DeltaBinaryPacked
	want := format.Plain
	if hasDictionary(c.meta) {
		want = format.RLEDictionary
	}
	if header.Type != format.DataPage || !h.Valid || h.V.NumValues <= 0 || h.V.Encoding != want && !p.apart && !p.packed {
		return 0, 0, corruptAt(offset, "column %s: not a data page of encoding %s", c.leaf.path, want)
	}
	if p.buf, err = decompress(p.buf, body, header.UncompressedPageSize); err != nil {
		return 0, 0, corruptAt(offset, "column %s: page: %w", c.leaf.path, err)
	}
	c.entries += int64(h.V.NumValues)
	return offset, int(h.V.NumValues), nil
}

// decode splits a decompressed page into levels and values.
func (c *chunkReader) decode(p *page, entries int) (err error) {
	data := p.buf
	if c.leaf.maxRep > 0 {
		if p.rep, data, err = readLevels(p.rep, data, entries, c.leaf.maxRep); err != nil {
			return fmt.Errorf("repetition levels: %w", err)
		}
	}
	if p.def, data, err = readLevels(p.def, data, entries, c.leaf.maxDef); err != nil {
		return fmt.Errorf("definition levels: %w", err)
	}
	p.rows = entries
	if c.leaf.maxRep > 0 {
		p.rows = bytes.Count(p.rep, []byte{0})
		if p.rep[0] != 0 {
			return fmt.Errorf("the page begins inside a row")
		}
	}
	values := bytes.Count(p.def, []byte{byte(c.leaf.maxDef)})
	p.data, p.codes, p.values = data, p.codes[:0], values
	if p.apart {
		p.lengths, p.data, err = readLengths(p.lengths[:0], data, values)
		return err
	}
	if p.packed {
		p.ints, err = unpackInts(p.ints, data, values)
		return err
	}
	if !hasDictionary(c.meta) {
		return checkSize(c.leaf.kind, data, values)
	}
	if values == 0 {
		return nil
	}
	if len(data) == 0 || data[0] > 32 {
		return fmt.Errorf("codes without a bit width")
	}
	if cap(p.codes) < values+8 {
		p.codes = make([]int32, 0, values+8)
	}
	var enc rle.DictionaryEncoding
	if p.codes, err = enc.DecodeInt32(p.codes[:0], data); err != nil {
		return err
	}
	if len(p.codes) < values {
		return fmt.Errorf("%d codes, want %d", len(p.codes), values)
	}
	p.codes = p.codes[:values]
	if !c.haveDict {
		return nil // codesIn compares those that are wanted
	}
	for _, code := range p.codes {
		if uint(code) >= uint(c.dictCount) {
			return fmt.Errorf("code %d outside a dictionary of %d", code, c.dictCount)
		}
	}
	return nil
}

// checkSize makes sure that fixed-size values are all there.
func checkSize(k kind, data []byte, values int) error {
	need := 0
	switch k {
	case kindUTF8, kindBinary:
		return nil // checked value by value
	case kindBool:
		need = (values + 7) / 8
	case kindInt32:
		need = 4 * values
	default:
		need = 8 * values
	}
	if len(data) != need {
		return fmt.Errorf("%d bytes of values, want %d", len(data), need)
	}
	return nil
}

func readLevels(dst []uint8, data []byte, entries, maxLevel int) (levels []uint8, rest []byte, err error) {
	v, rest, ok := nextBytes(data)
	if !ok {
		return nil, nil, fmt.Errorf("the page ends early")
	}
	enc := rle.Encoding{BitWidth: bits.Len8(uint8(maxLevel))}
	if cap(dst) < entries+8 {
		dst = make([]uint8, 0, entries+8)
	}
	if levels, err = enc.DecodeLevels(dst[:0], v); err != nil {
		return nil, nil, err
	}
	if len(levels) < entries || len(levels) > entries+7 {
		return nil, nil, fmt.Errorf("%d levels, want %d", len(levels), entries)
	}
	levels = levels[:entries]
	if maxLevel == 1<<enc.BitWidth-1 {
		return levels, rest, nil // no other level can be written
	}
	for _, l := range levels {
		if int(l) > maxLevel {
			return nil, nil, fmt.Errorf("level %d, at most %d is possible", l, maxLevel)
		}
	}
	return levels, rest, nil
}

// seekPage moves to the page that holds a row, by the page index, when that is
// ahead of the position. It returns the first row of the page that comes next.
func (c *chunkReader) seekPage(row, next int64) (first int64, err error) {
	defer guard(&err, "column "+c.leaf.path)
	if c.index == nil {
		if err := c.loadIndex(); err != nil {
			return 0, err
		}
	}
	lo, hi := 0, len(c.index)
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; c.index[mid].FirstRowIndex <= row {
			lo = mid
		} else {
			hi = mid
		}
	}
	if c.index[lo].FirstRowIndex <= next {
		return next, nil
	}
	if !c.delayed {
		if err := c.readDictionary(); err != nil {
			return 0, err
		}
	}
	c.pos = c.index[lo].Offset
	return c.index[lo].FirstRowIndex, nil
}

// loadIndex reads the offset index.
func (c *chunkReader) loadIndex() error {
	off, n := c.column.OffsetIndexOffset, int64(c.column.OffsetIndexLength)
	if off <= 0 || n <= 0 || off > c.src.Size()-n {
		return corrupt("column %s: no page index", c.leaf.path)
	}
	buf := make([]byte, n)
	if got, err := c.src.ReadAt(buf, off); got < len(buf) {
		return fmt.Errorf("read page index of %s: %w", c.leaf.path, err)
	}
	*c.read += n
	var ix format.OffsetIndex
	if err := thrift.Unmarshal(&c.protocol, buf, &ix); err != nil {
		return corrupt("column %s: page index: %w", c.leaf.path, err)
	}
	last := int64(-1)
	for i, p := range ix.PageLocations {
		if p.FirstRowIndex <= last || p.FirstRowIndex >= c.rows || p.Offset < c.meta.DataPageOffset || p.Offset >= c.end || i == 0 && p.FirstRowIndex != 0 {
			return corrupt("column %s: page index: page %d begins with row %d at offset %d", c.leaf.path, i, p.FirstRowIndex, p.Offset)
		}
		last = p.FirstRowIndex
	}
	if len(ix.PageLocations) == 0 {
		return corrupt("column %s: page index is empty", c.leaf.path)
	}
	c.index = ix.PageLocations
	return nil
}
