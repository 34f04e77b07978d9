package function

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// aggMaker settles an aggregate's accumulator.
type aggMaker = func(c *call) func(ctx *Context) Accumulator

// folder is an accumulator whose groups each hold a state S. The functions say
// how a row or another state goes into it and what comes out.
type folder[S any] struct {
	ctx    *Context
	c      *call
	states []S
	grow   func(s *S)                              // optional: makes a fresh state
	add    func(s *S, args []Value, row int) error // row is a batch row; args may be constant
	// batch is optional: it takes all rows of a batch and reports whether it did.
	batch func(states []S, groups []int32, args []Value) bool
	rows  func(s *S, n int64) // of what counts: adds rows that are not seen
	// times is batch of what counts, for rows that each stand for several; it takes all.
	times func(states []S, groups []int32, times []int64, args []Value)
	merge func(s *S, other *S) error        // other is not used afterwards
	emit  func(b array.Builder, s *S) error // appends the result, or NULL
	fixed int64                             // bytes of one state
	bytes int64                             // held beyond the states; add and merge count it
}

// Grow implements Accumulator.
func (f *folder[S]) Grow(n int) {
	for len(f.states) < n {
		var s S
		if f.grow != nil {
			f.grow(&s)
		}
		f.states = append(f.states, s)
	}
}

// Update implements Accumulator.
func (f *folder[S]) Update(groups []int32, args []Value) error {
	if f.batch != nil && f.batch(f.states, groups, args) {
		return nil
	}
	for i, g := range groups {
		if err := f.add(&f.states[g], args, i); err != nil {
			return err
		}
	}
	return nil
}

// CountRows implements RowCounter.
func (f *folder[S]) CountRows(group int32, n int64) { f.rows(&f.states[group], n) }

// UpdateTimes implements RowCounter.
func (f *folder[S]) UpdateTimes(groups []int32, times []int64, args []Value) error {
	f.times(f.states, groups, times, args)
	return nil
}

// Merge implements Accumulator.
func (f *folder[S]) Merge(other Accumulator, groups []int32) error {
	o := other.(*folder[S])
	for i, g := range groups {
		if err := f.merge(&f.states[g], &o.states[i]); err != nil {
			return err
		}
	}
	return nil
}

// Result implements Accumulator.
func (f *folder[S]) Result() (arrow.Array, error) {
	b := array.NewBuilder(f.ctx.Mem, f.c.result.Arrow())
	defer b.Release()
	b.Reserve(len(f.states))
	for i := range f.states {
		if err := f.emit(b, &f.states[i]); err != nil {
			return nil, err
		}
	}
	return b.NewArray(), nil
}

// Size implements Accumulator.
func (f *folder[S]) Size() int64 {
	return f.bytes + f.fixed*int64(cap(f.states))
}

// MergeGroup implements Grouped.
func (f *folder[S]) MergeGroup(to int32, other Accumulator, from int32) error {
	return f.merge(&f.states[to], &other.(*folder[S]).states[from])
}

// Emit implements Grouped.
func (f *folder[S]) Emit(b array.Builder, group int32) error { return f.emit(b, &f.states[group]) }
