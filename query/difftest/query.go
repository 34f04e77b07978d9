package difftest

import (
	"fmt"
	"strconv"
	"strings"
)

// aQuery is a query with what it yields.
type aQuery struct {
	text    string
	columns []column // named, not qualified
	ordered bool     // the order of its rows is determined
	unique  bool     // no two of its rows are alike
	rows    int
}

// relation is the query as a FROM item sees it.
func (q aQuery) relation() relation {
	r := relation{columns: q.columns, rows: q.rows}
	if q.unique && q.orderable() {
		r.order = q.columns
	}
	return r
}

// orderable reports whether all columns can be ordered by: then rows that tie
// are alike.
func (q aQuery) orderable() bool {
	for _, c := range q.columns {
		if !c.typ.orderable() {
			return false
		}
	}
	return true
}

// statement makes the whole statement.
func (g *generator) statement() *Statement {
	g.fallible = g.tape.chance(12) && !g.portable
	depth := 1 + g.tape.pick(4)
	q := g.query(nil, nil, depth, true)
	return &Statement{
		SQL: q.text, Ordered: q.ordered,
		Fallible: g.fallible && !g.guard, Excusable: g.excusable,
	}
}

// query makes a query: WITH, a body, ORDER BY, LIMIT. The columns are of the
// types wanted, or of any when want is nil. top: it is the statement.
func (g *generator) query(outer *scope, want []typ, depth int, top bool) aQuery {
	return within(g.tape, func() aQuery {
		known := len(g.ctes)
		with := ""
		if outer == nil && depth > 1 && g.tape.chance(15) {
			with = g.with(depth)
		}
		q := g.body(outer, want, depth, top)
		g.ctes = g.ctes[:known]
		q = g.orderAndLimit(q, top)
		q.text = with + q.text
		return q
	})
}

func (g *generator) with(depth int) string {
	var parts []string
	for range g.tape.between(1, 2) {
		q := g.query(nil, nil, depth-2, false)
		name := g.name("w")
		list := ""
		if g.tape.chance(40) {
			var names []string
			renamed := make([]column, len(q.columns))
			for i, c := range q.columns {
				n := g.name("n")
				names = append(names, n)
				renamed[i] = column{ref: n, name: n, typ: c.typ}
			}
			q.columns = renamed
			list = " (" + strings.Join(names, ", ") + ")"
		}
		r := q.relation()
		r.text = name
		g.ctes = append(g.ctes, r)
		parts = append(parts, name+list+" AS ("+q.text+")")
	}
	return "WITH " + strings.Join(parts, ", ") + " "
}

// body is a SELECT or a set operation of some.
func (g *generator) body(outer *scope, want []typ, depth int, top bool) aQuery {
	if depth < 1 || !g.tape.chance(12) {
		return g.selectQuery(outer, want, depth, top)
	}
	if want == nil {
		for range g.tape.between(1, 3) {
			want = append(want, g.anyType())
		}
	}
	q := g.selectQuery(outer, want, depth-1, false)
	for range g.tape.between(1, 2) {
		other := g.selectQuery(outer, want, depth-1, false)
		op := one(g.tape, "UNION ALL", "UNION", "INTERSECT", "EXCEPT", "UNION DISTINCT", "INTERSECT ALL", "EXCEPT ALL")
		right := other.text
		if g.tape.chance(20) {
			right = "(" + right + ")"
		}
		q.text += " " + op + " " + right
		q.unique = !strings.Contains(op, "ALL")
		q.rows += other.rows
	}
	return q
}

// orderAndLimit adds ORDER BY, OFFSET and LIMIT. A limit needs an order in
// which equal rows are alike: one over all columns.
func (g *generator) orderAndLimit(q aQuery, top bool) aQuery {
	if !q.orderable() || !g.tape.chance(map[bool]int{true: 40, false: 15}[top]) {
		return q
	}
	keys := make([]string, len(q.columns))
	for i, at := range g.permutation(len(q.columns)) {
		keys[i] = one(g.tape, strconv.Itoa(at+1), q.columns[at].name) + g.direction()
	}
	q.text += " ORDER BY " + strings.Join(keys, ", ")
	q.ordered = true
	if !g.tape.chance(50) {
		return q
	}
	g.excusable = g.excusable || g.fallible
	if g.tape.chance(30) {
		rows := " ROWS"
		if g.portable {
			rows = ""
		}
		q.text += fmt.Sprintf(" OFFSET %d%s", g.tape.between(0, 5), one(g.tape, "", rows))
	}
	n := one(g.tape, 10, 1, 3, 100, 0)
	if n > 0 && !g.portable && g.tape.chance(25) {
		q.text += fmt.Sprintf(" FETCH FIRST %d ROWS %s", n, one(g.tape, "ONLY", "WITH TIES"))
	} else {
		q.text += fmt.Sprintf(" LIMIT %d", n)
	}
	q.rows = min(q.rows, n)
	return q
}

