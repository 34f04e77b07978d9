package difftest

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// generator makes one statement from a tape.
type generator struct {
	tape     *tape
	tables   []*Table
	dialect  Dialect
	portable bool // only what means the same in DuckDB
	// guard: fallible operations stand inside TRY.
	guard bool
	names int
	ctes  []relation
	// depth of query nesting, and how many subqueries more there may be.
	queries int

	fallible, excusable bool
	// safePlace: in the select list of the statement itself.
	safePlace bool
}

func newGenerator(t *tape, tables []*Table, d Dialect, portable bool) *generator {
	return &generator{tape: t, tables: tables, dialect: d, portable: portable, queries: 4}
}

// Generate makes statement number n of a run. A portable one can be written in
// DuckSQL too.
func Generate(seed uint64, n int, tables []*Table, portable bool) *Statement {
	t := newTape(nil, rand.New(rand.NewPCG(seed, uint64(n))))
	s := newGenerator(t, tables, TrinoSQL, portable).statement()
	s.Number, s.tables, s.portable, s.tape, s.spans = n, tables, portable, t.out, t.spans
	return s
}

// replay makes the statement of another tape for the same tables.
func replay(s *Statement, tape []uint32, guard bool) *Statement {
	t := newTape(tape, nil)
	g := newGenerator(t, s.tables, TrinoSQL, s.portable)
	g.guard = guard
	out := g.statement()
	out.Number, out.tables, out.portable, out.guard, out.tape, out.spans = s.Number, s.tables, s.portable, guard, t.out, t.spans
	return out
}

func (g *generator) name(prefix string) string {
	g.names++
	return prefix + strconv.Itoa(g.names)
}

// scalarTypes are what "any" and type variables become, the commoner ones
// first. The portable ones come first of all.
var scalarTypes = func() (out []typ) {
	for _, t := range []string{
		"small", "varchar", "bigint", "boolean", "double", "decimal", "date", "timestamp", "integer",
		"small", "varchar", "real", "tstz", "interval", "row", "array(small)", "array(varchar)", "map(varchar,small)",
		"json", "varbinary", "smallint", "tinyint", "time", "uuid", "ip", "array(double)", "array(date)", "map(small,varchar)",
		"array(array(small))", "array(row)", "map(varchar,varchar)",
	} {
		out = append(out, mustType(t))
	}
	return out
}()

// Counts of scalarTypes: those without nesting that all engines have; those that
// are common; keys of maps.
const (
	portableTypes = 9
	commonTypes   = 18
)

func (g *generator) anyType() typ {
	n := portableTypes
	if !g.portable {
		n = one(g.tape, portableTypes, commonTypes, len(scalarTypes))
	}
	return scalarTypes[g.tape.pick(n)]
}

func (g *generator) choose(variable string) typ {
	switch variable {
	case "K":
		return mustType(one(g.tape, "varchar", "small"))
	case orderableVariable:
		for range 4 {
			// An order of arrays and rows fails for some of those with NULLs.
			if t := g.anyType(); t.orderable() && t.name != "array" && t.name != "row" {
				return t
			}
		}
		return mustType("small")
	}
	return g.anyType()
}

// expr makes an expression of a type; depth bounds how deep it nests.
func (g *generator) expr(s *scope, want typ, depth int) string {
	return within(g.tape, func() string { return g.anExpr(s, want, depth) })
}

func (g *generator) anExpr(s *scope, want typ, depth int) string {
	if want.name == "any" {
		want = g.anyType()
	}
	if depth <= 0 || !g.tape.chance(55) {
		return g.leaf(s, want, depth)
	}
	if out, ok := g.special(s, want, depth); ok {
		return out
	}
	return g.produced(s, "", want, depth)
}

// special makes the expressions that are not productions of the grammar.
func (g *generator) special(s *scope, want typ, depth int) (string, bool) {
	switch kind := g.tape.pick(100); {
	case kind >= 84 && s.rows != nil:
		return g.produced(s.rows.plain(), "agg", want, depth), true
	case kind >= 76 && s.windows:
		return g.windowCall(s, want, depth)
	case kind >= 68 && !s.lambda && g.queries > 0:
		return g.subquery(s, want, depth)
	}
	return "", false
}

