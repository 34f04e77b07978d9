// Package function is the library of SQL functions: one entry per function with
// its name, argument types, result type and Arrow kernel.
//
// Operators are functions too, under their SQL spelling: "=", "<>", "<", "<=",
// ">", ">=", "+", "-", "*", "/", "%", "||", "negate" (unary minus), "[]"
// (subscript), "is distinct from", "like" (value, pattern[, escape]),
// "at_timezone". Forms that decide which argument is evaluated (AND, OR, CASE,
// IF, COALESCE, NULLIF, TRY, BETWEEN, IN, IS NULL) are plan expressions, not
// functions.
//
// The names, types and results are Trino's (https://trino.io/docs/current/functions.html).
package function

import (
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/types"
)

// Context is what kernels may know of the query they run in.
// It is shared by the query's goroutines; its fields are not changed.
type Context struct {
	Mem  memory.Allocator // budget of the query; kernels allocate results here
	Now  time.Time        // fixed at the query's start
	Zone *time.Location   // session time zone; nil is UTC
	User string           // current_user
	// Stop is asked at every call of a lambda, which a kernel may call for long:
	// an error ends the evaluation. nil never does.
	Stop func() error
}

// Value is one argument of a kernel.
type Value struct {
	// Array has one element per row, or exactly one when Const.
	// Dictionary arrays reach a kernel only when its Scalar says TakesDictionary.
	Array  arrow.Array
	Const  bool
	Lambda Lambda // set instead of Array for a lambda argument
}

// Row returns the index into Array of a row.
func (v Value) Row(i int) int {
	if v.Const {
		return 0
	}
	return i
}

// Lambda evaluates a lambda body once per element. params are arrays of equal
// length, one per parameter; rows[k] is the batch row that element k belongs to,
// for what the body captures. The caller keeps the params and releases the result.
type Lambda func(params []arrow.Array, rows []int32) (arrow.Array, error)

// Kernel computes a result of the given number of rows. It does not release or
// keep its arguments; the caller releases the result. Errors that the user
// caused are *ast.Error values with Trino's code and words.
type Kernel func(ctx *Context, args []Value, rows int) (arrow.Array, error)

// Arg is what is known of an argument when a function is resolved.
type Arg struct {
	Type types.Type
	// LambdaParams is the number of parameters of a lambda argument, 0 for any other.
	LambdaParams int
}

// LambdaBinder types the body of lambda argument i, given its parameters' types.
type LambdaBinder func(i int, params []types.Type) (types.Type, error)

// Scalar is a scalar function with its types settled.
type Scalar struct {
	Name string
	// Args are the types to which the arguments must be cast before the kernel
	// sees them; Function for lambdas.
	Args   []types.Type
	Result types.Type
	// Volatile is true for functions such as random() whose result differs
	// between rows with equal arguments; they are never folded.
	Volatile bool
	// TakesDictionary lets dictionary<int32, utf8> arrays through.
	TakesDictionary bool
	Kernel          Kernel
}

// Aggregate is an aggregate function with its types settled.
type Aggregate struct {
	Name   string
	Args   []types.Type
	Result types.Type
	// Repeats says what several equal rows are to it.
	Repeats Repeats
	// New makes the accumulator of one partition of a query.
	New func(ctx *Context) Accumulator
}

// Repeats says how an aggregate takes several equal rows.
type Repeats uint8

// How an aggregate takes several equal rows.
const (
	RepeatsMatter  Repeats = iota // it has to be given each
	RepeatsCount                  // it is a RowCounter, and is given one with their number
	RepeatsNothing                // one does what all of them do
)

// RowCounter is an Accumulator of an aggregate that counts: it can count rows that it
// does not see.
type RowCounter interface {
	// CountRows adds n rows with values in all arguments to a group.
	CountRows(group int32, n int64)
	// UpdateTimes is Update of rows of which each stands for several equal ones:
	// row i for times[i].
	UpdateTimes(groups []int32, times []int64, args []Value) error
}

// Accumulator holds the state of one aggregate for all groups, numbered from 0.
// DISTINCT, FILTER and ORDER BY inside the call are the operator's business.
// Not safe for concurrent use.
type Accumulator interface {
	// Grow makes room so that groups 0 to n-1 exist.
	Grow(n int)
	// Update adds rows: row i belongs to group groups[i]. Args are as a kernel's.
	Update(groups []int32, args []Value) error
	// Merge adds the state of another accumulator of the same aggregate, whose
	// group i is this one's groups[i].
	Merge(other Accumulator, groups []int32) error
	// Result returns one value per group; the caller releases it.
	Result() (arrow.Array, error)
	// Size is the memory held, in bytes, as an estimate.
	Size() int64
}

// Grouped is an Accumulator whose groups can be used one by one, as window frames do.
type Grouped interface {
	Accumulator
	// MergeGroup adds the state of one group of another accumulator of the same
	// aggregate, which keeps its state: it may be merged again.
	MergeGroup(to int32, other Accumulator, from int32) error
	// Emit appends a group's result to a builder of the result's type; the group
	// may take more rows afterwards.
	Emit(b array.Builder, group int32) error
}
