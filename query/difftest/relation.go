package difftest

import (
	"fmt"
	"strconv"
	"strings"
)

// relation is something FROM can read: its text and what it offers.
type relation struct {
	text    string
	columns []column
	// order has the columns that tell its rows apart; see scope.order.
	order []column
	rows  int // a guess, to keep joins small
	// joined: a join, which needs parentheses on the right of another.
	joined bool
}

// maxRows is the guess of rows from which on no further join is made.
const maxRows = 8000

// from makes a FROM item; depth bounds joins and derived tables.
func (g *generator) from(outer *scope, depth int) relation {
	return within(g.tape, func() relation {
		kind := g.tape.pick(100)
		if depth <= 0 || kind < 40 {
			return g.table()
		}
		switch {
		case kind < 78:
			return g.join(outer, depth)
		case kind < 86:
			return g.derived(depth)
		case kind < 92 && len(g.ctes) > 0:
			return g.cte()
		case kind < 94:
			return g.values()
		case !g.portable:
			return g.unnest(g.from(outer, depth-1))
		}
		return g.table()
	})
}

// table reads a base table under a fresh alias.
func (g *generator) table() relation {
	t := one(g.tape, g.tables...)
	alias := g.name("t")
	r := relation{text: t.Name + " " + alias, rows: len(t.Rows) + 1}
	for _, c := range t.Columns {
		r.columns = append(r.columns, column{ref: alias + "." + c.Name, typ: c.typ, name: c.Name})
	}
	r.order = r.columns[:1]
	return r
}

// rename is a relation under an alias, whose columns are known by the alias.
func (g *generator) rename(r relation, text string) relation {
	alias := g.name("t")
	out := relation{text: text + " " + alias, rows: r.rows}
	if g.tape.chance(70) {
		out.text = text + " AS " + alias
	}
	for _, c := range r.columns {
		renamed := column{ref: alias + "." + c.name, typ: c.typ, name: c.name}
		out.columns = append(out.columns, renamed)
		for _, o := range r.order {
			if o.ref == c.ref {
				out.order = append(out.order, renamed)
			}
		}
	}
	return out
}

func (g *generator) derived(depth int) relation {
	q := g.query(nil, nil, depth-1, false)
	return g.rename(q.relation(), "("+q.text+")")
}

func (g *generator) cte() relation {
	c := one(g.tape, g.ctes...)
	return g.rename(c, c.text)
}

// values is a VALUES list of constants with a column list. The first column
// numbers the rows.
func (g *generator) values() relation {
	n := g.tape.between(2, 4)
	of := make([]typ, n)
	names := make([]string, n)
	for i := range of {
		of[i] = mustType("small")
		if i > 0 {
			of[i] = scalarTypes[g.tape.pick(portableTypes)]
		}
		names[i] = g.name("v")
	}
	rows := make([]string, g.tape.between(1, 5))
	for i := range rows {
		cells := make([]string, n)
		cells[0] = strconv.Itoa(i + 1)
		for j := 1; j < n; j++ {
			cells[j] = render(g.dialect, of[j], orNull(g.tape, of[j], 15, g.portable))
		}
		rows[i] = "(" + strings.Join(cells, ", ") + ")"
	}
	alias := g.name("t")
	r := relation{rows: len(rows)}
	r.text = fmt.Sprintf("(VALUES %s) AS %s (%s)", strings.Join(rows, ", "), alias, strings.Join(names, ", "))
	for i, name := range names {
		r.columns = append(r.columns, column{ref: alias + "." + name, typ: of[i], name: name})
	}
	r.order = r.columns[:1]
	return r
}

// join joins two relations.
func (g *generator) join(outer *scope, depth int) relation {
	left := g.from(outer, depth-1)
	if left.rows > maxRows {
		return left
	}
	right := g.from(outer, depth-2)
	if left.rows*right.rows > 8*maxRows {
		right = g.values()
	}
	if clash(left, right) {
		right = g.values()
	}
	kind := one(g.tape, "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN", "JOIN", "LEFT JOIN", "INNER JOIN", "LEFT OUTER JOIN", ",")
	if kind == "CROSS JOIN" || kind == "," {
		if left.rows*right.rows > maxRows {
			kind = "JOIN"
		}
	}
	r := relation{
		columns: append(append([]column{}, left.columns...), right.columns...),
		order:   append(append([]column{}, left.order...), right.order...),
		joined:  true, rows: left.rows*right.rows/4 + 1,
	}
	if len(left.order) == 0 || len(right.order) == 0 {
		r.order = nil
	}
	rightText := right.text
	if right.joined {
		rightText = "(" + rightText + ")"
	}
	if kind == "CROSS JOIN" || kind == "," {
		// A comma binds less than JOIN and may not stand inside one.
		r.text = left.text + " CROSS JOIN " + rightText
		r.rows = left.rows * right.rows
		return r
	}
	if using := g.using(left, right); using != "" {
		return g.joinUsing(r, left, right, kind, rightText, using)
	}
	r.text = left.text + " " + kind + " " + rightText + " ON " + g.on(r, left, right, outer)
	return r
}

