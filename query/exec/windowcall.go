package exec

import (
	"context"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/exec/vector"
	"github.com/traillake/traillake/query/function"
)

// rank numbers the rows of each partition.
func (s *window) rank(kind string) (arrow.Array, error) {
	b := array.NewInt64Builder(s.env.Context.Mem)
	defer b.Release()
	b.Reserve(len(s.refs))
	var row, rank, dense int64
	for i := range s.refs {
		switch {
		case i == 0 || s.partition(i) != s.partition(i-1):
			row, rank, dense = 1, 1, 1
		case s.peers(i):
			row++
		default:
			row++
			rank = row
			dense++
		}
		switch kind {
		case "row_number":
			b.UnsafeAppend(row)
		case "rank":
			b.UnsafeAppend(rank)
		case "dense_rank":
			b.UnsafeAppend(dense)
		default:
			return nil, fmt.Errorf("window function %s cannot be run", kind)
		}
	}
	return b.NewArray(), nil
}

// ordered returns the arguments of rows from to to in order.
func (s *window) ordered(call, from, to int) ([]function.Value, error) {
	out := make([]function.Value, 0, len(s.argCol[call]))
	for _, chunks := range s.argCol[call] {
		arr, err := vector.Interleave(s.env.Context.Mem, chunks, s.refs[from:to])
		if err != nil {
			releaseValues(out)
			return nil, err
		}
		plain := vector.Decode(s.env.Context.Mem, arr)
		arr.Release()
		out = append(out, function.Value{Array: plain})
	}
	return out, nil
}

// whole computes an aggregate over whole partitions: one group each.
func (s *window) whole(call int) (arrow.Array, error) {
	fn := s.node.Calls[call].Function
	acc := fn.New(s.env.Context)
	acc.Grow(s.groups.count())
	groups := make([]int32, len(s.refs))
	for i := range groups {
		groups[i] = s.partition(i)
	}
	for from := 0; from < len(s.refs); from += batchRows {
		to := min(from+batchRows, len(s.refs))
		args, err := s.ordered(call, from, to)
		if err != nil {
			return nil, err
		}
		err = acc.Update(groups[from:to], args)
		releaseValues(args)
		if err != nil {
			return nil, err
		}
	}
	perGroup, err := acc.Result()
	if err != nil {
		return nil, err
	}
	defer perGroup.Release()
	all := vector.Take(s.env.Context.Mem, perGroup, groups)
	defer all.Release()
	return vector.Conform(all, fn.Result.Arrow())
}

// running computes an aggregate whose frame ends with the current row's last
// peer: an accumulator per partition is asked for its result after each run of peers.
func (s *window) running(ctx context.Context, call int) (arrow.Array, error) {
	fn := s.node.Calls[call].Function
	args, err := s.ordered(call, 0, len(s.refs))
	if err != nil {
		return nil, err
	}
	defer releaseValues(args)
	out := rowList{mem: s.env.Context.Mem}
	defer out.release()
	result := make([]int32, len(s.refs)) // the number in out of each row's result
	var acc function.Accumulator
	for from := 0; from < len(s.refs); {
		if from == 0 || s.partition(from) != s.partition(from-1) {
			acc = fn.New(s.env.Context)
			acc.Grow(1)
		}
		to := from + 1
		for to < len(s.refs) && s.peers(to) {
			to++
		}
		value, err := s.extend(acc, args, from, to)
		if err != nil {
			return nil, err
		}
		number := out.add([]arrow.Array{value}, 1)[0]
		for i := from; i < to; i++ {
			result[i] = number
		}
		if out.rows%batchRows == 0 {
			if err := ctx.Err(); err != nil {
				return nil, context.Cause(ctx)
			}
			if err := out.compact(); err != nil {
				return nil, err
			}
		}
		from = to
	}
	cols, err := out.take(result)
	if err != nil {
		return nil, err
	}
	return cols[0], nil
}

// extend adds rows to the one group of an accumulator and returns its result so far.
func (s *window) extend(acc function.Accumulator, args []function.Value, from, to int) (arrow.Array, error) {
	slice := make([]function.Value, len(args))
	for i, a := range args {
		slice[i].Array = array.NewSlice(a.Array, int64(from), int64(to))
	}
	defer releaseValues(slice)
	if err := acc.Update(make([]int32, to-from), slice); err != nil {
		return nil, err
	}
	return acc.Result()
}