// permutation is the numbers below n in some order, the simplest being theirs.
func (g *generator) permutation(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	for i := range out {
		j := i + g.tape.pick(n-i)
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// direction is how a sort key is ordered. DuckDB is always told where NULLs go:
// its defaults are not Trino's.
func (g *generator) direction() string {
	out := one(g.tape, "", " DESC", " ASC", " NULLS FIRST", " DESC NULLS FIRST", " ASC NULLS LAST", " DESC NULLS LAST")
	if g.dialect == DuckSQL && !strings.Contains(out, "NULLS") {
		out += " NULLS LAST"
	}
	return out
}

// subquery makes an expression with a subquery in it.
func (g *generator) subquery(s *scope, want typ, depth int) (string, bool) {
	g.queries--
	outer := s.plain()
	if !g.tape.chance(60) {
		outer = &scope{}
	}
	was := g.safePlace
	g.safePlace = false
	defer func() { g.safePlace = was }()
	depth = min(depth, 2)
	if want.name != "boolean" || g.tape.chance(20) {
		return g.scalarSubquery(outer, want, depth)
	}
	of := scalarTypes[g.tape.pick(portableTypes)]
	switch g.tape.pick(4) {
	case 0:
		return "EXISTS (" + g.query(outer, []typ{of}, depth-1, false).text + ")", true
	case 1:
		if of.name == "double" {
			of = scalarTypes[0] // whether NaN is in a list of NaN depends on the clause in Trino
		}
		return "(" + g.expr(s, of, 1) + one(g.tape, " IN (", " NOT IN (") + g.query(outer, []typ{of}, depth-1, false).text + "))", true
	case 2:
		return "(NOT EXISTS (" + g.query(outer, []typ{of}, depth-1, false).text + "))", true
	}
	value, op := g.expr(s, of, 1), one(g.tape, " = ", " <> ", " < ", " >= ", " > ")
	which := one(g.tape, "ANY (", "ALL (", "SOME (")
	if op == " <> " {
		which = "ALL (" // NULL <> ANY of several values is true in Trino
	}
	return "(" + value + op + which + g.query(outer, []typ{of}, depth-1, false).text + "))", true
}

// scalarSubquery yields one row, as it aggregates without grouping.
func (g *generator) scalarSubquery(outer *scope, want typ, depth int) (string, bool) {
	if len(theGrammar().candidates("agg", want, g.portable)) == 0 {
		return "", false
	}
	r := g.from(outer, depth-1)
	rows := &scope{columns: r.columns, outer: outer, order: r.order}
	text := "SELECT " + g.produced(rows, "agg", want, 1) + " FROM " + r.text
	if g.tape.chance(75) {
		text += " WHERE " + g.correlated(rows, outer)
	}
	return "(" + text + ")", true
}

// correlated is a condition, mostly one that equates columns with those of the
// query around.
func (g *generator) correlated(s, outer *scope) string {
	boolean := mustType("boolean")
	var pairs []string
	for _, o := range outer.columns {
		for _, c := range s.columns {
			if o.typ.equal(c.typ) && o.name != "" && o.name != o.ref && (o.typ.name == "small" || o.typ.name == "varchar" || o.typ.name == "date") {
				pairs = append(pairs, c.ref+" = "+o.ref)
			}
		}
	}
	if len(pairs) == 0 || !g.tape.chance(70) {
		return g.expr(s, boolean, 1)
	}
	out := one(g.tape, pairs...)
	if g.tape.chance(30) {
		out += " AND " + g.expr(s, boolean, 1)
	}
	return out
}
