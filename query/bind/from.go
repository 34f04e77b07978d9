package bind

import (
	"errors"
	"strings"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// from binds the comma list of FROM, left to right.
func (b *binder) from(list []ast.TableExpr, e *env) (*relation, error) {
	if len(list) == 0 {
		return &relation{node: &plan.Values{Rows: [][]plan.Expr{{}}}}, nil
	}
	var rel *relation
	for _, t := range list {
		if u, ok := t.(*ast.Unnest); ok {
			var err error
			if rel, err = b.unnest(rel, u, false, e); err != nil {
				return nil, err
			}
			continue
		}
		if lat, ok := t.(*ast.Lateral); ok {
			var err error
			if rel, _, err = b.lateral(rel, lat, e); err != nil {
				return nil, err
			}
			continue
		}
		next, err := b.tableExpr(t, e)
		if err != nil {
			return nil, err
		}
		if rel == nil {
			rel = next
		} else {
			rel = crossJoin(rel, next)
		}
	}
	return rel, nil
}

// tableExpr binds one FROM item that does not look at those before it.
func (b *binder) tableExpr(t ast.TableExpr, e *env) (*relation, error) {
	switch t := t.(type) {
	case *ast.Table:
		return b.table(t, e)
	case *ast.Subquery:
		rel, err := b.query(t.Query, e.inFrom())
		if err != nil {
			return nil, err
		}
		return named(rel, t.Alias, t.Span())
	case *ast.Join:
		return b.join(t, e)
	case *ast.Unnest:
		return b.unnest(nil, t, false, e)
	case *ast.Lateral:
		rel, _, err := b.lateral(nil, t, e)
		return rel, err
	case *ast.Sample:
		return b.sample(t, e)
	}
	return nil, notSupported(t.Span(), "This FROM item")
}

// table binds a name: a WITH item, or a table of the catalog.
func (b *binder) table(t *ast.Table, e *env) (*relation, error) {
	if len(t.Name) == 1 {
		if c := e.cteList().find(t.Name[0].Name); c != nil {
			if t.Version != nil || t.Timestamp != nil {
				return nil, notSupported(t.For, "A version of the WITH item '"+c.name+"'")
			}
			rel, err := b.use(c, e, t.Span())
			if err != nil {
				return nil, err
			}
			rel.qualify([]string{c.name})
			return named(rel, t.Alias, t.Span())
		}
	}
	parts := make([]string, len(t.Name))
	for i, p := range t.Name {
		parts[i] = p.Name
	}
	for _, known := range []func(*ast.Table, []string) (*relation, error){b.information, b.view} {
		if rel, err := known(t, parts); err != nil {
			return nil, err
		} else if rel != nil {
			rel.qualify(parts)
			return named(rel, t.Alias, t.Span())
		}
	}
	table, err := b.lookUp(t, parts, e)
	if err != nil {
		return nil, err
	}
	rel := scan(table)
	b.textColumns(rel, table)
	rel.qualify(parts)
	return named(rel, t.Alias, t.Span())
}

// lookUp asks the catalog, once per name.
func (b *binder) lookUp(t *ast.Table, parts []string, e *env) (plan.Table, error) {
	key := strings.Join(parts, "\x00")
	var table plan.Table
	var err error
	switch known, ok := b.tables[key]; {
	case (t.Version != nil || t.Timestamp != nil) && !b.openVersion(t):
		table, err = b.versioned(t, parts)
	case ok:
		return known, nil
	default:
		if table, err = b.catalog.Table(b.ctx, parts); err == nil {
			b.tables[key] = table
		}
	}
	if errors.Is(err, plan.ErrTableNotFound) {
		missing := ast.Errorf(ast.TableNotFound, t.Span(), "Table '%s' does not exist", strings.Join(parts, "."))
		var names []string
		for c := e.cteList(); c != nil; c = c.next {
			names = append(names, c.name)
		}
		var known *plan.MissingTable
		if errors.As(err, &known) {
			names = append(names, known.Known...)
		}
		missing.Hint = didYouMean(parts[len(parts)-1], names)
		return nil, missing
	}
	if err != nil {
		return nil, placed(err, t.Span())
	}
	for _, known := range b.order {
		if known == table {
			return table, nil
		}
	}
	b.order = append(b.order, table)
	return table, nil
}

// scan reads all columns of a table; what is not used is taken out later.
func scan(table plan.Table) *relation {
	node := &plan.Scan{Table: table}
	rel := &relation{node: node}
	for i, c := range table.Columns() {
		node.Columns = append(node.Columns, plan.ColumnPath{Column: i, Name: c.Name, Type: c.Type})
		rel.cols = append(rel.cols, column{name: c.Name, typ: c.Type, hidden: c.Hidden, index: i})
	}
	return rel
}

// named gives a relation its alias; span is where the relation stands.
func named(rel *relation, alias *ast.TableAlias, span ast.Span) (*relation, error) {
	if alias == nil {
		return rel, nil
	}
	if n := renameColumns(rel, alias.Columns); n >= 0 {
		return nil, mismatch(span, "Column alias list has %d entries but '%s' has %d columns available", len(alias.Columns), alias.Name.Name, n)
	}
	rel.qualify([]string{alias.Name.Name})
	return rel, nil
}

// renameColumns applies a column alias list; hidden columns are not in it. When
// it has not the right number of names it returns how many columns there are, else -1.
func renameColumns(rel *relation, names []ast.Ident) int {
	if len(names) == 0 {
		return -1
	}
	var visible []int
	for i, c := range rel.cols {
		if !c.hidden {
			visible = append(visible, i)
		}
	}
	if len(visible) != len(names) {
		return len(visible)
	}
	for k, i := range visible {
		rel.cols[i].name = names[k].Name
	}
	return -1
}

// unnest expands arrays and maps of the relation before it; nil stands for none.
func (b *binder) unnest(rel *relation, u *ast.Unnest, outer bool, e *env) (*relation, error) {
	if rel == nil {
		rel = &relation{node: &plan.Values{Rows: [][]plan.Expr{{}}}}
	}
	x := &exprBinder{binder: b, env: e, scope: &scope{rel: rel, outer: e.around()}, clause: "UNNEST", found: &findings{}}
	within := &attachment{binder: b, found: x.found, node: rel.node}
	node := &plan.Unnest{Ordinality: u.Ordinality, Outer: outer}
	for _, a := range u.Exprs {
		v, err := x.expr(a)
		if err != nil {
			return nil, err
		}
		if below := keyMap(v); below != nil {
			v = below
		}
		if v, err = within.attach(v); err != nil {
			return nil, err
		}
		if v.Type().Kind != types.Array && v.Type().Kind != types.Map {
			return nil, mismatch(a.Span(), "Cannot unnest type: %s", v.Type())
		}
		node.Exprs = append(node.Exprs, v)
	}
	if b.lenient {
		b.wholeRows(node, u.Alias)
	}
	for _, v := range node.Exprs {
		node.Names = append(node.Names, elementNames(v.Type())...)
	}
	if u.Ordinality {
		node.Names = append(node.Names, "")
	}
	node.Input = within.node
	added := &relation{node: node}
	width := len(node.Input.Outputs())
	for i, o := range node.Outputs()[width:] {
		added.cols = append(added.cols, column{name: o.Name, typ: o.Type, index: width + i})
	}
	if _, err := named(added, u.Alias, u.Span()); err != nil {
		return nil, err
	}
	node.Names = nil
	for _, c := range added.cols {
		node.Names = append(node.Names, c.name)
	}
	return &relation{node: node, cols: append(append([]column(nil), rel.cols...), added.cols...)}, nil
}

// elementNames are the names of the columns an array or map expands to: row
// fields keep theirs, others have none until an alias list gives one.
func elementNames(t types.Type) []string {
	names := make([]string, len(plan.ElementTypes(t)))
	if t.Kind == types.Array && t.Elem.Kind == types.Row {
		for i, f := range t.Elem.Fields {
			names[i] = f.Name
		}
	}
	return names
}
