package plan

import (
	"strings"

	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/types"
)

// Window adds columns computed over partitions of its input: input columns, then one per call.
type Window struct {
	Input       Node
	PartitionBy []Expr
	OrderBy     []SortKey
	Calls       []WindowCall
}

// WindowCall is one call of a Window node: an aggregate or, with Window set, a
// function of windows only.
type WindowCall struct {
	Name        string
	Function    *function.Aggregate // nil when Window is set
	Window      *function.Window
	Args        []Expr
	IgnoreNulls bool
	// Distinct and OrderBy are those inside the call of an aggregate. As in Trino,
	// with both the rows are distinct that differ in an argument or a sort key.
	Distinct bool
	OrderBy  []SortKey
	Frame    Frame
}

// FrameUnit is what the bounds of a Frame count.
type FrameUnit uint8

// The units of frames.
const (
	RangeFrame FrameUnit = iota
	RowsFrame
	GroupsFrame
)

// BoundKind is the kind of a Bound, in the order of where they lie.
type BoundKind uint8

// The kinds of bounds.
const (
	UnboundedPreceding BoundKind = iota
	Preceding
	CurrentRow
	Following
	UnboundedFollowing
)

// Frame says which rows of its partition a call sees from a row: from Start to
// End, both inside. The current row of a RANGE or GROUPS frame is all rows that
// are equal in the window's order.
type Frame struct {
	Unit       FrameUnit
	Start, End Bound
}

// DefaultFrame is that of a window that says nothing of frames.
var DefaultFrame = Frame{Unit: RangeFrame, Start: Bound{Kind: UnboundedPreceding}, End: Bound{Kind: CurrentRow}}

// Bound is one end of a Frame. Preceding and Following have an Offset; when it
// is NULL or negative in any row, that is the error INVALID_WINDOW_FRAME.
type Bound struct {
	Kind BoundKind
	// Offset is a bigint, the number of rows or groups; for RANGE it is a boolean,
	// whether the offset may be.
	Offset Expr
	// Key and Limit are for RANGE: the sort key, and it with the offset added or
	// subtracted, of one type. The frame ends at the last row with a Key that does
	// not order after the current row's Limit.
	Key, Limit Expr
}

// Outputs implements Node.
func (n *Window) Outputs() []Output {
	out := append([]Output(nil), n.Input.Outputs()...)
	for _, c := range n.Calls {
		out = append(out, Output{Name: c.Name, Type: c.Type()})
	}
	return out
}

// Inputs implements Node.
func (n *Window) Inputs() []Node { return []Node{n.Input} }

// WithInputs implements Node.
func (n *Window) WithInputs(inputs []Node) Node {
	check(n, inputs, 1)
	c := *n
	c.Input = inputs[0]
	return &c
}

// Type is the type of the call's result.
func (c WindowCall) Type() types.Type {
	if c.Function == nil {
		return c.Window.Result
	}
	return c.Function.Result
}

// MapExprs returns the call with fn of each of its expressions.
func (c WindowCall) MapExprs(fn func(Expr) Expr) WindowCall {
	if c.Args != nil {
		args := make([]Expr, len(c.Args))
		for i, e := range c.Args {
			args[i] = fn(e)
		}
		c.Args = args
	}
	c.OrderBy = mapKeys(c.OrderBy, fn)
	for _, b := range []*Bound{&c.Frame.Start, &c.Frame.End} {
		for _, e := range []*Expr{&b.Offset, &b.Key, &b.Limit} {
			if *e != nil {
				*e = fn(*e)
			}
		}
	}
	return c
}

// Exprs returns the call's expressions in the order of MapExprs.
func (c WindowCall) Exprs() []Expr {
	var out []Expr
	c.MapExprs(func(e Expr) Expr { out = append(out, e); return e })
	return out
}

func (n *Window) mapExprs(list func([]Expr) []Expr, fn func(Expr) Expr) *Window {
	c := *n
	c.PartitionBy, c.OrderBy = list(n.PartitionBy), mapKeys(n.OrderBy, fn)
	c.Calls = make([]WindowCall, len(n.Calls))
	for i, call := range n.Calls {
		c.Calls[i] = call.MapExprs(fn)
	}
	return &c
}

func windowLine(n *Window) string {
	calls := make([]string, len(n.Calls))
	for i, c := range n.Calls {
		calls[i] = rename(c.Name, c.String())
	}
	s := "Window [" + strings.Join(calls, ", ") + "]"
	if len(n.PartitionBy) > 0 {
		s += " partition by " + list(n.PartitionBy)
	}
	if len(n.OrderBy) > 0 {
		s += " order by " + keys(n.OrderBy)
	}
	return s
}

// String is the text form of the call: lag(x#0) ignore nulls, sum(x#0) rows 1 preceding to current row.
func (c WindowCall) String() string {
	var s string
	if c.Function != nil {
		s = AggCall{Function: c.Function, Args: c.Args, Distinct: c.Distinct, OrderBy: c.OrderBy}.String()
	} else {
		s = c.Window.Name + "(" + join(c.Args) + ")"
	}
	if c.IgnoreNulls {
		s += " ignore nulls"
	}
	if c.Function == nil && !c.Window.Framed || c.Frame == DefaultFrame {
		return s
	}
	return s + " " + c.Frame.String()
}

// String is the text form of the frame.
func (f Frame) String() string {
	return [...]string{"range", "rows", "groups"}[f.Unit] + " " + f.Start.String() + " to " + f.End.String()
}

// String is the text form of the bound.
func (b Bound) String() string {
	s := [...]string{"unbounded preceding", "preceding", "current row", "following", "unbounded following"}[b.Kind]
	switch {
	case b.Limit != nil:
		return String(b.Limit)
	case b.Offset != nil:
		return String(b.Offset) + " " + s
	}
	return s
}
