package function

import (
	"strings"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/types"
)

// Counts and extremes are what most questions ask of most rows: they take a batch in
// one loop over its values, where a call for each row costs several times the work.

// countBatch counts rows with a value in every argument. It takes batches in which
// no argument is NULL.
func countBatch(states []int64, groups []int32, args []Value) bool {
	if !noneNull(args) {
		return false
	}
	if len(states) == 1 {
		states[0] += int64(len(groups))
		return true
	}
	for _, g := range groups {
		states[g]++
	}
	return true
}

// countTimes counts rows of which each stands for several.
func countTimes(states []int64, groups []int32, times []int64) {
	times = times[:len(groups)]
	for i, g := range groups {
		states[g] += times[i]
	}
}

// noneNull reports whether no argument is NULL in any row.
func noneNull(args []Value) bool {
	for _, a := range args {
		if a.Array.NullN() > 0 || a.Array.DataType().ID() == arrow.NULL {
			return false
		}
	}
	return true
}

// bound is the smallest or largest value so far.
type bound[T any] struct {
	value T
	has   bool
}

// integerExtreme is min or max of a type that lies as an integer.
func integerExtreme(c *call, want wanted) func(*Context) Accumulator {
	return func(ctx *Context) Accumulator {
		take := func(s *bound[int64], v int64) {
			if !s.has || (want == largest) == (v > s.value) {
				*s = bound[int64]{v, true}
			}
		}
		return &folder[bound[int64]]{
			ctx: ctx, c: c, fixed: 16,
			add: func(s *bound[int64], args []Value, row int) error {
				if !anyNull(args, row) {
					take(s, types.Int64At(args[0].Array, args[0].Row(row)))
				}
				return nil
			},
			batch: func(states []bound[int64], groups []int32, args []Value) bool {
				values, ok := longs(args[0])
				if ok && len(states) == 1 {
					ok = extremeOfAll(&states[0], values, args[0].Array, take)
				} else if ok {
					extremeOfEach(states, groups, values, args[0].Array, take)
				}
				return ok
			},
			merge: func(s, o *bound[int64]) error {
				if o.has {
					take(s, o.value)
				}
				return nil
			},
			emit: func(b array.Builder, s *bound[int64]) error {
				if !s.has {
					b.AppendNull()
				} else {
					appendInt64(b, s.value)
				}
				return nil
			},
		}
	}
}

// longs are the values of an array that lies as integers of 64 bits.
func longs(v Value) ([]int64, bool) {
	if v.Const {
		return nil, false
	}
	switch a := v.Array.(type) {
	case *array.Int64:
		return a.Int64Values(), true
	case *array.Timestamp:
		values := a.TimestampValues()
		return unsafe.Slice((*int64)(unsafe.SliceData(values)), len(values)), true // a Timestamp is an int64
	}
	return nil, false
}

// extremeOfAll takes the extremes of the batch's values, of which the better one
// stays. A batch with NULLs it leaves.
func extremeOfAll(s *bound[int64], values []int64, arr arrow.Array, take func(*bound[int64], int64)) bool {
	if arr.NullN() > 0 || len(values) == 0 {
		return false
	}
	low, high := values[0], values[0]
	for _, v := range values {
		low, high = min(low, v), max(high, v)
	}
	take(s, low)
	take(s, high)
	return true
}

func extremeOfEach(states []bound[int64], groups []int32, values []int64, arr arrow.Array, take func(*bound[int64], int64)) {
	nulls := arr.NullN() > 0
	for i, g := range groups {
		if nulls && arr.IsNull(i) {
			continue
		}
		take(&states[g], values[i])
	}
}

// textExtreme is min or max of a varchar. Only a value that stays is copied.
func textExtreme(c *call, want wanted) func(*Context) Accumulator {
	return func(ctx *Context) Accumulator {
		f := &folder[bound[string]]{ctx: ctx, c: c, fixed: 24}
		take := func(s *bound[string], v string) {
			if s.has && (v == s.value || (want == largest) != (v > s.value)) {
				return
			}
			f.bytes += boxSize(v)
			if s.has {
				f.bytes -= boxSize(s.value)
			}
			*s = bound[string]{strings.Clone(v), true}
		}
		f.add = func(s *bound[string], args []Value, row int) error {
			if !anyNull(args, row) {
				take(s, args[0].Array.(*array.String).Value(args[0].Row(row)))
			}
			return nil
		}
		f.merge = func(s, o *bound[string]) error {
			if o.has {
				take(s, o.value)
			}
			return nil
		}
		f.emit = func(b array.Builder, s *bound[string]) error {
			if !s.has {
				b.AppendNull()
			} else {
				unbox(b, s.value)
			}
			return nil
		}
		return f
	}
}

// liesAsInteger reports whether values of a type are integers in Arrow, in whose order
// they are.
func liesAsInteger(t types.Type) bool {
	switch t.Arrow().ID() {
	case arrow.INT8, arrow.INT16, arrow.INT32, arrow.INT64, arrow.TIMESTAMP, arrow.DATE32, arrow.TIME64, arrow.DURATION, arrow.INTERVAL_MONTHS:
		return true
	}
	return false
}
