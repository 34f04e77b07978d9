package parse

import "github.com/traillake/traillake/query/ast"

// tableFunction reads TABLE(name(args)) [alias].
func (r *reader) tableFunction() {
	first := r.next()
	node := &ast.TableFunction{}
	c := construct{kind: tableFunctionKind, first: first, node: node}
	r.bracketed("(", func() {
		node.Name = r.tableName()
		c.open, c.at = r.bracketed("(", func() {
			if !r.peek(0).is(")") {
				c.joined = true
				r.list(r.tableArg)
			}
			if r.peek(0).is("COPARTITION") {
				r.refuse(r.pos, r.pos, "COPARTITION")
			}
		})
	})
	node.Alias = r.tableAlias()
	c.last = r.pos - 1
	node.Pos = r.span(first, c.last)
	r.add(c)
}

// tableArg reads [name =>] and an expression, TABLE(name), TABLE(query) or
// DESCRIPTOR(columns).
func (r *reader) tableArg() {
	first := r.pos
	node := &ast.TableArg{}
	c := construct{kind: argumentKind, first: first, at: first, node: node}
	if r.peek(0).named() && r.peek(1).is("=>") {
		name := r.ident()
		node.Name = &name
		c.at = r.next() + 1
	}
	switch t := r.peek(0); {
	case t.is("TABLE") && r.peek(1).is("("):
		r.tableArgRelation(node, &c)
	case t.is("DESCRIPTOR") && r.peek(1).is("("):
		c.kind = namedArgumentKind
		r.next()
		r.bracketed("(", func() {
			r.list(func() {
				node.Columns = append(node.Columns, r.ident())
				if !r.peek(0).is(",", ")") {
					r.refuse(r.pos, r.pos, "a type in DESCRIPTOR")
				}
			})
		})
	default:
		r.expr()
	}
	c.last = r.pos - 1
	node.Pos = r.span(first, c.last)
	r.add(c)
}

// tableArgRelation reads TABLE(name) or TABLE(query), with an alias.
func (r *reader) tableArgRelation(node *ast.TableArg, c *construct) {
	first := r.next()
	c.open = r.pos
	if r.isQuery(r.pos) {
		c.kind = queryArgumentKind
		q := &ast.Subquery{}
		r.bracketed("(", r.query)
		r.refuseTableArg()
		q.Alias = r.tableAlias()
		q.Pos = r.span(first, r.pos-1)
		node.Table = q
	} else {
		c.kind = namedArgumentKind
		t := &ast.Table{}
		r.bracketed("(", func() { t.Name = r.tableName() })
		r.refuseTableArg()
		t.Alias = r.tableAlias()
		t.Pos = r.span(first, r.pos-1)
		node.Table = t
	}
	r.refuseTableArg()
}

// refuseTableArg refuses what else may follow a table argument.
func (r *reader) refuseTableArg() {
	t, after := r.peek(0), r.peek(1)
	if t.is("PARTITION", "ORDER") && after.is("BY") || t.is("PRUNE", "KEEP") && after.is("WHEN") {
		r.refuse(r.pos, r.pos, t.value+" "+after.value+" of a table argument")
	}
}
