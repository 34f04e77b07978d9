package difftest

import (
	"regexp"
	"strconv"
	"strings"
)

// selectQuery makes SELECT … FROM … with or without grouping.
func (g *generator) selectQuery(outer *scope, want []typ, depth int, top bool) aQuery {
	return within(g.tape, func() aQuery {
		g.safePlace = false
		r := g.from(outer, depth)
		rows := &scope{columns: r.columns, outer: outer, order: r.order}
		where := ""
		if g.tape.chance(45) {
			where = " WHERE " + g.expr(rows, mustType("boolean"), 3)
		}
		if want == nil && !r.joined && outer == nil && !g.portable && g.tape.chance(3) {
			return g.star(r, where)
		}
		if want == nil {
			for range g.tape.between(1, 4) {
				want = append(want, g.anyType())
			}
		}
		if g.tape.chance(30) {
			return g.grouped(rows, r, where, want, depth, top)
		}
		s := *rows
		s.windows = outer == nil
		q := g.selectList(&s, want, min(depth+1, 3), top)
		q.rows = r.rows
		q.text += " FROM " + r.text + where
		return q
	})
}

func (g *generator) star(r relation, where string) aQuery {
	q := aQuery{text: "SELECT * FROM " + r.text + where, rows: r.rows}
	for _, c := range r.columns {
		q.columns = append(q.columns, column{ref: c.name, name: c.name, typ: c.typ})
	}
	return q
}

// selectList makes SELECT and its items.
func (g *generator) selectList(s *scope, want []typ, depth int, top bool) aQuery {
	q := aQuery{text: "SELECT "}
	if g.tape.chance(12) {
		q.text += "DISTINCT "
		q.unique = true
	}
	items := make([]string, len(want))
	for i, t := range want {
		g.safePlace = top
		name := g.name("c")
		items[i] = g.expr(s, t, depth) + " AS " + name
		q.columns = append(q.columns, column{ref: name, name: name, typ: t})
	}
	g.safePlace = false
	q.text += strings.Join(items, ", ")
	return q
}

// grouped makes a SELECT over groups.
func (g *generator) grouped(rows *scope, r relation, where string, want []typ, depth int, top bool) aQuery {
	keys := g.groupKeys(rows)
	s := &scope{columns: keys, outer: rows.outer, rows: rows, order: keys, windows: rows.outer == nil}
	for _, k := range keys {
		if !k.typ.orderable() {
			s.order = nil
		}
	}
	clause := g.groupBy(keys, s)
	if len(keys) == 0 {
		// One row; there is nothing to order windows by.
		s.windows = false
	}
	having := ""
	if g.tape.chance(25) {
		plain := *s
		plain.windows = false
		having = " HAVING " + g.expr(&plain, mustType("boolean"), 2)
	}
	q := g.selectList(s, want, min(depth, 2), top)
	if len(keys) == 0 && having == "" {
		// The select list need not have an aggregate that makes this one row.
		having = " HAVING count(*) >= 0"
	}
	q.text += " FROM " + r.text + where + clause + having
	q.rows = r.rows/4 + 1
	return q
}

// namesColumn matches text that names a column of a relation.
var namesColumn = regexp.MustCompile(`\bt\d+\.\w`)

// groupKeys are the expressions to group by: mostly columns.
func (g *generator) groupKeys(rows *scope) []column {
	var keys []column
	seen := map[string]bool{}
	for range g.tape.pick(4) {
		c := one(g.tape, rows.columns...)
		if g.tape.chance(30) {
			of := scalarTypes[g.tape.pick(portableTypes)]
			text := g.expr(&scope{columns: rows.columns, lambda: true}, of, 2)
			if namesColumn.MatchString(text) {
				c = column{ref: text, typ: of}
			}
		}
		// DuckDB tells maps apart by the order of their entries.
		if c.typ.name == "json" || g.portable && c.typ.name == "map" || seen[c.ref] {
			continue
		}
		seen[c.ref] = true
		keys = append(keys, c)
	}
	return keys
}

