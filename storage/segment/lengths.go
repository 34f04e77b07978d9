package segment

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// maxLengthBlock is the most lengths of a block. The format itself sets no limit.
const maxLengthBlock = 1 << 16

var errLengthsEnd = errors.New("the lengths end early")

// readLengths splits the lengths of texts, stored as DELTA_BINARY_PACKED, off the
// texts, and makes sure that these are as long as they say.
func readLengths(dst []int32, data []byte, count int) (lengths []int32, texts []byte, err error) {
	number := func() (n uint64) {
		if err != nil {
			return 0
		}
		var size int
		if n, size = binary.Uvarint(data); size <= 0 {
			err = errLengthsEnd
			return 0
		}
		data = data[size:]
		return n
	}
	signed := func() int64 {
		n := number()
		return int64(n>>1) ^ -int64(n&1)
	}
	block, minis, total, value := number(), number(), number(), signed()
	switch {
	case err != nil:
		return nil, nil, err
	case block == 0 || block > maxLengthBlock || minis == 0 || minis > block || block%minis != 0 || block/minis%8 != 0:
		return nil, nil, fmt.Errorf("lengths in blocks of %d in %d parts", block, minis)
	case total != uint64(count):
		return nil, nil, fmt.Errorf("%d lengths, want %d", total, count)
	}
	sum := int64(0)
	add := func(n int64) bool {
		dst, sum = append(dst, int32(n)), sum+n
		return n >= 0 && sum <= maxPageSize
	}
	if count > 0 && !add(value) {
		return nil, nil, fmt.Errorf("length %d", value)
	}
	for mini := int(block / minis); len(dst) < count; {
		least := signed()
		if err != nil || uint64(len(data)) < minis {
			return nil, nil, errLengthsEnd
		}
		widths := data[:minis]
		data = data[minis:]
		for _, width := range widths {
			if len(dst) == count {
				break // what follows has no values, whatever width it says
			}
			size := mini / 8 * int(width)
			if width > 32 || size > len(data) {
				return nil, nil, fmt.Errorf("lengths in %d bits: %w", width, errLengthsEnd)
			}
			for i := range min(mini, count-len(dst)) {
				value += least + int64(bitsAt(data, i*int(width), int(width)))
				if !add(value) {
					return nil, nil, fmt.Errorf("length %d", value)
				}
			}
			data = data[size:]
		}
	}
	if int64(len(data)) != sum {
		return nil, nil, fmt.Errorf("texts of %d bytes, their lengths say %d", len(data), sum)
	}
	return dst, data, nil
}

// bitsAt returns width bits, at most 32, lowest first, from a place on.
func bitsAt(data []byte, at, width int) uint64 {
	if width == 0 {
		return 0
	}
	data = data[at/8:]
	var word uint64
	if len(data) >= 8 {
		word = binary.LittleEndian.Uint64(data)
	} else {
		for i, b := range data {
			word |= uint64(b) << (8 * i)
		}
	}
	return word >> (at % 8) & (1<<width - 1)
}
