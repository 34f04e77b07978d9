package segment

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/parquet-go/parquet-go/encoding/delta"
)

var errIntsEnd = errors.New("the integers end early")

// unpackInts decodes the integers of a page, which are stored as DELTA_BINARY_PACKED.
func unpackInts(dst []int64, data []byte, count int) ([]int64, error) {
	if err := checkPacked(data, count); err != nil {
		return nil, err
	}
	var enc delta.BinaryPackedEncoding
	return enc.DecodeInt64(dst, data)
}

// checkPacked makes sure that there are as many integers as there should be and that
// they are all there: the decoder makes room for what the page says, and takes what
// lies in its memory for what a page lacks.
func checkPacked(data []byte, count int) error {
	number := func() (uint64, bool) {
		n, size := binary.Uvarint(data)
		if size <= 0 {
			return 0, false
		}
		data = data[size:]
		return n, true
	}
	block, ok1 := number()
	minis, ok2 := number()
	total, ok3 := number()
	_, ok4 := number() // the first integer
	switch {
	case !ok1 || !ok2 || !ok3 || !ok4:
		return errIntsEnd
	case block == 0 || block > maxLengthBlock || minis == 0 || minis > block || block%minis != 0 || block/minis%32 != 0:
		return fmt.Errorf("integers in blocks of %d in %d parts", block, minis)
	case total != uint64(count):
		return fmt.Errorf("%d integers, want %d", total, count)
	}
	mini := int(block / minis)
	for left := count - 1; left > 0; {
		if _, ok := number(); !ok || uint64(len(data)) < minis { // the least difference
			return errIntsEnd
		}
		widths := data[:minis]
		data = data[minis:]
		for _, width := range widths {
			if left <= 0 {
				break // what follows has no values, whatever width it says
			}
			size := mini / 8 * int(width)
			if width > 64 || size > len(data) {
				return fmt.Errorf("integers in %d bits: %w", width, errIntsEnd)
			}
			data = data[size:]
			left -= mini
		}
	}
	return nil
}
