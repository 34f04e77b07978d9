package segment

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
)

// A text filter tells of the texts of a leaf in a row group which runs of
// gramBytes bytes none of them has. It has one bit for each run of the distinct
// texts, as far as that is no more than a share of the chunk: a text that is
// searched for has many runs, and one bit that is not set is a proof.
const (
	gramBytes       = 5
	textFilterShare = 8 // of the chunk's compressed bytes
	minTextFilter   = 64
)

// gramBit is the bit of a run, given as its bytes in one number, first byte highest.
func gramBit(gram uint64, bits uint64) uint64 {
	return (gram * 0x9E3779B97F4A7C15 >> 32) * bits >> 32
}

// eachGram calls f with the bit of each run of a text until it returns false.
func eachGram(text string, bits uint64, f func(bit uint64) bool) bool {
	gram := uint64(0)
	for i := range len(text) {
		gram = (gram<<8 | uint64(text[i])) & (1<<(8*gramBytes) - 1)
		if i >= gramBytes-1 && !f(gramBit(gram, bits)) {
			return false
		}
	}
	return true
}

// textFilter builds the filter of the chunk: a CRC-32 of the bits, then the bits.
func (e *chunkEncoder) textFilter() []byte {
	texts := e.vals.strs
	if e.dict != nil {
		texts = e.dict
	}
	grams := 0
	for _, t := range texts {
		grams += max(0, len(t)-gramBytes+1)
	}
	size := max(minTextFilter, min(grams/8, len(e.out.body)/textFilterShare))
	out := make([]byte, 4+size)
	filter := out[4:]
	for _, t := range texts {
		eachGram(t, uint64(8*size), func(bit uint64) bool {
			filter[bit/8] |= 1 << (bit % 8)
			return true
		})
	}
	binary.LittleEndian.PutUint32(out, crc32.ChecksumIEEE(filter))
	return out
}

// filterPlace says where a filter lies in the file: its offset and length.
type filterPlace [2]int64

// textFilters are the places of all filters of a segment: by leaf, one for each row group.
type textFilters map[string][]filterPlace

func (t textFilters) String() string {
	b, err := json.Marshal(t)
	if err != nil {
		panic(err) // strings and integers
	}
	return string(b)
}

// MayHold tells whether a text of the leaf can have the given text in it, in the
// row group, by its text filter. false is a proof; without a filter, everything is possible.
func (r *Reader) MayHold(rowGroup int, path, text string) (possible bool, err error) {
	places := r.texts[path]
	if len(text) < gramBytes || rowGroup < 0 || rowGroup >= len(places) {
		return true, nil
	}
	offset, length := places[rowGroup][0], places[rowGroup][1]
	if offset < int64(len(magic)) || length <= 4 || length > r.size || offset > r.size-length {
		return true, corrupt("column %s: text filter of %d bytes at offset %d", path, length, offset)
	}
	filter := make([]byte, length)
	if n, err := r.src.ReadAt(filter, offset); n < len(filter) {
		if err == io.EOF || err == nil {
			return true, corrupt("column %s: the file ends inside a text filter", path)
		}
		return true, fmt.Errorf("read text filter of %s: %w", path, err)
	}
	bits := filter[4:]
	if sum, want := crc32.ChecksumIEEE(bits), binary.LittleEndian.Uint32(filter); sum != want {
		return true, corrupt("column %s: text filter: CRC is %08x, want %08x", path, sum, want)
	}
	return eachGram(text, uint64(8*len(bits)), func(bit uint64) bool { return bits[bit/8]>>(bit%8)&1 == 1 }), nil
}

// readTextFilters finds the places of the filters; a segment without has no key for them.
func (r *Reader) readTextFilters() error {
	text, ok := r.keys[keyTextFilters]
	if !ok {
		return nil
	}
	if err := json.Unmarshal([]byte(text), &r.texts); err != nil {
		return corrupt("read footer: %s: %w", keyTextFilters, err)
	}
	for path, places := range r.texts {
		if len(places) != len(r.meta.RowGroups) {
			return corrupt("read footer: %d text filters of column %s for %d row groups", len(places), path, len(r.meta.RowGroups))
		}
	}
	return nil
}
