package plan

import (
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/types"
)

// Expr is a typed expression over the columns of its node's input.
// Expressions are immutable; a rule that changes one makes a new one.
type Expr interface {
	Type() types.Type
	expr()
}

// Column is a reference to column Index of the input's schema.
type Column struct {
	Index int
	Name  string // for the text form only
	Typ   types.Type
}

// Literal is a constant. Value is nil for NULL, else by type: bool; int64 (all
// integers, date in days, timestamps in microseconds, interval day-second in
// milliseconds, interval year-month in months); float64 (real, double); string
// (varchar, char, json); []byte (varbinary, 16 bytes for uuid and ipaddress);
// decimal128.Num (decimal). Timestamps with zone, arrays, maps and rows are
// never literals: they stay calls and casts, folded by the executor once a batch.
type Literal struct {
	Value any
	Typ   types.Type
}

// Call applies a scalar function; lambdas appear as *Lambda arguments.
type Call struct {
	Function *function.Scalar
	Args     []Expr
}

// Lambda is a function-valued argument. Inside Body, LambdaParam refers to its
// parameters and Column to the enclosing node's input.
type Lambda struct {
	ID     int // unique in the plan
	Params []types.Type
	Body   Expr
}

// LambdaParam is parameter Index of the lambda with that ID.
type LambdaParam struct {
	ID, Index int
	Name      string
	Typ       types.Type
}

// Cast converts Expr to Typ; with Try a failure is NULL.
type Cast struct {
	Expr Expr
	Typ  types.Type
	Try  bool
}

// Field is field Index of a row-typed expression.
type Field struct {
	Expr  Expr
	Index int
}

// Outer is column Index of the row of an enclosing query for which a correlated
// subquery is computed. Binding puts joins in place of such subqueries; no plan
// that leaves it has an Outer.
type Outer struct {
	Index int
	Name  string // for the text form only
	Typ   types.Type
}

// Form is a special form: it decides which of its arguments are evaluated, and on which rows.
type Form uint8

// The special forms. Arguments are already cast to what the form needs.
const (
	And       Form = iota // two or more booleans, left to right, three-valued
	Or                    // two or more booleans
	Not                   // one boolean
	IsNull                // one of any type
	Case                  // when1, then1, when2, then2, …, else (always present, may be a NULL literal)
	Coalesce              // one or more of one type
	NullIf                // value, compared value, both as given; Eq of the Special compares them
	In                    // value, then the list, all of one type; three-valued
	Between               // value, low, high of one type
	Try                   // one: NULL instead of a data error
	MakeRow               // ROW(…)
	MakeArray             // ARRAY[…], all of one type
)

// Special applies a special form.
type Special struct {
	Form Form
	Args []Expr
	Typ  types.Type
	// Eq is the equality function of NullIf and In; Between uses Eq as "<=".
	Eq *function.Scalar
}

// Type implements Expr.
func (e *Column) Type() types.Type { return e.Typ }

// Type implements Expr.
func (e *Outer) Type() types.Type { return e.Typ }

// Type implements Expr.
func (e *Literal) Type() types.Type { return e.Typ }

// Type implements Expr.
func (e *Call) Type() types.Type { return e.Function.Result }

// Type implements Expr.
func (e *Lambda) Type() types.Type { return types.FunctionOf(e.Params, e.Body.Type()) }

// Type implements Expr.
func (e *LambdaParam) Type() types.Type { return e.Typ }

// Type implements Expr.
func (e *Cast) Type() types.Type { return e.Typ }

// Type implements Expr.
func (e *Field) Type() types.Type { return e.Expr.Type().Fields[e.Index].Type }

// Type implements Expr.
func (e *Special) Type() types.Type { return e.Typ }

func (*Column) expr()      {}
func (*Outer) expr()       {}
func (*Literal) expr()     {}
func (*Call) expr()        {}
func (*Lambda) expr()      {}
func (*LambdaParam) expr() {}
func (*Cast) expr()        {}
func (*Field) expr()       {}
func (*Special) expr()     {}
