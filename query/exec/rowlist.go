package exec

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/exec/vector"
)

// rowList keeps rows in the order of their arrival and gives them out by number.
type rowList struct {
	mem    memory.Allocator
	chunks [][]arrow.Array // by column, then chunk
	rows   int
	bytes  int64
}

// add appends rows, takes cols over, and returns the rows' numbers.
func (l *rowList) add(cols []arrow.Array, rows int) []int32 {
	if l.chunks == nil {
		l.chunks = make([][]arrow.Array, len(cols))
	}
	for i, c := range cols {
		l.chunks[i] = append(l.chunks[i], c)
		l.bytes += vector.Bytes(c)
	}
	out := make([]int32, rows)
	for i := range out {
		out[i] = int32(l.rows + i)
	}
	l.rows += rows
	return out
}

// compact makes one plain chunk of each column.
func (l *rowList) compact() error {
	for i, chunks := range l.chunks {
		if len(chunks) == 1 && !vector.IsDictionary(chunks[0]) {
			continue
		}
		all, err := vector.Concat(l.mem, chunks)
		if err != nil {
			return err
		}
		plain := vector.Decode(l.mem, all)
		all.Release()
		releaseArrays(chunks)
		l.chunks[i] = []arrow.Array{plain}
	}
	return nil
}

// take returns the numbered rows; -1 is a row of NULLs.
func (l *rowList) take(numbers []int32) ([]arrow.Array, error) {
	if err := l.compact(); err != nil {
		return nil, err
	}
	out := make([]arrow.Array, len(l.chunks))
	for i, c := range l.chunks {
		out[i] = vector.Take(l.mem, c[0], numbers)
	}
	return out, nil
}

func (l *rowList) release() {
	for _, c := range l.chunks {
		releaseArrays(c)
	}
	l.chunks, l.rows, l.bytes = nil, 0, 0
}
