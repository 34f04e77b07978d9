package segment

import (
	"encoding/binary"
	"errors"
	"math"
)

// hybrid walks integers in Parquet's encoding of runs and packed bits, a run of equal
// ones at a time.
type hybrid struct {
	data  []byte // behind the run at hand
	width int    // bits of an integer, 32 at most
	value uint32 // of the run at hand
	left  int    // how many of it are left

	packed []byte // integers that are packed
	at, n  int    // of the packed ones: those behind, and all
}

var (
	errRunsEnd  = errors.New("the runs end early")
	errRunsSize = errors.New("a run has no possible length")
)

// load makes the next run the one at hand.
func (h *hybrid) load() error {
	for h.at == h.n {
		header, size := binary.Uvarint(h.data)
		if size <= 0 {
			return errRunsEnd
		}
		h.data = h.data[size:]
		if header>>1 > math.MaxInt32/64 {
			return errRunsSize
		}
		count := int(header >> 1)
		if header&1 == 1 {
			if count*h.width > len(h.data) {
				return errRunsEnd
			}
			h.packed, h.data = h.data[:count*h.width], h.data[count*h.width:]
			h.at, h.n = 0, 8*count
			continue
		}
		bytes := (h.width + 7) / 8
		if bytes > len(h.data) {
			return errRunsEnd
		}
		h.value = 0
		for i, b := range h.data[:bytes] {
			h.value |= uint32(b) << (8 * i)
		}
		h.data = h.data[bytes:]
		if h.left = count; count > 0 {
			return nil
		}
	}
	from := h.at
	h.value = h.unpack(from)
	h.at++
	switch h.width {
	case 8:
		for h.at < h.n && h.packed[h.at] == byte(h.value) {
			h.at++
		}
	default:
		for h.at < h.n && h.unpack(h.at) == h.value {
			h.at++
		}
	}
	h.left = h.at - from
	return nil
}

// unpack returns a packed integer.
func (h *hybrid) unpack(i int) uint32 {
	bit := i * h.width
	mask := uint64(1)<<h.width - 1
	if from := bit / 8; from+8 <= len(h.packed) {
		return uint32(binary.LittleEndian.Uint64(h.packed[from:]) >> (bit % 8) & mask)
	}
	var last [8]byte
	copy(last[:], h.packed[bit/8:])
	return uint32(binary.LittleEndian.Uint64(last[:]) >> (bit % 8) & mask)
}