// groupBy is the GROUP BY clause of some keys. Keys that grouping sets leave out
// are NULL, and no longer tell groups apart alone.
func (g *generator) groupBy(keys []column, s *scope) string {
	if len(keys) == 0 {
		return ""
	}
	refs := make([]string, len(keys))
	for i, k := range keys {
		refs[i] = k.ref
	}
	list := strings.Join(refs, ", ")
	plain := true
	for _, k := range keys {
		plain = plain && k.name != ""
	}
	if !plain || !g.tape.chance(30) {
		return " GROUP BY " + list
	}
	s.order = nil // a group of NULLs and a total of all look alike
	if g.tape.chance(60) {
		s.columns = append(s.columns, column{ref: "grouping(" + list + ")", typ: mustType("small")})
	}
	switch g.tape.pick(4) {
	case 0:
		return " GROUP BY ROLLUP (" + list + ")"
	case 1:
		return " GROUP BY CUBE (" + list + ")"
	case 2:
		return " GROUP BY GROUPING SETS ((" + list + "), (" + one(g.tape, refs...) + "), ())"
	}
	return " GROUP BY " + refs[0] + ", ROLLUP (" + list + ")"
}

// windowCall makes a window function with its OVER clause.
func (g *generator) windowCall(s *scope, want typ, depth int) (string, bool) {
	all := theGrammar().candidates("window", want, g.portable)
	if len(all) == 0 {
		return "", false
	}
	c := all[g.tape.pick(len(all))]
	if len(c.bound) > 0 {
		c = all[g.tape.pick(len(all))]
	}
	if !c.ties && len(s.order) == 0 {
		return "", false
	}
	args := *s
	args.windows = false
	call := g.fill(c, &args, min(depth-1, 1))
	return call + " OVER (" + g.over(&args, c.ties, !frameless.MatchString(call)) + ")", true
}

// frameless matches the functions that take no frame.
var frameless = regexp.MustCompile(`^(row_number|rank|dense_rank|ntile|percent_rank|cume_dist|lag|lead)\(`)

// over is what stands in OVER's parentheses. Where ties matter the order tells
// all rows apart.
func (g *generator) over(s *scope, ties, framed bool) string {
	var parts []string
	if g.tape.chance(50) {
		key := one(g.tape, s.columns...)
		if key.typ.orderable() { // as Trino wants it
			parts = append(parts, "PARTITION BY "+key.ref)
		}
	}
	var keys []string
	first := column{}
	if g.tape.chance(60) {
		if first = one(g.tape, s.columns...); first.typ.orderable() {
			keys = append(keys, first.ref+g.direction())
		}
	}
	if !ties {
		for _, c := range s.order {
			keys = append(keys, c.ref+g.direction())
		}
	}
	if len(keys) > 0 {
		parts = append(parts, "ORDER BY "+strings.Join(keys, ", "))
	}
	if framed && (len(keys) > 0 || ties) {
		parts = append(parts, g.frame(ties, len(keys) == 1 && first.typ.name == "small"))
	}
	return strings.TrimSpace(strings.Join(parts, " "))
}

// frame is a frame or nothing. Where ties do not matter, rows are not counted;
// a RANGE with offsets needs one numeric key.
func (g *generator) frame(ties, numeric bool) string {
	if !g.tape.chance(40) {
		return ""
	}
	unit, offsets := "ROWS", true
	if ties {
		unit, offsets = one(g.tape, "RANGE", "GROUPS"), numeric
	}
	from, to := g.tape.pick(4), g.tape.pick(4)
	bound := func(kind int, back bool) string {
		n := strconv.Itoa(g.tape.between(0, 4))
		switch {
		case kind == 0 || kind == 3 && !offsets:
			return "CURRENT ROW"
		case kind == 1 && back:
			return "UNBOUNDED PRECEDING"
		case kind == 1:
			return "UNBOUNDED FOLLOWING"
		case kind == 2 && offsets && back, kind == 3 && back:
			return n + " PRECEDING"
		case offsets:
			return n + " FOLLOWING"
		}
		return "CURRENT ROW"
	}
	start, end := bound(from, true), bound(to, false)
	if g.tape.chance(15) && offsets {
		start, end = one(g.tape, "3 PRECEDING", "UNBOUNDED PRECEDING"), "1 PRECEDING"
	}
	return unit + " BETWEEN " + start + " AND " + end
}
