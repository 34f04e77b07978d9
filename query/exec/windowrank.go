package exec

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
)

// rank numbers rows by their place in their partition.
type rank struct {
	r      *windowRows
	name   string
	args   []int
	cursor windowCursor
}

func newRank(r *windowRows, call plan.WindowCall, at windowPlaces) *rank {
	return &rank{r: r, name: call.Window.Name, args: at.args, cursor: windowCursor{r: r}}
}

func (f *rank) compute(from, to int) (arrow.Array, error) {
	switch f.name {
	case "percent_rank", "cume_dist":
		return f.shares(from, to), nil
	case "row_number", "rank", "dense_rank", "ntile":
	default:
		return nil, fmt.Errorf("window function %s cannot be run", f.name)
	}
	b := array.NewInt64Builder(f.r.s.env.Context.Mem)
	defer b.Release()
	b.Reserve(to - from)
	for row := from; row < to; row++ {
		f.cursor.move(row)
		start, end := f.cursor.partition()
		first, _ := f.cursor.equals()
		switch f.name {
		case "row_number":
			b.UnsafeAppend(int64(row - start + 1))
		case "rank":
			b.UnsafeAppend(int64(first - start + 1))
		case "dense_rank":
			b.UnsafeAppend(int64(f.cursor.peer - f.cursor.firstPeer + 1))
		default:
			buckets := f.r.int64s(f.args[0])
			if buckets.IsNull(row) {
				b.AppendNull()
				continue
			}
			n := buckets.Value(row)
			if n <= 0 {
				return nil, ast.Errorf(ast.InvalidFunctionArgument, ast.Span{}, "Buckets must be greater than 0")
			}
			b.UnsafeAppend(bucket(int64(row-start), int64(end-start), n))
		}
	}
	return b.NewArray(), nil
}

// bucket is the bucket, from 1, of row at of n rows; the first ones have a row
// more when the rows cannot be shared out evenly.
func bucket(at, n, buckets int64) int64 {
	if buckets >= n {
		return at + 1
	}
	each, more := n/buckets, n%buckets
	if at < (each+1)*more {
		return at/(each+1) + 1
	}
	return (at-more)/each + 1
}

// shares are the ranks between 0 and 1.
func (f *rank) shares(from, to int) arrow.Array {
	b := array.NewFloat64Builder(f.r.s.env.Context.Mem)
	defer b.Release()
	b.Reserve(to - from)
	for row := from; row < to; row++ {
		f.cursor.move(row)
		start, end := f.cursor.partition()
		first, after := f.cursor.equals()
		switch {
		case f.name == "cume_dist":
			b.UnsafeAppend(float64(after-start) / float64(end-start))
		case end-start == 1:
			b.UnsafeAppend(0)
		default:
			b.UnsafeAppend(float64(first-start) / float64(end-start-1))
		}
	}
	return b.NewArray()
}

func (f *rank) close() {}