// produced makes an expression by a production of a section, or a leaf when
// there is none for the type.
func (g *generator) produced(s *scope, section string, want typ, depth int) string {
	all := theGrammar().candidates(section, want, g.portable)
	if len(all) == 0 {
		if section != "" {
			return g.literal(want)
		}
		return g.leaf(s, want, 0)
	}
	// Any type has many forms that fit all types: its own come as often.
	c := all[g.tape.pick(len(all))]
	if len(c.bound) > 0 {
		c = all[g.tape.pick(len(all))]
	}
	return g.fill(c, s, depth-1)
}

// fill fills in the holes of a production.
func (g *generator) fill(c candidate, s *scope, depth int) string {
	bound := bindings{}
	for k, v := range c.bound {
		bound[k] = v
	}
	guarded := c.fallible && g.fallibleHere()
	var b strings.Builder
	var holes []string
	for _, p := range c.trino {
		b.WriteString(p.text)
		if p.hole == nil {
			continue
		}
		if p.hole.kind == holeAgain {
			b.WriteString(holes[p.hole.again-1])
			continue
		}
		text := g.fillHole(p.hole, bound, s, depth)
		holes = append(holes, text)
		b.WriteString(text)
	}
	out := b.String()
	if g.dialect == DuckSQL && c.duck != nil {
		b.Reset()
		for _, p := range c.duck {
			b.WriteString(p.text)
			if p.hole != nil {
				b.WriteString(holes[p.hole.again-1])
			}
		}
		out = b.String()
	}
	if guarded {
		return "try(" + out + ")"
	}
	return out
}

// fallibleHere notes a fallible operation and reports whether it goes into TRY.
func (g *generator) fallibleHere() bool {
	if g.guard || !g.fallible {
		return true
	}
	if !g.safePlace {
		g.excusable = true
	}
	return false
}

func (g *generator) fillHole(h *hole, b bindings, s *scope, depth int) string {
	t := g.tape
	switch h.kind {
	case holeRange:
		return strconv.Itoa(t.between(h.low, h.high))
	case holeChoice:
		return one(t, h.choices...)
	case holeFilter:
		if !t.chance(15) {
			return ""
		}
		return " FILTER (WHERE " + g.expr(s, mustType("boolean"), depth) + ")"
	case holeLambda:
		return g.lambda(h, b, s, depth)
	}
	want := h.typ.put(b, g.choose)
	switch h.kind {
	case holeType:
		if g.dialect == DuckSQL {
			return want.duck()
		}
		return want.sql()
	case holeLit:
		return g.literal(want)
	case holeColumn:
		return g.leaf(s, want, 0)
	}
	return g.expr(s, want, depth)
}

func (g *generator) lambda(h *hole, b bindings, s *scope, depth int) string {
	var params []column
	var names []string
	for _, p := range h.params {
		name := g.name("x")
		names = append(names, name)
		params = append(params, column{ref: name, typ: p.put(b, g.choose), name: name})
	}
	head := strings.Join(names, ", ")
	if len(names) > 1 {
		head = "(" + head + ")"
	}
	was := g.safePlace
	g.safePlace = false
	body := g.expr(s.child(params), h.typ.put(b, g.choose), min(depth, 2))
	g.safePlace = was
	return fmt.Sprintf("%s -> %s", head, body)
}

// leaf is a column or a literal; with depth left, also a constructor where the
// type has no column.
func (g *generator) leaf(s *scope, want typ, depth int) string {
	if want.name == "small+" {
		want = mustType("small")
	}
	columns := s.matching(want)
	if s.rows != nil && !g.tape.chance(60) {
		return g.produced(s.rows.plain(), "agg", want, min(depth, 1))
	}
	if s.outer != nil && (len(columns) == 0 || g.tape.chance(15)) && !s.lambda {
		columns = append(columns, s.outer.named(want)...)
	}
	at := g.tape.pick(len(columns)*4 + 1)
	if at < len(columns)*4 {
		return columns[at/4].ref
	}
	return g.literal(want)
}
