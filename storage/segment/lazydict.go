package segment

import (
	"bytes"
	"encoding/binary"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// lazyStep is how much of a dictionary page is decompressed at once: a block.
const lazyStep = 128 << 10

// lazyDictionary is a dictionary page of text that is decompressed as far as values
// of it are asked for: a map's dictionary has the values of all keys, and a key's
// are often at its beginning. Its memory is handed on; values are valid until then.
type lazyDictionary struct {
	path   string
	stream *zstd.Decoder // of body
	body   []byte        // the compressed page
	size   int           // decompressed
	data   []byte        // as far as it is decompressed
	ends   []int32       // of the values in data that were passed so far
}

var (
	lazyDictionaries = sync.Pool{New: func() any { return new(lazyDictionary) }}
	// dictionaryStreams are decoders not in use.
	dictionaryStreams = sync.Pool{New: func() any {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxPageSize))
		if err != nil {
			panic(err) // the options are constant
		}
		return d
	}}
)

// lazyDictionary reads the dictionary page and leaves its values as they are; the
// chunk then has codes only.
func (c *chunkReader) lazyDictionary() (d *lazyDictionary, err error) {
	defer guard(&err, "column "+c.leaf.path)
	at := c.pos
	header, body, err := c.dictionaryPage()
	if err != nil {
		return nil, err
	}
	d = lazyDictionaries.Get().(*lazyDictionary)
	if err := d.open(c.leaf.path, body, int(header.UncompressedPageSize)); err != nil {
		d.release()
		return nil, err
	}
	c.haveDict = true
	c.backTo(at)
	return d, nil
}

// open begins to decompress a page, which it copies.
func (d *lazyDictionary) open(path string, body []byte, size int) error {
	d.path, d.size = path, size
	d.body, d.data, d.ends = append(d.body[:0], body...), d.data[:0], d.ends[:0]
	d.stream = dictionaryStreams.Get().(*zstd.Decoder)
	if err := d.stream.Reset(bytes.NewReader(d.body)); err != nil {
		return corrupt("column %s: dictionary: %w", path, err)
	}
	return nil
}

// value returns the value of a code, which is below the number of values.
func (d *lazyDictionary) value(code int32) ([]byte, error) {
	for len(d.ends) <= int(code) {
		start := 0
		if n := len(d.ends); n > 0 {
			start = int(d.ends[n-1])
		}
		end, ok := valueEnd(d.data, start)
		if ok {
			d.ends = append(d.ends, int32(end))
			continue
		}
		if err := d.more(); err != nil {
			return nil, err
		}
	}
	start := 4
	if code > 0 {
		start += int(d.ends[code-1])
	}
	return d.data[start:d.ends[code]], nil
}

// valueEnd returns where the length-prefixed value at start ends, when it is all there.
func valueEnd(data []byte, start int) (end int, ok bool) {
	if len(data)-start < 4 {
		return 0, false
	}
	n := uint64(binary.LittleEndian.Uint32(data[start:]))
	return start + 4 + int(n), n <= uint64(len(data)-start-4)
}

// more decompresses on.
func (d *lazyDictionary) more() (err error) {
	defer guard(&err, "column "+d.path)
	n := min(lazyStep, d.size-len(d.data))
	if n == 0 {
		return corrupt("column %s: dictionary ends early", d.path)
	}
	from := len(d.data)
	if cap(d.data) < from+n {
		d.data = append(make([]byte, 0, min(d.size, max(from+n, 2*cap(d.data)))), d.data...)
	}
	d.data = d.data[:from+n]
	if _, err := io.ReadFull(d.stream, d.data[from:]); err != nil {
		d.data = d.data[:from]
		return corrupt("column %s: dictionary: %w", d.path, err)
	}
	return nil
}

// release hands the memory on.
func (d *lazyDictionary) release() {
	if d.stream.Reset(nil) == nil {
		dictionaryStreams.Put(d.stream)
	}
	d.stream = nil
	if cap(d.body)+cap(d.data) <= keptScratch {
		lazyDictionaries.Put(d)
	}
}
