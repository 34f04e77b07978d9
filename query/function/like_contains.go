package function

import (
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// wordOf returns the text of a pattern that asks for nothing else but that the
// text stands somewhere: %text%.
func wordOf(pattern string) (word string, ok bool) {
	word, ok = strings.CutPrefix(pattern, "%")
	if !ok {
		return "", false
	}
	word, ok = strings.CutSuffix(word, "%")
	return word, ok && word != "" && !strings.ContainsAny(word, "%_")
}

// containing tells for each text whether the word, which is not empty, stands in
// it; NULL for NULL. The texts lie end to end and are searched as one, so that
// those without the word cost next to nothing.
func containing(mem memory.Allocator, texts *array.String, word string) arrow.Array {
	n := texts.Len()
	answers := memory.NewResizableBuffer(mem)
	answers.Resize(int(bitutil.BytesForBits(int64(n))))
	bits := answers.Bytes()
	clear(bits)
	offsets := texts.ValueOffsets()
	if n > 0 {
		needle := NewNeedle(word)
		data := texts.ValueBytes()
		first, at, row := offsets[0], 0, 0
		for row < n {
			hit := needle.Index(data[at:])
			if hit < 0 {
				break
			}
			at += hit
			// The row that the word begins in; empty texts end where they begin.
			row += rowAt(offsets[row+1:n+1], first+int32(at))
			end := int(offsets[row+1] - first)
			if at+len(word) > end {
				at++ // it runs on into the next text
				continue
			}
			bitutil.SetBit(bits, row)
			row++
			at = end
		}
	}
	var valid *memory.Buffer
	if texts.NullN() > 0 {
		valid = memory.NewResizableBuffer(mem)
		valid.Resize(len(bits))
		clear(valid.Bytes())
		bitutil.CopyBitmap(texts.NullBitmapBytes(), texts.Data().Offset(), n, valid.Bytes(), 0)
		defer valid.Release()
	}
	defer answers.Release()
	data := array.NewData(arrow.FixedWidthTypes.Boolean, n, []*memory.Buffer{valid, answers}, nil, texts.NullN(), 0)
	defer data.Release()
	return array.NewBooleanData(data)
}

// rowAt counts the ends, which rise, that are not behind a place. It looks at
// the nearest first: a search among all would cost more where there are many hits.
func rowAt(ends []int32, place int32) int {
	step := 1
	for step < len(ends) && ends[step-1] <= place {
		step *= 2
	}
	low, high := step/2, min(step, len(ends))
	for low < high {
		if mid := (low + high) / 2; ends[mid] <= place {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}
