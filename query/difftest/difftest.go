// Package difftest makes random statements over random tables and compares the
// answers: ours with Trino's or DuckDB's on the same rows, and ours with ours
// under conditions that must not matter (optimizer rules left out, partitions,
// small batches, dictionaries, a memory budget that forces spilling).
//
// Everything is made from numbers drawn from a seed. The numbers of a statement
// are kept on a tape; the same tape makes the same statement again, in another
// dialect, or with the operations that may fail inside TRY. A statement that
// shows a difference is made smaller by shortening its tape (see reduce.go), so
// that no part of the grammar has to know how to be smaller: every choice
// offers the simplest thing first.
//
// Scalar and aggregate expressions are data: grammar/*.txt has a line per
// operator, function or form, under the type it yields. What surrounds them
// (FROM, grouping, windows, subqueries, set operations) is code.
package difftest

// Dialect is the language a statement is written in.
type Dialect int

// The dialects. TrinoSQL is also ours.
const (
	TrinoSQL Dialect = iota
	DuckSQL
)

// Statement is one random statement over the tables of its block.
type Statement struct {
	Number  int    // within the run; the seed and the number make the statement
	SQL     string // in Trino's dialect, which is ours
	Ordered bool   // the order of the rows is determined and counts
	// Fallible is true when an operation outside TRY may fail for some row.
	Fallible bool
	// Excusable is true when some fallible operation stands where an engine may
	// leave it out, or evaluate it for rows that another one does not: anywhere
	// but the select list of a statement without LIMIT.
	Excusable bool

	tables   []*Table
	tape     []uint32
	spans    []span
	portable bool
	guard    bool
}

// Guarded is the same statement with every fallible operation inside TRY.
func (s *Statement) Guarded() *Statement { return replay(s, s.tape, true) }

// In is the text of the statement in a dialect. A statement in DuckSQL must
// have been made of the portable part of the grammar.
func (s *Statement) In(d Dialect) string {
	if d == TrinoSQL {
		return s.SQL
	}
	g := newGenerator(newTape(s.tape, nil), s.tables, d, s.portable)
	g.guard = s.guard
	return g.statement().SQL
}
