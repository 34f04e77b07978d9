package bind

import (
	"slices"
	"strings"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// column is one column that a FROM item or a query offers.
type column struct {
	qualifier []string // of "t.c"; empty when the column has none
	name      string   // as typed or declared; "" for an unnamed one
	typ       types.Type
	hidden    bool // answers to its name, stays out of *
	index     int  // into the outputs of the relation's node
	// textID ties a structured column to the hidden one that is its text, whose
	// textOf is the same number; 0 for other columns.
	textID, textOf int
}

func (c *column) ref() *plan.Column {
	return &plan.Column{Index: c.index, Name: c.name, Typ: c.typ}
}

// relation is a plan with the names of its columns. A node may have more
// outputs than columns: joined subqueries add theirs at the end.
type relation struct {
	node plan.Node
	cols []column
}

// newRelation names the outputs of a node.
func newRelation(node plan.Node, names []string) *relation {
	rel := &relation{node: node}
	for i, o := range node.Outputs() {
		rel.cols = append(rel.cols, column{name: names[i], typ: o.Type, index: i})
	}
	return rel
}

// qualify puts all columns under a table name or alias.
func (r *relation) qualify(parts []string) {
	for i := range r.cols {
		r.cols[i].qualifier = parts
	}
}

// scope is where the names of an expression are looked up.
type scope struct {
	rel   *relation
	outer *enclosing // the query around this one
}

// find returns the columns that a name without its field path may mean.
func (r *relation) find(qualifier []ast.Ident, name string) []*column {
	var out []*column
	for i := range r.cols {
		c := &r.cols[i]
		if c.name != "" && strings.EqualFold(c.name, name) && c.isIn(qualifier) {
			out = append(out, c)
		}
	}
	return out
}

// isIn reports whether a qualifier as typed names the column's table: all of
// its name or the end of it.
func (c *column) isIn(typed []ast.Ident) bool {
	if len(typed) > len(c.qualifier) {
		return false
	}
	tail := c.qualifier[len(c.qualifier)-len(typed):]
	for i, t := range typed {
		if !strings.EqualFold(t.Name, tail[i]) {
			return false
		}
	}
	return true
}

// resolve finds what a dotted name means: here, or else in the queries around
// this one.
func (s *scope) resolve(parts []ast.Ident, span ast.Span) (plan.Expr, error) {
	e, err := s.find(parts, span)
	if e == nil && err == nil {
		err = s.unknown(parts, span)
	}
	return e, err
}

// find is resolve without an error for a name that means nothing: nil then. The
// longest table prefix wins, then a column, and what follows is a path of row
// fields.
func (s *scope) find(parts []ast.Ident, span ast.Span) (plan.Expr, error) {
	for k := len(parts) - 1; k >= 0; k-- {
		found := s.rel.find(parts[:k], parts[k].Name)
		switch {
		case len(found) > 1:
			return nil, ast.Errorf(ast.AmbiguousName, span, "Column '%s' is ambiguous", lowered(parts[:k+1]))
		case len(found) == 1:
			return fields(found[0].ref(), &path{parts: parts, span: span}, k+1)
		}
	}
	return s.outer.find(parts, span)
}

// unknown says that a name means nothing.
func (s *scope) unknown(parts []ast.Ident, span ast.Span) error {
	err := ast.Errorf(ast.ColumnNotFound, span, "Column '%s' cannot be resolved", lowered(parts))
	err.Hint = s.rel.hint(parts)
	return err
}

// hint suggests a name for one that was not found.
func (r *relation) hint(parts []ast.Ident) string {
	var names []string
	for _, c := range r.cols {
		if c.hidden && !strings.HasPrefix(parts[0].Name, "$") {
			continue
		}
		names = append(names, c.name)
		if len(parts) > 1 && len(c.qualifier) > 0 {
			names = append(names, c.qualifier[len(c.qualifier)-1]+"."+c.name)
		}
	}
	typed := dotted(parts)
	if len(parts) == 1 && parts[0].Quoted {
		// A quoted text that is no column is most often meant as a string.
		if h := didYouMean(typed, names); h != "" {
			return h
		}
		return "Text goes in single quotes: '" + typed + "'"
	}
	if h := didYouMean(typed, names); h != "" {
		return h
	}
	return didYouMean(parts[0].Name, names)
}

// path is a dotted name, or a field of an expression, for messages about it.
type path struct {
	base  string // the expression's text; "" for a name
	parts []ast.Ident
	span  ast.Span
}

// before is the text of what the n-th part is read from.
func (p *path) before(n int) string {
	return strings.TrimPrefix(strings.TrimSuffix(p.base+"."+dotted(p.parts[:n]), "."), ".")
}

// fields reads the parts of a path from the n-th on as row fields of a value.
func fields(e plan.Expr, p *path, n int) (plan.Expr, error) {
	for ; n < len(p.parts); n++ {
		t, name := e.Type(), p.parts[n].Name
		if t.Kind != types.Row {
			err := ast.Errorf(ast.TypeMismatch, p.span, "Expression %s is not of type ROW", p.before(n))
			if t.Kind == types.Map {
				err.Hint = "Read a key of a map with element_at(map, '" + name + "')"
			}
			return nil, err
		}
		i, names := fieldIndex(t, name)
		if i < 0 {
			err := ast.Errorf(ast.InvalidColumnReference, p.span, "Column reference '%s' is invalid", lowered(p.parts[:n+1]))
			if n := nearest(name, names); n != "" {
				err.Hint = "Did you mean field '" + n + "'?"
			}
			return nil, err
		}
		if slices.ContainsFunc(t.Fields[i+1:], func(f types.Field) bool { return strings.EqualFold(f.Name, t.Fields[i].Name) }) {
			return nil, ast.Errorf(ast.AmbiguousName, p.parts[n].Span(), "Ambiguous row field reference: %s", name)
		}
		e = &plan.Field{Expr: e, Index: i}
	}
	return e, nil
}

// fieldIndex finds a field of a row type, or -1 with the names there are. The
// published schema spells one field of useridentity.inscopeof wrong; both
// spellings find it.
func fieldIndex(t types.Type, name string) (int, []string) {
	var names []string
	for _, want := range []string{name, misspelled[strings.ToLower(name)]} {
		for i, f := range t.Fields {
			if want != "" && strings.EqualFold(f.Name, want) {
				return i, nil
			}
		}
	}
	for _, f := range t.Fields {
		names = append(names, f.Name)
	}
	return -1, names
}

// misspelled maps a documented wrong spelling to the right one
// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-supported-event-schemas.html).
var misspelled = map[string]string{"credentiaisissuedto": "credentialsissuedto"}

func dotted(parts []ast.Ident) string {
	names := make([]string, len(parts))
	for i, p := range parts {
		names[i] = p.Name
	}
	return strings.Join(names, ".")
}

// lowered is a dotted name as Trino's messages show it.
func lowered(parts []ast.Ident) string { return strings.ToLower(dotted(parts)) }
