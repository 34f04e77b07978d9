// Package plan is the logical plan: typed expressions, relational nodes, and the
// interfaces through which a plan reads tables.
//
// Before: names and syntax (query/ast). After: physical operators (query/exec).
// A plan has no names to resolve and no types to infer; columns are indexes.
package plan

import (
	"errors"

	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/types"
)

// ErrTableNotFound is matched by the error of a Catalog that does not know a table.
var ErrTableNotFound = errors.New("table not found")

// ErrNoVersion is matched by the error of a VersionedCatalog that does not have
// a table's version; its text is for the user.
var ErrNoVersion = errors.New("no such version")

// NoVersion is an ErrNoVersion with its reason.
type NoVersion struct{ Reason string }

// Error implements error.
func (n *NoVersion) Error() string { return n.Reason }

// Is makes it an ErrNoVersion.
func (n *NoVersion) Is(target error) bool { return target == ErrNoVersion }

// MissingTable is an ErrTableNotFound that knows what could have been meant.
type MissingTable struct {
	Name  string
	Known []string // names of tables there are
}

// Error implements error.
func (m *MissingTable) Error() string { return ErrTableNotFound.Error() + ": " + m.Name }

// Is makes it an ErrTableNotFound.
func (m *MissingTable) Is(target error) bool { return target == ErrTableNotFound }

// Output is one column of a node's result.
type Output struct {
	Name string
	Type types.Type
}

// Node is a relational operator. Nodes are immutable.
type Node interface {
	// Outputs are the columns of the node's result.
	Outputs() []Output
	// Inputs are the nodes it reads, in order.
	Inputs() []Node
	// WithInputs returns the node over other inputs of the same schema.
	WithInputs(inputs []Node) Node
}

// Scan reads a table. Conjuncts, Limit and Top are hints handed to it; the filter,
// the limit and the sort stay above.
type Scan struct {
	Table     Table
	Columns   []ColumnPath
	Conjuncts []Expr
	Limit     int64
	Top       *Top // nil: none
	// Folded says that rows may stand for several equal ones of the table: behind the
	// columns comes TimesColumn.
	Folded bool
}

// Values yields constant rows; with no columns and one row it is SELECT without FROM.
type Values struct {
	Columns []Output
	Rows    [][]Expr
}

// Filter keeps the rows for which Cond is true.
type Filter struct {
	Input Node
	Cond  Expr
}

// Project computes columns.
type Project struct {
	Input Node
	Exprs []Expr
	Names []string
}

// AggCall is one aggregate of an Aggregate node. Args are expressions over the input.
type AggCall struct {
	Function *function.Aggregate
	Args     []Expr
	Distinct bool
	Filter   Expr // nil when absent
	OrderBy  []SortKey
	Name     string
}

// Aggregate groups by keys and computes aggregates. Its outputs are the keys,
// then the aggregates. Without keys it yields one row also for no input.
//
// Clustered says that rows with equal keys follow each other in the input, so
// that a group is complete where the next one begins.
//
// Times, when set, is how many equal rows each row of the input stands for.
type Aggregate struct {
	Input     Node
	Keys      []Expr
	Names     []string // of the keys
	Aggs      []AggCall
	Clustered bool
	Times     Expr // nil: each stands for itself
}

// SortKey is one key of an order.
type SortKey struct {
	Expr       Expr
	Desc       bool
	NullsFirst bool
}

// Sort orders all rows. Limit, when above zero, keeps only that many (top-N).
type Sort struct {
	Input Node
	Keys  []SortKey
	Limit int64
}

// Limit skips Offset rows and yields at most Count; Count below zero is no limit.
type Limit struct {
	Input         Node
	Offset, Count int64
}

// Union yields the rows of all inputs (UNION ALL); duplicates are an Aggregate above.
type Union struct {
	Sources []Node
}

// JoinKind says what becomes of rows that match and of those that do not. A
// cross join is inner without keys; a right join is a left one of swapped sides.
type JoinKind uint8

// The kinds of joins. The last three yield left rows, each once.
const (
	Inner JoinKind = iota // every pair that matches
	Left                  // and left rows without a match, beside NULLs
	Full                  // and right rows without a match, beside NULLs
	Semi                  // left rows with a match
	Anti                  // left rows without a match
	Mark                  // all left rows, and whether they have a match: true or false, never NULL
)

// Join matches rows. LeftKeys[i] = RightKeys[i] of one type must hold; each is
// over its own side. Residual (nil when absent) is over left columns then right
// ones and is part of the ON condition. Outputs are left's, then right's; those
// of Semi and Anti are left's; those of Mark are left's, then the mark.
//
// NullSafe[i], when it is there and true, compares key i by IS NOT DISTINCT FROM:
// as grouping does, NULL with NULL and NaN with NaN, also inside a value.
type Join struct {
	Kind                JoinKind
	Left, Right         Node
	LeftKeys, RightKeys []Expr
	NullSafe            []bool
	Residual            Expr
}

// IsNullSafe reports whether key i is compared by IS NOT DISTINCT FROM.
func (n *Join) IsNullSafe(i int) bool { return i < len(n.NullSafe) && n.NullSafe[i] }

// Shared computes its input once for all places of a plan that have a Shared of
// the same ID, and yields every row at each of them. Rules change its input in
// ways that are the same at every place and change no row.
type Shared struct {
	Input Node
	ID    int
}

// Unnest yields, for each input row, one row per element: input columns, then
// the element columns (row elements expand to their fields, maps to key and
// value), then the ordinality when asked. Outer keeps rows without elements (LEFT JOIN … ON true).
type Unnest struct {
	Input      Node
	Exprs      []Expr
	Names      []string // of the new columns, ordinality included
	Ordinality bool
	Outer      bool
}
