package eval

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/exec/vector"
)

// Frame is the rows over which expressions are evaluated: a batch, some rows of
// another frame, or the elements a lambda runs over. Columns of the latter two
// are gathered when first asked for. Not safe for concurrent use.
type Frame struct {
	mem  memory.Allocator
	rows int
	// cols of a batch are borrowed; those of other frames are gathered and owned.
	cols []arrow.Array
	// parent and sel make row i of this frame row sel[i] of parent.
	parent *Frame
	sel    []int32
	// lambda is the id of the lambda whose parameters are params (borrowed), or -1.
	lambda   int
	params   []arrow.Array
	gathered map[[2]int]arrow.Array // parameters of outer lambdas, owned
}

// NewFrame returns a frame over the columns of a batch, which it borrows.
func NewFrame(mem memory.Allocator, cols []arrow.Array, rows int) *Frame {
	return &Frame{mem: mem, rows: rows, cols: cols, lambda: -1}
}

// Rows is the number of rows.
func (f *Frame) Rows() int { return f.rows }

// Sub returns the frame of some rows of f, which it borrows until it is released.
func (f *Frame) Sub(sel []int32) *Frame {
	return &Frame{mem: f.mem, rows: len(sel), parent: f, sel: sel, lambda: -1}
}

// Release gives back what was gathered.
func (f *Frame) Release() {
	if f.parent == nil {
		return
	}
	for i, c := range f.cols {
		if c != nil {
			c.Release()
			f.cols[i] = nil
		}
	}
	for _, p := range f.gathered {
		p.Release()
	}
	f.gathered = nil
}

// Column returns column i; it stays the frame's.
func (f *Frame) Column(i int) arrow.Array {
	if f.parent == nil {
		return f.cols[i]
	}
	for len(f.cols) <= i {
		f.cols = append(f.cols, nil)
	}
	if f.cols[i] == nil {
		f.cols[i] = vector.Take(f.mem, f.parent.Column(i), f.sel)
	}
	return f.cols[i]
}

// param returns parameter i of lambda id; it stays the frame's.
func (f *Frame) param(id, i int) arrow.Array {
	if f.lambda == id {
		return f.params[i]
	}
	key := [2]int{id, i}
	if p, ok := f.gathered[key]; ok {
		return p
	}
	p := vector.Take(f.mem, f.parent.param(id, i), f.sel)
	if f.gathered == nil {
		f.gathered = map[[2]int]arrow.Array{}
	}
	f.gathered[key] = p
	return p
}

// allRows lists the rows 0 to n-1.
func allRows(n int) []int32 {
	rows := make([]int32, n)
	for i := range rows {
		rows[i] = int32(i)
	}
	return rows
}

// onRows evaluates n on some rows of f; all of them need no gathering.
func onRows(n node, f *Frame, sel []int32) (piece, error) {
	if len(sel) == f.rows {
		v, err := n.eval(f)
		return piece{v, sel}, err
	}
	sub := f.Sub(sel)
	defer sub.Release()
	v, err := n.eval(sub)
	return piece{v, sel}, err
}
