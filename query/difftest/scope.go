package difftest

import (
	"slices"
	"strings"
)

// column is something an expression can name.
type column struct {
	ref string // as written: "t1.va", "x2", or a whole grouping expression
	typ typ
	// name is the plain name, where there is one.
	name string
}

// scope is what an expression may use.
type scope struct {
	columns []column
	outer   *scope // of the query around a subquery
	// rows is the scope of the rows that are grouped, for aggregates; nil: none.
	rows *scope
	// windows: window functions may be used.
	windows bool
	// order has columns that together make rows distinct, or are all there is to
	// tell rows apart; empty when there are none.
	order []column
	// lambda: within a lambda, where subqueries, aggregates and windows may not be.
	lambda bool
}

// matching are the columns of a type. A small column also serves as an integer
// and a bigint, as SQL converts it.
func (s *scope) matching(want typ) []column {
	var exact, coerced []column
	for _, c := range s.columns {
		switch {
		case c.typ.equal(want):
			exact = append(exact, c)
		case c.typ.name == "small" && (want.name == "integer" || want.name == "bigint"),
			c.typ.name == "integer" && want.name == "bigint":
			coerced = append(coerced, c)
		}
	}
	return append(exact, coerced...)
}

// named are the columns of a type that a subquery can name: not the
// expressions that an aggregation groups by, nor the columns of USING, which
// may have a namesake within.
func (s *scope) named(want typ) []column {
	return slices.DeleteFunc(s.matching(want), func(c column) bool { return c.name == "" || c.name == c.ref })
}

// child is the scope within a lambda, with its parameters first.
func (s *scope) child(params []column) *scope {
	return &scope{columns: append(params, s.columns...), outer: s.outer, lambda: true}
}

// plain is the scope without aggregates, grouping() and windows.
func (s *scope) plain() *scope {
	out := *s
	out.rows, out.windows = nil, false
	out.columns = slices.DeleteFunc(slices.Clone(s.columns), func(c column) bool { return strings.HasPrefix(c.ref, "grouping(") })
	return &out
}