// clash reports whether a column of USING, which has no qualified name, has a
// namesake on the other side.
func clash(left, right relation) bool {
	for _, l := range left.columns {
		for _, r := range right.columns {
			if l.name == r.name && (l.ref == l.name || r.ref == r.name) {
				return true
			}
		}
	}
	return false
}

// on is a join condition: mostly an equality of columns of both sides.
func (g *generator) on(r, left, right relation, outer *scope) string {
	s := &scope{columns: r.columns, outer: outer, lambda: true}
	boolean := mustType("boolean")
	var pairs []string
	for _, l := range left.columns {
		for _, c := range right.columns {
			if l.typ.equal(c.typ) && l.typ.orderable() && (l.typ.name != "array" && l.typ.name != "row") {
				pairs = append(pairs, l.ref+" = "+c.ref)
			}
		}
	}
	if len(pairs) == 0 || g.tape.chance(8) {
		return g.expr(s, boolean, 2)
	}
	out := one(g.tape, pairs...)
	if g.tape.chance(25) {
		out += " AND " + one(g.tape, pairs...)
	}
	if g.tape.chance(30) {
		out += one(g.tape, " AND ", " AND ", " OR ") + g.expr(s, boolean, 2)
	}
	return out
}

// using is the name of a column that both sides have once, with one type.
func (g *generator) using(left, right relation) string {
	if !g.tape.chance(20) {
		return ""
	}
	count := func(r relation, name string) (n int, of typ) {
		for _, c := range r.columns {
			if c.name == name {
				n, of = n+1, c.typ
			}
		}
		return n, of
	}
	for _, name := range []string{"k", "v", "id"} {
		n, lt := count(left, name)
		m, rt := count(right, name)
		if n == 1 && m == 1 && lt.equal(rt) {
			return name
		}
	}
	return ""
}

func (g *generator) joinUsing(r, left, right relation, kind, rightText, name string) relation {
	r.text = left.text + " " + kind + " " + rightText + " USING (" + name + ")"
	shared := column{ref: name, name: name}
	columns := []column{}
	for _, c := range r.columns {
		if c.name == name {
			shared.typ = c.typ
			continue
		}
		columns = append(columns, c)
	}
	r.columns = append([]column{shared}, columns...)
	var order []column
	for _, c := range r.order {
		if c.name != name {
			order = append(order, c)
		}
	}
	if len(r.order) > 0 {
		r.order = append(order, shared)
	}
	return r
}

// unnest joins a relation with the elements of arrays or maps of its rows.
func (g *generator) unnest(r relation) relation {
	if r.rows > maxRows {
		return r
	}
	s := &scope{columns: r.columns, lambda: true}
	element := one(g.tape, "small", "varchar", "row", "date")
	alias := g.name("t")
	var names []string
	out := relation{joined: true, rows: r.rows * 3, columns: append([]column{}, r.columns...), order: append([]column{}, r.order...)}
	add := func(of string) {
		name := g.name("u")
		names = append(names, name)
		out.columns = append(out.columns, column{ref: alias + "." + name, typ: mustType(of), name: name})
	}
	var arg string
	if g.tape.chance(25) {
		arg = g.typed(s, "map(varchar,small)")
		add("varchar")
		add("small")
	} else {
		arg = g.typed(s, "array("+element+")")
		if element == "row" {
			add("bigint")
			add("varchar")
		} else {
			add(element)
		}
	}
	if g.tape.chance(15) {
		arg += ", " + g.typed(s, "array(small)")
		add("small")
	}
	ordinality := ""
	if g.tape.chance(50) {
		ordinality = " WITH ORDINALITY"
		add("bigint")
		if len(out.order) > 0 {
			out.order = append(out.order, out.columns[len(out.columns)-1])
		}
	} else {
		out.order = nil
	}
	joins, on := " CROSS JOIN ", ""
	if g.tape.chance(30) {
		joins, on = " LEFT JOIN ", " ON TRUE"
	}
	out.text = fmt.Sprintf("%s%sUNNEST(%s)%s AS %s (%s)%s", r.text, joins, arg, ordinality, alias, strings.Join(names, ", "), on)
	return out
}

// typed is an expression of a type that a bare NULL does not have.
func (g *generator) typed(s *scope, of string) string {
	t := mustType(of)
	if text := g.expr(s, t, 1); text != "NULL" {
		return text
	}
	return render(g.dialect, t, nil)
}
